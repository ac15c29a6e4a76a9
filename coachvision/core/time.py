"""Time as the file tells it: a frame is known by its pts; its number is the rank of that pts. No fps arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Timeline:
    """The presentation times of all frames of one video.

    pts: (n,) int64 ticks, strictly increasing, as FFmpeg's `best_effort_timestamp`. time_base: seconds a tick.
    time_scale: real seconds per stored second; below 1 where a clip filmed at 240 is stored at 30 (then 1/8).
    The scaling of slow motion happens here and nowhere else.
    """

    pts: NDArray[np.int64]
    time_base: Fraction
    time_scale: float = 1.0
    _seconds: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pts = np.ascontiguousarray(self.pts, dtype=np.int64)
        if pts.ndim != 1:
            raise ValueError("pts must be one-dimensional")
        if len(pts) > 1 and not bool(np.all(np.diff(pts) > 0)):
            raise ValueError("pts must be strictly increasing")
        if not (self.time_base > 0 and 0 < self.tick_s < math.inf):
            raise ValueError("time base and time scale must be positive, and a tick's length a number of seconds")
        pts.setflags(write=False)
        object.__setattr__(self, "pts", pts)
        seconds = self.times_of(pts)
        seconds.setflags(write=False)
        object.__setattr__(self, "_seconds", seconds)

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """(n,) real seconds from the first frame."""
        return self._seconds

    @property
    def first_pts(self) -> int:
        """The first frame's pts, from which seconds count; 0 without frames."""
        return int(self.pts[0]) if len(self.pts) else 0

    @property
    def tick_s(self) -> float:
        """Real seconds a tick."""
        return float(self.time_base) * self.time_scale

    def seconds_of(self, pts: int) -> float:
        """Real seconds from the first frame to any pts, of a frame or not."""
        return (pts - self.first_pts) * self.tick_s

    def times_of(self, pts: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `seconds_of`, for (n,) pts."""
        return np.asarray((pts - self.first_pts) * self.tick_s, dtype=np.float64)

    def ticks_at(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """The tick nearest to each of (n,) times, of a frame or not: `times_of` backwards."""
        return self.first_pts + np.round(seconds / self.tick_s).astype(np.int64)

    def index_of(self, pts: int) -> int:
        """Frame number (rank) of a pts. Raises KeyError where no frame has that pts."""
        at = int(np.searchsorted(self.pts, pts))
        if at == len(self.pts) or int(self.pts[at]) != pts:
            raise KeyError(pts)
        return at

    def index_at(self, seconds: float) -> int:
        """Number of the frame on screen at a time: the last one not later (clamped to the first and last frame)."""
        if not len(self.pts):
            raise ValueError("no frames")
        # Half a microsecond of tolerance: the caller's float may be an ulp below the frame's own time.
        at = int(np.searchsorted(self._seconds, seconds + 5e-7, side="right")) - 1
        return min(max(at, 0), len(self.pts) - 1)

    @property
    def frame_interval_s(self) -> float:
        """Median real seconds between frames; 0 with fewer than two frames."""
        return float(np.median(np.diff(self._seconds))) if len(self.pts) > 1 else 0.0

    @property
    def fps(self) -> float:
        """Mean frames a real second (not the median's inverse); 0 with fewer than two frames."""
        return (len(self.pts) - 1) / float(self._seconds[-1]) if len(self.pts) > 1 else 0.0

    @property
    def variable(self) -> bool:
        """True where some interval differs from the median by over a tenth of it (and by over one tick of rounding)."""
        if len(self.pts) < 3:
            return False
        steps = np.diff(self.pts)
        median = float(np.median(steps))
        return bool(np.any(np.abs(steps - median) > max(0.1 * median, 1.0)))

    def scaled(self, capture_fps: float) -> Timeline:
        """The same frames in real time, given the rate at which they were filmed."""
        stored = Timeline(self.pts, self.time_base)
        if capture_fps <= 0 or stored.fps == 0:
            raise ValueError("the capture rate must be positive and the video longer than one frame")
        return Timeline(self.pts, self.time_base, stored.fps / capture_fps)
