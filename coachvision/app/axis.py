"""Which part of a film's time is seen, shared by timeline, rows and chart, so that they stand in line. For screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from coachvision.core.time import Timeline

# The same room left and right of the time in every widget: names and the chart's numbers stand left of it.
LEFT, RIGHT = 104, 16
SHORTEST_S = 0.2
_NOTCH = 1.25


class Axis(QObject):
    """One film's time from left to right. changed: another part is seen, or another film."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.timeline: Timeline | None = None
        self.from_s, self.to_s = 0.0, 1.0

    def open(self, timeline: Timeline | None) -> None:
        """Another film, seen whole; None for none."""
        self.timeline = timeline if timeline is not None and len(timeline) else None
        self.show_all()

    @property
    def whole_s(self) -> float:
        """Seconds from the first frame to the last."""
        return float(self.timeline.seconds[-1]) if self.timeline is not None else 0.0

    @property
    def length_s(self) -> float:
        """Seconds that are seen."""
        return self.to_s - self.from_s

    @property
    def zoomed(self) -> bool:
        """Whether only a part is seen."""
        return self.length_s < self.whole_s - 1e-6

    def show_all(self) -> None:
        """See the whole film."""
        self._see(0.0, max(self.whole_s, SHORTEST_S))

    def zoom(self, notches: float, at_s: float) -> None:
        """Closer (or away, where negative); the moment at_s stays where it is."""
        whole = max(self.whole_s, SHORTEST_S)
        length = min(max(self.length_s * _NOTCH**-notches, SHORTEST_S), whole)
        share = (at_s - self.from_s) / max(1e-9, self.length_s)
        self._see(at_s - share * length, length)

    def pan(self, seconds: float) -> None:
        """Later (or earlier, where negative)."""
        self._see(self.from_s + seconds, self.length_s)

    def follow(self, seconds: float) -> None:
        """Turn the page where that moment is not seen."""
        if self.zoomed and not self.from_s <= seconds <= self.to_s:
            self._see(seconds - 0.1 * self.length_s, self.length_s)

    def _see(self, start: float, length: float) -> None:
        start = min(max(start, 0.0), max(0.0, max(self.whole_s, SHORTEST_S) - length))
        self.from_s, self.to_s = start, start + length
        self.changed.emit()

    # -- places across a widget of that width

    def x(self, seconds: float, width: int) -> float:
        """Where a moment stands."""
        return LEFT + max(1, width - LEFT - RIGHT) * (seconds - self.from_s) / max(1e-9, self.length_s)

    def seconds_at(self, x: float, width: int) -> float:
        """The moment at a place, of the film or beyond."""
        return self.from_s + (x - LEFT) / max(1, width - LEFT - RIGHT) * self.length_s

    def frame_at(self, x: float, width: int) -> int:
        """The frame nearest to a place."""
        return self.nearest(self.seconds_at(x, width))

    def nearest(self, seconds: float) -> int:
        """The frame nearest to a moment."""
        if self.timeline is None:
            return 0
        before = self.timeline.index_at(seconds)
        after = min(before + 1, len(self.timeline) - 1)
        times = self.timeline.seconds
        return after if abs(times[after] - seconds) < abs(times[before] - seconds) else before
