"""What moves: asks the frame server, keeps its pictures until they are due, lets sound and pictures go together.

Used by `PlayerWidget`; paints nothing and knows no keys.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from math import ceil
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from coachvision.app.player.clock import PlayClock
from coachvision.app.player.sound import SinkMaker, SoundTrack, device_sink
from coachvision.app.player.transport import Transport
from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.frame_server_client import Callbacks, FrameClient, ServerProcess
from coachvision.video.frame_server_slots import Picture

# Looked at least so often while playing: the sound card wants more, and pictures may have come.
_TICK_MS = 8
# A clock that nothing could be shown for waits, rather than leaving out so much.
_PATIENCE_S = 0.25
# Later than this a picture gives way to the next one, if that is due too.
_LATE_S = 0.03
# After a video is closed, the next one's server is started once the window has settled.
_WARM_MS = 300
# Pictures held for their time; more would only be memory.
_MOST_READY = 12


class _Arrivals(QObject):
    """From the client's thread to the window's: emitting is safe from any thread, receiving happens in the window's."""

    picture = Signal(object, object)
    ended = Signal(object, int)
    failed = Signal(object, object)
    sound = Signal(object, int, bytes)
    restarted = Signal(object)


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


class Playback(QObject):
    """One video at a time. shown: a picture to paint now. restarted: the frame server ended and was started again.

    failed: a CoachVisionError; other frames may still be shown.
    """

    shown = Signal(object)
    playing_changed = Signal(bool)
    failed = Signal(object)
    restarted = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sinks: SinkMaker = device_sink,
    ) -> None:
        """clock: monotonic seconds. sinks: opens the sound device, None where there is none. Both for tests."""
        super().__init__(parent)
        self._clock = PlayClock(clock)
        self._sound = SoundTrack(self._clock, sinks)
        # Nobody's child: it outlives the widget for as long as a client's thread may still emit.
        self._arrivals = _Arrivals()
        for signal, slot in (
            (self._arrivals.picture, self._arrived),
            (self._arrivals.ended, self._played),
            (self._arrivals.failed, self._failed),
            (self._arrivals.sound, self._sounded),
            (self._arrivals.restarted, self._restarted),
        ):
            signal.connect(slot, Qt.ConnectionType.QueuedConnection)
        self._ticker = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._ticker.timeout.connect(self._tick)
        self._warmer = QTimer(self, interval=_WARM_MS, singleShot=True)
        self._warmer.timeout.connect(self.warm)
        self._processes = _Processes()
        self.destroyed.connect(self._processes.end)
        self.transport: Transport | None = None
        self.target = 0
        self._has_sound = False
        self._ready: deque[Picture] = deque()
        self._newest = -1
        self._serial = 0
        self._end_of: int | None = None
        self._told_due = -1
        self._mine: object | None = None

    @property
    def client(self) -> FrameClient | None:
        """The frame server's client, while a video is open."""
        return self._processes.client

    # -- opening and closing

    def warm(self, server: ServerProcess | None = None) -> None:
        """Start a frame server before there is a video, or take one that was: saves its start when one is opened."""
        if self._processes.spare is None:
            self._processes.spare = server or ServerProcess()
        elif server is not None:
            server.close()

    def open(self, path: Path, facts: VideoFacts, proxy: Path | None) -> bool:
        """Ask for a video's first frame. False where there is no room for it, which is told."""
        self._warmer.stop()
        spare, self._processes.spare = self._processes.spare, None
        self.transport = Transport(facts.timeline, self._clock)
        self._has_sound = facts.has_audio
        self._newest = -1
        arrivals = self._arrivals
        # Bound to this client: what is still under way from an earlier one is known by it and dropped.
        mine = object()
        self._mine = mine
        callbacks = Callbacks(
            picture=lambda picture: arrivals.picture.emit(mine, picture),
            ended=lambda serial: arrivals.ended.emit(mine, serial),
            failed=lambda error: arrivals.failed.emit(mine, error),
            sound=lambda serial, data: arrivals.sound.emit(mine, serial, data),
            restarted=lambda: arrivals.restarted.emit(mine),
        )
        try:
            self._processes.client = FrameClient(path, facts, callbacks, proxy=proxy, server=spare)
        except VideoError as error:
            self.failed.emit(error)
            return False
        return True

    def close(self) -> None:
        """Let the video go."""
        self.pause()
        client, self._processes.client = self._processes.client, None
        self._mine = None
        if client is not None:
            client.close()
            self._warmer.start()
        self._ready.clear()
        self.transport = None

    def shut_down(self) -> None:
        """End every process and let the sound device go."""
        self.close()
        self._warmer.stop()
        self._sound.close()
        self._processes.end()

    # -- what the coach asks for

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self.transport is not None and self.transport.playing

    @property
    def muted(self) -> bool:
        """Whether sound is left out."""
        return self._sound.muted

    def mute(self, muted: bool) -> None:
        """Leave sound out, or let it in again from here."""
        self._sound.muted = muted
        self._ask_sound()

    def play(self) -> None:
        """Play on from the frame shown; from the start, if it is the last one."""
        transport, client = self.transport, self.client
        if transport is None or client is None:
            return
        was = transport.playing
        self._sound.stop()
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
        self._ask_sound()
        self._ticker.start(_TICK_MS)
        if not was:
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stay on the frame shown, and show it exactly."""
        if not self.playing:
            return
        assert self.transport is not None  # noqa: S101 - it plays
        self._ticker.stop()
        self._sound.stop()
        self.transport.stop()
        self._ready.clear()
        self.playing_changed.emit(False)
        self.show(self.transport.index)

    def seek(self, index: int) -> None:
        """Go to a frame; playing goes on from there."""
        if self.transport is None:
            return
        index = self.transport.clamped(index)
        if self.playing:
            self.transport.index = self.target = index
            self.play()
        else:
            self.show(index)

    def show(self, index: int) -> None:
        """Ask for a frame, at rest."""
        self.target = index
        if self.client is None:
            return
        try:
            self._serial = self.client.show(index)
        except VideoError as error:
            self.failed.emit(error)

    # -- what arrives

    def _arrived(self, mine: object, picture: Picture) -> None:
        if mine is not self._mine or self.transport is None:
            return
        if not self.playing:
            if picture.serial >= self._newest:
                self._show(picture)
            return
        if picture.serial != self._serial:
            return
        if len(self._ready) >= _MOST_READY:
            self._ready.popleft()
        self._ready.append(picture)
        if not self.transport.running:
            self.transport.run(picture.index)
            self._tick()

    def _show(self, picture: Picture) -> None:
        assert self.transport is not None  # noqa: S101 - checked by the callers
        self._newest = picture.serial
        self.transport.index = picture.index
        if self.playing:
            self.target = picture.index
        self.shown.emit(picture)

    def _tick(self) -> None:
        transport, client = self.transport, self.client
        if transport is None or client is None or not transport.running:
            return
        self._sound.feed(transport.time_s, transport.speed)
        due = transport.due()
        picture = None
        while self._ready and (self._ready[0].index - due) * transport.direction <= 0:
            picture = self._ready.popleft()
            # One that is a little late is shown, and the next soon after: left out it would be missed.
            if transport.behind_s(picture.index) < _LATE_S:
                break
        if picture is not None:
            late = transport.behind_s(picture.index) > _PATIENCE_S
            self._show(picture)
            if late:
                self._sound.stop()
                transport.run(picture.index)
                self._ask_sound()
        if due != self._told_due:
            self._told_due = due
            client.due(self._serial, due)
        if self._end_of == self._serial and not self._ready:
            self._reached_end()
        elif transport.running:
            # Looked at again when the next one falls due, or soon where it has not come yet.
            wait_s = -transport.behind_s(self._ready[0].index) if self._ready else _TICK_MS / 1000
            self._ticker.start(min(max(0, ceil(wait_s * 1000)), _TICK_MS))

    def _played(self, mine: object, serial: int) -> None:
        if mine is self._mine:
            self._end_of = serial
            if self.playing and not self._ready:
                self._reached_end()

    def _reached_end(self) -> None:
        transport = self.transport
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

    # -- sound

    def _ask_sound(self) -> None:
        """Sound from where playing is, as long as that is a speed at which it can be listened to."""
        transport, client = self.transport, self.client
        if transport is None or client is None or not transport.playing:
            return
        tempo = transport.speed / transport.timeline.time_scale
        if self._has_sound and self._sound.wanted(tempo):
            from_s = transport.time_s
            self._sound.expect(client.sound(from_s, tempo), from_s)
        else:
            self._sound.stop()

    def _sounded(self, mine: object, serial: int, data: bytes) -> None:
        if mine is self._mine:
            self._sound.take(serial, data)

    def _restarted(self, mine: object) -> None:
        if mine is self._mine:
            self._sound.stop()
            self._ask_sound()
            self.restarted.emit()
