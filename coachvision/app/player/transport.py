"""Where playing is and how fast it goes: the player's clock and its state, without a window and without a decoder.

Used by `PlayerWidget`; the clock is given, so that tests own it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coachvision.core.time import Timeline

SLOWEST, FASTEST = 0.05, 4.0


class Transport:
    """One video's playing. index: the frame that is shown. speed: negative goes backwards.

    first, last: the span that is played (in and out points, or the whole). loop: go round in it.
    """

    def __init__(self, timeline: Timeline, clock: Callable[[], float]) -> None:
        """clock: monotonic seconds."""
        self.timeline = timeline
        self.index = 0
        self.playing = False
        self.loop = False
        self.first, self.last = 0, len(timeline) - 1
        self._speed = 1.0
        self._clock = clock
        self._base: tuple[float, float] | None = None

    @property
    def speed(self) -> float:
        """Video seconds a real second, -4 to -0.05 or 0.05 to 4."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Another speed, brought within bounds; time goes on from where it is."""
        size = min(max(abs(speed), SLOWEST), FASTEST)
        time = self.time_s
        self._speed = size if speed >= 0 else -size
        if self._base is not None:
            self._base = (self._clock(), time)

    @property
    def direction(self) -> int:
        """1 forwards, -1 backwards."""
        return 1 if self._speed > 0 else -1

    @property
    def time_s(self) -> float:
        """The video's time on the clock; that of the frame shown while nothing moves."""
        if self._base is None:
            return float(self.timeline.seconds[self.index])
        real, video = self._base
        return video + (self._clock() - real) * self._speed

    def clamped(self, index: int) -> int:
        """The nearest frame there is."""
        return min(max(index, 0), len(self.timeline) - 1)

    def set_span(self, first: int | None = None, last: int | None = None, *, loop: bool | None = None) -> None:
        """The in and out points, and whether playing goes round between them; None leaves one as it is."""
        first = self.first if first is None else self.clamped(first)
        last = self.last if last is None else self.clamped(last)
        if first >= last:
            # A new in point behind the old out point begins a new span, and the other way round.
            first, last = (first, len(self.timeline) - 1) if last == self.last else (0, last)
        self.first, self.last = first, last
        self.loop = self.loop if loop is None else loop

    def start(self) -> tuple[int, int]:
        """Begin to play: (from, to). At the end of the span it begins again at its start. The clock still stands."""
        start, end = (self.first, self.last) if self.direction > 0 else (self.last, self.first)
        outside = not self.first <= self.index <= self.last
        # Outside of the span the coach looks at something else: what is there is played, to the end of the video.
        if self.index == end or (outside and self.loop):
            self.index = start
        elif outside:
            end = len(self.timeline) - 1 if self.direction > 0 else 0
            if self.index == end:
                self.index = start
                end = self.last if self.direction > 0 else self.first
        self.playing = True
        self._base = None
        return self.index, end

    def run(self, index: int) -> None:
        """The clock goes from that frame on: at the first picture, and after one was waited for."""
        self._base = (self._clock(), float(self.timeline.seconds[index]))

    @property
    def running(self) -> bool:
        """Whether the clock goes."""
        return self._base is not None

    def stop(self) -> None:
        """The clock stands at the frame that is shown."""
        self.playing = False
        self._base = None

    def due(self) -> int:
        """The frame that is due on the clock."""
        if self._speed > 0:
            return self.timeline.index_at(self.time_s)
        # Half a microsecond, as in index_at: the float may be an ulp above the frame's own time.
        return self.clamped(int(np.searchsorted(self.timeline.seconds, self.time_s - 5e-7)))

    def behind_s(self, index: int) -> float:
        """Real seconds by which that frame is late on the clock."""
        return (self.time_s - float(self.timeline.seconds[index])) / self._speed

    def jump(self, seconds: float) -> int:
        """The frame so many seconds from the one shown, at least one frame away."""
        now = float(self.timeline.seconds[self.index])
        index = self.timeline.index_at(now + seconds)
        if index == self.index:
            index += 1 if seconds > 0 else -1
        return self.clamped(index)
