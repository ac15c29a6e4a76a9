"""The player: opens a video, plays, steps and scrubs it with its overlay. The window's screens put it in their middle.

It paints and keeps time; decoding happens in the frame server's process.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app.player.canvas import VideoCanvas
from coachvision.app.player.controls import Controls
from coachvision.app.player.keys import command_for
from coachvision.app.player.overlay import Overlay
from coachvision.app.player.transport import Transport
from coachvision.core.results import Series, Track
from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.frame_server_client import Callbacks, FrameClient, ServerProcess
from coachvision.video.frame_server_slots import Picture

# Looked at twice in a display frame of 60 Hz: a picture that falls due between two looks is half of one late.
_TICK_MS = 8
# A clock that nothing could be shown for waits, rather than leaving out so much.
_PATIENCE_S = 0.25
# After a video is closed, the next one's server is started once the window has settled.
_WARM_MS = 300
# Pictures held for their time; more would only be memory.
_MOST_READY = 8


class _Arrivals(QObject):
    """From the client's thread to the window's: emitting is safe from any thread, receiving happens in the window's."""

    picture = Signal(object, object)
    ended = Signal(object, int)
    failed = Signal(object, object)


class _Processes:
    """What runs for a player, ended with it even where nobody shut it down."""

    def __init__(self) -> None:
        self.spare: ServerProcess | None = None
        self.client: FrameClient | None = None

    def end(self) -> None:
        client, self.client = self.client, None
        spare, self.spare = self.spare, None
        if client is not None:
            client.close()
        if spare is not None:
            spare.close()


