"""The player: opens a video, plays, steps and scrubs it with its overlay. The window's screens put it in their middle.

It paints and keeps time; decoding happens in the frame server's process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app.player import commands
from coachvision.app.player.canvas import VideoCanvas
from coachvision.app.player.controls import Controls
from coachvision.app.player.overlay import Overlay
from coachvision.app.player.playback import Playback
from coachvision.app.player.sound import SinkMaker, device_sink
from coachvision.app.player.transport import Transport
from coachvision.core.results import Series, Track
from coachvision.video.facts import VideoFacts
from coachvision.video.frame_server_client import ServerProcess
from coachvision.video.frame_server_slots import Picture
from coachvision.words import tr


class PlayerWidget(QWidget):
    """One video at a time. frame_changed: (frame number, its seconds), once for each frame that is shown.

    failed: a CoachVisionError to put in the error bar; the player stays usable. noticed: words for the same bar, of
    something that mended itself. span_changed: (in, out, loop). full_screen_wanted: its button was pressed.
    look_changed: turned, mirrored or muted by whoever looks.
    """

    frame_changed = Signal(int, float)
    playing_changed = Signal(bool)
    failed = Signal(object)
    noticed = Signal(str)
    span_changed = Signal(int, int, bool)
    speed_changed = Signal(float)
    full_screen_wanted = Signal()
    look_changed = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sinks: SinkMaker = device_sink,
    ) -> None:
        """clock: monotonic seconds. sinks: opens the sound device. Both for tests."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Video"))
        self.canvas = VideoCanvas(self)
        self.controls = Controls(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.controls)
        self.overlay = Overlay()
        self.canvas.over = self.overlay.paint
        self._playback = Playback(self, clock=clock, sinks=sinks)
        self._facts: VideoFacts | None = None
        self._connect()
        self.controls.set_open(None)
        commands.bind(self, self)

    def _connect(self) -> None:
        playback, controls = self._playback, self.controls
        playback.shown.connect(self._show)
        playback.playing_changed.connect(controls.set_playing)
        playback.playing_changed.connect(self.playing_changed)
        playback.failed.connect(self.failed)
        playback.restarted.connect(
            lambda: self.noticed.emit(tr("The player stopped by itself and was started again where it was."))
        )
        self.canvas.view_changed.connect(self._view_changed)
        self.canvas.clicked.connect(self.toggle)
        controls.toggled.connect(self.toggle)
        controls.stepped.connect(self.step)
        controls.speed_chosen.connect(self.set_speed)
        controls.where_told.connect(self._go)
        controls.view.shown_changed.connect(lambda name, on: self.show_overlay(**{name: on}))
        controls.view.turn_wanted.connect(lambda: self.turn(90))
        controls.view.mirror_wanted.connect(self.mirror)
        controls.view.athlete_wanted.connect(self.zoom_to_athlete)
        controls.view.whole_wanted.connect(self.canvas.fit)
        controls.view.full_screen_wanted.connect(self.full_screen_wanted)
        controls.muted.connect(self.mute)

    # -- opening and closing

    def warm(self, server: ServerProcess | None = None) -> None:
        """Start a frame server before there is a video, or take one that was: saves its start when one is opened."""
        self._playback.warm(server)

    def open(self, path: Path, facts: VideoFacts, proxy: Path | None = None) -> None:
        """Show a video from its first frame. proxy: folder of its fast copy, which may still be growing."""
        self.close_video()
        self._facts = facts
        self.canvas.open(facts.width, facts.height)
        self.controls.set_open(facts.timeline, sound=facts.has_audio)
        if self._playback.open(path, facts, proxy):
            self._view_changed(self.canvas.view_size())
            self._playback.show(0)

    def close_video(self) -> None:
        """Show nothing; the video's file is let go."""
        self._playback.close()
        self._facts = None
        self.overlay.clear()
        self.canvas.open(0, 0)
        self.controls.set_open(None)

    def shut_down(self) -> None:
        """End every process. The window calls this when it closes."""
        self.close_video()
        self._playback.shut_down()

    # -- what is drawn over it

    def set_overlay(self, tracks: Sequence[Track], series: Sequence[Series]) -> None:
        """What an analysis found, drawn over the video from now on."""
        if self._facts is not None:
            self.overlay.set(self._facts.timeline, tracks, series)
            self.canvas.update()

    def show_overlay(self, **changes: object) -> None:
        """Switch parts of the overlay: `skeleton`, `angles`, `trails`, `confidence` (bool); see `overlay.Shown`."""
        self.overlay.show(**changes)
        self.controls.view.set_shown(self.overlay.shown)
        self.canvas.update()

    def switch_overlay(self, part: str) -> None:
        """On, or off."""
        self.show_overlay(**{part: not getattr(self.overlay.shown, part)})

    # -- playing

    @property
    def index(self) -> int:
        """The frame that is shown."""
        return self.transport.index if self.transport is not None else 0

    @property
    def target(self) -> int:
        """The frame that was asked for last; it may be on its way."""
        return self._playback.target

    @property
    def frames(self) -> int:
        """How many frames the open video has."""
        return len(self.transport.timeline) if self.transport is not None else 0

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playback.playing

    @property
    def speed(self) -> float:
        """Video seconds a real second; negative backwards."""
        return self.transport.speed if self.transport is not None else 1.0

    @property
    def muted(self) -> bool:
        """Whether sound is left out."""
        return self._playback.muted

    @property
    def transport(self) -> Transport | None:
        """The clock of the open video, for those who show it."""
        return self._playback.transport

    def play(self) -> None:
        """Play on from the frame shown; from the start, if it is the last one."""
        self._playback.play()

    def pause(self) -> None:
        """Stay on the frame shown, and show it exactly."""
        self._playback.pause()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """Video seconds a real second, 0.05 to 4; negative plays backwards."""
        if self.transport is None:
            return
        self.transport.set_speed(speed)
        self.controls.set_speed(self.transport.speed)
        self.speed_changed.emit(self.transport.speed)
        if self.playing:
            self.play()

    def mute(self, muted: bool) -> None:
        """Leave sound out, or let it in again."""
        self._playback.mute(muted)
        self.controls.set_muted(muted)
        self.look_changed.emit()

    def step(self, frames: int) -> None:
        """Pause, and go so many frames on (back, where negative)."""
        self.pause()
        self.seek(self.target + frames)

    def seek(self, index: int) -> None:
        """Go to a frame; playing goes on from there."""
        self._playback.seek(index)

    def set_span(self, first: int | None = None, last: int | None = None, *, loop: bool | None = None) -> None:
        """The in and out points, and whether playing goes round between them."""
        if self.transport is not None:
            self.transport.set_span(first, last, loop=loop)
            self._span_changed()

    def toggle_loop(self) -> None:
        """Go round between in and out, or no more."""
        if self.transport is not None:
            self.set_span(loop=not self.transport.loop)

    def forget_span(self) -> None:
        """The whole video again, played once."""
        self.set_span(0, self.frames - 1, loop=False)

    def _span_changed(self) -> None:
        transport = self.transport
        if transport is not None:
            self.span_changed.emit(transport.first, transport.last, transport.loop)
            if self.playing:
                self.play()

    # -- looking

    def zoom_to_athlete(self) -> None:
        """Fill the view with whoever the overlay knows in this frame; back to the whole picture, if it is filled."""
        box = self.overlay.box(self.index)
        if self.canvas.zoom > 1 or box is None:
            self.canvas.fit()
        else:
            margin = 0.15 * max(box.width(), box.height())
            self.canvas.zoom_to(box.adjusted(-margin, -margin, margin, margin))

    def turn(self, degrees: int) -> None:
        """Turn the picture clockwise by quarters, for looking; nothing that was measured changes."""
        self.canvas.turn(degrees)
        self.controls.view.set_turned(self.canvas.turned, mirrored=self.canvas.mirrored)
        self.look_changed.emit()

    def mirror(self) -> None:
        """Left to right, or back again; for looking."""
        self.canvas.mirror()
        self.controls.view.set_turned(self.canvas.turned, mirrored=self.canvas.mirrored)
        self.look_changed.emit()

    # -- what arrives

    def _show(self, picture: Picture) -> None:
        assert self.transport is not None  # noqa: S101 - pictures come while a video is open
        before = self.canvas.picture
        self.canvas.show_picture(picture)
        if before is None or before.index != picture.index:
            seconds = float(self.transport.timeline.seconds[picture.index])
            self.controls.set_time(picture.index)
            self.frame_changed.emit(picture.index, seconds)

    def _go(self, index: int) -> None:
        self.pause()
        self.seek(index)
        self.setFocus()

    def _view_changed(self, size: QSize) -> None:
        if self._playback.client is not None:
            self._playback.client.view(size.width(), size.height())
