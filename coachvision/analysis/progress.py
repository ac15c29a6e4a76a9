"""Progress as numbers that are polled: how much is done, what is going on, how long it will take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """done: 0 to 1. stage: what is going on, in words. seconds_left: None while it cannot be told yet."""

    done: float
    stage: str
    seconds_left: float | None = None


Report = Callable[[Progress], None]


class Forecast:
    """Time left, from what was done since the first sign of progress (starting up is no guide to the pace)."""

    def __init__(self) -> None:
        self._start: tuple[float, float] | None = None

    def seconds_left(self, done: float, now: float) -> float | None:
        """done: 0 to 1; now: monotonic seconds. None until a second and a hundredth of the work have passed."""
        if done <= 0:
            return None
        if self._start is None:
            self._start = (done, now)
            return None
        first, since = self._start
        if done - first < 0.01 or now - since < 1.0:
            return None
        return (1.0 - done) * (now - since) / (done - first)
