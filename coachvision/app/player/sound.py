"""Sound beside the pictures: keeps what the frame server sends, hands it to the sound card, and is the clock meanwhile.

Used by `Playback`. The card is behind `Sink`; without one everything plays silently by the machine's clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from coachvision.app.player.clock import PlayClock

# What the frame server sends: 16-bit stereo.
RATE, FRAME_BYTES = 48_000, 4
_SLOWEST, _FASTEST = 0.5, 2.0
# Sound held by the card: a window busy for less than this is not heard.
BUFFER_S = 0.25
# Begun only with so much in hand, or it would stutter at once.
_LEAST_S = 0.08
# A card that was lost so often is not asked for again.
_TRIES = 3


class Sink(Protocol):
    """A sound card, playing what it is given. It takes 16-bit stereo at 48,000 a second."""

    def start(self) -> None:
        """Begin anew, empty."""
        ...

    def room(self) -> int:
        """Bytes it takes now."""
        ...

    def write(self, data: bytes) -> None:
        """Play that after what it has."""
        ...

    def played_s(self) -> float:
        """Seconds heard since `start`."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...


SinkMaker = Callable[[], Sink | None]


def device_sink() -> Sink | None:
    """The computer's sound card, None where there is none."""
    from coachvision.app.player.sound_device import open_device

    return open_device()


class SoundTrack:
    """The sound of what plays. muted: leave it out. begun_s: the video's second at which it began to be heard."""

    def __init__(self, clock: PlayClock, sinks: SinkMaker) -> None:
        self.muted = False
        self.begun_s = 0.0
        self._clock = clock
        self._sinks = sinks
        self._tries = _TRIES
        self._sink: Sink | None = None
        self._serial = -1
        self._from_s = 0.0
        self._held: deque[bytes] = deque()
        self._bytes = 0
        self._written = 0
        self._running = False

    def wanted(self, tempo: float) -> bool:
        """Whether there is sound at that speed (of the file's own) and something to hear it by."""
        if self.muted or not _SLOWEST <= tempo <= _FASTEST:
            return False
        if self._sink is None and self._tries:
            # Looked for when first needed, and again after it was lost: that takes a moment.
            self._tries -= 1
            self._sink = self._sinks()
            if self._sink is None:
                self._tries = 0
        return self._sink is not None

    def expect(self, serial: int, from_s: float) -> None:
        """Sound of that order is on its way, from that second of the video."""
        self.stop()
        self._serial, self._from_s = serial, from_s

    def take(self, serial: int, data: bytes) -> None:
        """Sound arrived. b"" ends it."""
        if serial == self._serial and data:
            self._held.append(data)
            self._bytes += len(data)

    def feed(self, now_s: float, speed: float) -> None:
        """Hand on what the card has room for. now_s: the video's second on the clock; speed: its seconds a second."""
        sink = self._sink
        if sink is None or self._serial < 0:
            return
        if self._running and not self._clock.following:
            # Unplugged, or it never began: on in silence. The next time to play asks what there is by then.
            self.stop()
            self._sink = None
            return
        if not self._running and not self._begun(sink, now_s, speed):
            return
        room = sink.room() // FRAME_BYTES * FRAME_BYTES
        while self._held and room > 0:
            data = self._held.popleft()
            if len(data) > room:
                self._held.appendleft(data[room:])
                data = data[:room]
            sink.write(data)
            self._written += len(data)
            self._bytes -= len(data)
            room -= len(data)
        if not self._held and sink.played_s() >= _seconds(self._written):
            # All that came was heard, and more may never come: the machine's clock goes on.
            self._rest(sink)
            self._from_s += _seconds(self._written) * speed

    def _begun(self, sink: Sink, now_s: float, speed: float) -> bool:
        """Begin where the pictures are by now; what belongs before is dropped."""
        late = round((now_s - self._from_s) / speed * RATE) * FRAME_BYTES
        while late > 0 and self._held:
            data = self._held.popleft()
            dropped = min(late, len(data))
            if dropped < len(data):
                self._held.appendleft(data[dropped:])
            late -= dropped
            self._bytes -= dropped
            self._from_s += _seconds(dropped) * speed
        if self._bytes < _LEAST_S * RATE * FRAME_BYTES:
            return False
        sink.start()
        self._clock.follow(sink.played_s)
        self._running, self._written = True, 0
        self.begun_s = self._from_s
        return True

    def stop(self) -> None:
        """Silence; what was held is forgotten."""
        if self._running and self._sink is not None:
            self._rest(self._sink)
        self._serial = -1
        self._held.clear()
        self._bytes = 0

    def _rest(self, sink: Sink) -> None:
        sink.stop()
        self._clock.release()
        self._running = False

    def close(self) -> None:
        """Let the card go."""
        self.stop()
        self._sink, self._tries = None, 0


def _seconds(count: int) -> float:
    """Of so many bytes."""
    return count / FRAME_BYTES / RATE
