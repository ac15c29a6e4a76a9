"""A sound card for tests: plays by a clock that may run at another pace than the machine's, and remembers all of it."""

from __future__ import annotations

from collections.abc import Callable

from coachvision.app.player.sound import BUFFER_S, FRAME_BYTES, RATE


class Card:
    """A `Sink`. pace: its seconds a second of the clock's. broken: from then on nothing moves any more."""

    def __init__(self, clock: Callable[[], float], pace: float = 1.0) -> None:
        self._clock = clock
        self._pace = pace
        self._begun = 0.0
        self._written = bytearray()
        self._frozen: float | None = None
        self.starts = 0
        self.running = False

    def start(self) -> None:
        self.starts += 1
        self.running = True
        self._begun = self._clock()
        self._written = bytearray()

    def room(self) -> int:
        waiting = len(self._written) - round(self.played_s() * RATE) * FRAME_BYTES
        return max(0, round(BUFFER_S * RATE) * FRAME_BYTES - waiting)

    def write(self, data: bytes) -> None:
        assert self.running
        assert len(data) <= self.room()
        self._written += data

    def played_s(self) -> float:
        if self._frozen is not None:
            return self._frozen
        return min((self._clock() - self._begun) * self._pace, len(self._written) / FRAME_BYTES / RATE)

    def stop(self) -> None:
        self.running = False

    def unplug(self) -> None:
        self._frozen = self.played_s()

    @property
    def heard(self) -> bytes:
        """What has come out since it was started."""
        return bytes(self._written[: round(self.played_s() * RATE) * FRAME_BYTES])