class PlayerWidget(QWidget):
    """One video at a time. frame_changed: (frame number, its seconds), once for each frame that is shown.

    failed: a CoachVisionError to put in the error bar; the player stays usable. span_changed: (in, out, loop).
    """

    frame_changed = Signal(int, float)
    playing_changed = Signal(bool)
    failed = Signal(object)
    span_changed = Signal(int, int, bool)
    speed_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: monotonic seconds, for tests."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Video"))
        self._clock = clock
        self.canvas = VideoCanvas(self)
        self.controls = Controls(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.controls)
        self.overlay = Overlay()
        self.canvas.over = self.overlay.paint
        # Nobody's child: it outlives the widget for as long as a client's thread may still emit.
        self._arrivals = _Arrivals()
        self._arrivals.picture.connect(self._arrived, Qt.ConnectionType.QueuedConnection)
        self._arrivals.ended.connect(self._played, Qt.ConnectionType.QueuedConnection)
        self._arrivals.failed.connect(self._failed, Qt.ConnectionType.QueuedConnection)
        self._ticker = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._ticker.timeout.connect(self._tick)
        self._warmer = QTimer(self, interval=_WARM_MS, singleShot=True)
        self._warmer.timeout.connect(self.warm)
        self._processes = _Processes()
        self.destroyed.connect(self._processes.end)
        self._facts: VideoFacts | None = None
        self._transport: Transport | None = None
        self._ready: deque[Picture] = deque()
        self._serial = 0
        self._end_of: int | None = None
        self._told_due = -1
        self._mine: object | None = None
        self._target = 0
        self.canvas.view_changed.connect(self._view_changed)
        self.controls.toggled.connect(self.toggle)
        self.controls.stepped.connect(self.step)
        self.controls.speed_chosen.connect(self.set_speed)
        self.controls.set_open(None)

    @property
    def _client(self) -> FrameClient | None:
        return self._processes.client

    # -- opening and closing

    def warm(self) -> None:
        """Start a frame server before there is a video: saves its start when one is opened. Call when idle."""
        if self._processes.spare is None:
            self._processes.spare = ServerProcess()

    def open(self, path: Path, facts: VideoFacts, proxy: Path | None = None) -> None:
        """Show a video from its first frame. proxy: folder of its fast copy, which may still be growing."""
        self.close_video()
        self._warmer.stop()
        spare, self._processes.spare = self._processes.spare, None
        self._facts = facts
        self._transport = Transport(facts.timeline, self._clock)
        self.canvas.open(facts.width, facts.height)
        self.controls.set_open(facts.timeline)
        arrivals = self._arrivals
        # Bound to this client: what is still under way from an earlier one is known by it and dropped.
        mine = object()
        self._mine = mine
        callbacks = Callbacks(
            picture=lambda picture: arrivals.picture.emit(mine, picture),
            ended=lambda serial: arrivals.ended.emit(mine, serial),
            failed=lambda error: arrivals.failed.emit(mine, error),
        )
        try:
            self._processes.client = FrameClient(path, facts, callbacks, proxy=proxy, server=spare)
        except VideoError as error:
            self.failed.emit(error)
            return
        self._view_changed(self.canvas.view_size())
        self._ask(0)

    def set_proxy(self, folder: Path) -> None:
        """The open video has, or will have, a fast copy in that folder."""
        if self._client is not None:
            self._client.proxy(folder)

    def close_video(self) -> None:
        """Show nothing; the video's file is let go."""
        self.pause()
        client, self._processes.client = self._processes.client, None
        self._mine = None
        if client is not None:
            client.close()
            self._warmer.start()
        self._ready.clear()
        self._facts = self._transport = None
        self.overlay.clear()
        self.canvas.open(0, 0)
        self.controls.set_open(None)

    def shut_down(self) -> None:
        """End every process. The window calls this when it closes."""
        self.close_video()
        self._warmer.stop()
        self._processes.end()

    def set_overlay(self, tracks: Sequence[Track], series: Sequence[Series]) -> None:
        """What an analysis found, drawn over the video from now on."""
        if self._facts is not None:
            self.overlay.set(self._facts.timeline, tracks, series)
            self.canvas.update()

    def show_overlay(self, **changes: object) -> None:
        """Switch parts of the overlay: `skeleton`, `angles`, `trails` (bool); see `overlay.Shown`."""
        self.overlay.show(**changes)
        self.canvas.update()

    # -- playing

    @property
    def index(self) -> int:
        """The frame that is shown."""
        return self._transport.index if self._transport is not None else 0

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._transport is not None and self._transport.playing

    @property
    def speed(self) -> float:
        """Video seconds a real second; negative backwards."""
        return self._transport.speed if self._transport is not None else 1.0

    @property
    def transport(self) -> Transport | None:
        """The clock of the open video, for those who show it."""
        return self._transport

    def play(self) -> None:
        """Play on from the frame shown; from the start, if it is the last one."""
        transport, client = self._transport, self._client
        if transport is None or client is None:
            return
        was = transport.playing
        first, last = transport.start()
        self._ready.clear()
        self._end_of = None
        self._told_due = first
        try:
            self._serial = client.play(first, last, transport.speed)
        except VideoError as error:
            transport.stop()
            self.failed.emit(error)
            return
        self._ticker.start()
        if not was:
            self.controls.set_playing(True)
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stay on the frame shown, and show it exactly."""
        if not self.playing:
            return
        assert self._transport is not None  # noqa: S101 - it plays
        self._ticker.stop()
        self._transport.stop()
        self._ready.clear()
        self.controls.set_playing(False)
        self.playing_changed.emit(False)
        self._ask(self._transport.index)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """Video seconds a real second, 0.05 to 4; negative plays backwards."""
        if self._transport is None:
            return
        self._transport.set_speed(speed)
        self.controls.set_speed(self._transport.speed)
        self.speed_changed.emit(self._transport.speed)
        if self.playing:
            self.play()

    def step(self, frames: int) -> None:
        """Pause, and go so many frames on (back, where negative)."""
        self.pause()
        self.seek(self._target + frames)

    def seek(self, index: int) -> None:
        """Go to a frame; playing goes on from there."""
        if self._transport is None:
            return
        index = self._transport.clamped(index)
        if self.playing:
            self._transport.index = self._target = index
            self.play()
        else:
            self._ask(index)

    def set_span(self, first: int | None = None, last: int | None = None, *, loop: bool | None = None) -> None:
        """The in and out points, and whether playing goes round between them."""
        transport = self._transport
        if transport is None:
            return
        first = transport.first if first is None else transport.clamped(first)
        last = transport.last if last is None else transport.clamped(last)
        if first >= last:
            # A new in point behind the old out point begins a new span, and the other way round.
            first, last = (first, len(transport.timeline) - 1) if last == transport.last else (0, last)
        transport.first, transport.last = first, last
        transport.loop = transport.loop if loop is None else loop
        self.span_changed.emit(first, last, transport.loop)

    def zoom_to_athlete(self) -> None:
        """Fill the view with whoever the overlay knows in this frame; back to the whole picture, if it is filled."""
        box = self.overlay.box(self.index)
        if self.canvas.zoom > 1 or box is None:
            self.canvas.fit()
        else:
            margin = 0.15 * max(box.width(), box.height())
            self.canvas.zoom_to(box.adjusted(-margin, -margin, margin, margin))

    # -- what arrives

    def _ask(self, index: int) -> None:
        self._target = index
        if self._client is None:
            return
        try:
            self._serial = self._client.show(index)
        except VideoError as error:
            self.failed.emit(error)

    def _arrived(self, mine: object, picture: Picture) -> None:
        if mine is not self._mine or self._transport is None:
            return
        if self.playing:
            if picture.serial == self._serial:
                if len(self._ready) >= _MOST_READY:
                    self._ready.popleft()
                self._ready.append(picture)
                if not self._transport.running:
                    self._transport.run(picture.index)
                    self._tick()
            return
        shown = self.canvas.picture
        if shown is None or picture.serial >= shown.serial:
            self._show(picture)

    def _show(self, picture: Picture) -> None:
        assert self._transport is not None  # noqa: S101 - checked by the callers
        changed = picture.index != self._transport.index or self.canvas.picture is None
        self._transport.index = picture.index
        if self.playing:
            self._target = picture.index
        self.canvas.show_picture(picture)
        if changed:
            seconds = float(self._transport.timeline.seconds[picture.index])
            self.controls.set_time(picture.index, seconds)
            self.frame_changed.emit(picture.index, seconds)

    def _tick(self) -> None:
        transport = self._transport
        if transport is None or self._client is None or not transport.running:
            return
        due = transport.due()
        picture = None
        while self._ready and (self._ready[0].index - due) * transport.direction <= 0:
            picture = self._ready.popleft()
        if picture is not None:
            self._show(picture)
            if transport.behind_s(picture.index) > _PATIENCE_S:
                transport.run(picture.index)
        if due != self._told_due:
            self._told_due = due
            self._client.due(self._serial, due)
        if self._end_of == self._serial and not self._ready:
            self._reached_end()

    def _played(self, mine: object, serial: int) -> None:
        if mine is self._mine:
            self._end_of = serial
            if self.playing and not self._ready:
                self._reached_end()

    def _reached_end(self) -> None:
        transport = self._transport
        if transport is None:
            return
        if transport.loop and transport.first < transport.last:
            transport.index = transport.first if transport.direction > 0 else transport.last
            self.play()
        else:
            self.pause()

    def _failed(self, mine: object, error: VideoError) -> None:
        if mine is self._mine:
            self.pause()
            self.failed.emit(error)

    def _view_changed(self, size: QSize) -> None:
        if self._client is not None:
            self._client.view(size.width(), size.height())

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = command_for(event)
        transport = self._transport
        if command is None or transport is None:
            super().keyPressEvent(event)
            return
        moving = event.isAutoRepeat() and self.index != self._target
        # A held key waits for the frame it asked for: it stops on the frame that is shown.
        if not (moving and command.repeats):
            command.run(self, transport)
        event.accept()
