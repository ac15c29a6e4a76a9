"""A clock that the test moves: satisfies coachvision.clock.Clock. For any test; nothing waits for the real time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class ManualClock:
    """Stands still until it is moved. The wall clock may also be set wrong, which leaves the monotonic one alone."""

    def __init__(self, start: datetime = START) -> None:
        self._wall = start
        self._monotonic = 0.0

    @staticmethod
    def of_now() -> datetime:
        """The real time, to begin with it: where another process judges times too."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass, on both clocks. Raises ValueError for a negative time: that is `set_wrong`."""
        if seconds < 0:
            raise ValueError("time does not run backward; set_wrong sets the wall clock back")
        self._wall += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wrong(self, seconds: float) -> None:
        """Somebody sets the laptop's wall clock: ahead, or back where negative."""
        self._wall += timedelta(seconds=seconds)
