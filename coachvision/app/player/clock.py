"""The player's clock: the sound card's while it plays, the machine's otherwise; never backwards. No window here."""

from __future__ import annotations

from collections.abc import Callable

# A sound card tells of its way in steps; in between the machine's clock goes on, for no longer than this.
_STEP_S = 0.03
# A card that has not moved for so long was unplugged.
_LOST_S = 1.2


class PlayClock:
    """Seconds from anywhere, called like `time.monotonic`."""

    def __init__(self, machine: Callable[[], float]) -> None:
        self._machine = machine
        self._offset = 0.0
        self._played: Callable[[], float] | None = None
        self._base = 0.0
        self._told = (0.0, 0.0)
        self._last = 0.0

    def __call__(self) -> float:
        """Now."""
        machine = self._machine()
        if self._played is None:
            now = machine + self._offset
        else:
            played = self._played()
            if played != self._told[1]:
                self._told = (machine, played)
            elif machine - self._told[0] > _LOST_S:
                self._played = None
                self._offset = self._last - machine
                return self._last
            now = self._base + played + min(machine - self._told[0], _STEP_S)
        # Where the card's step was shorter than the machine's, time stands until the card has caught up.
        self._last = max(self._last, now)
        return self._last

    @property
    def following(self) -> bool:
        """Whether a sound card leads."""
        return self._played is not None

    def follow(self, played: Callable[[], float]) -> None:
        """Go by what has been heard from now on. played: seconds of sound that came out since then, never falling."""
        self._base = self()
        self._told = (self._machine(), 0.0)
        self._played = played

    def release(self) -> None:
        """Go by the machine again, from here."""
        if self._played is not None:
            now = self()
            self._played = None
            self._offset = now - self._machine()
