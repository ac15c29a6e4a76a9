"""Steadies the region of one athlete from frame to frame; the landmarks themselves stay raw. For `tracking`.

One Euro filter (Casiez, Roussel and Vogel 2012) of the two alignment points, its speed measured in body sizes so that
near and far athletes are steadied alike. Its clock is BlazePose's own: every frame comes a thirtieth of a second after
the one before, whatever the video's rate. What a region must keep up with is the way from one frame to the next.
"""

from __future__ import annotations

from math import hypot, pi

import numpy as np
from numpy.typing import NDArray

from coachvision_pose.roi import Roi

Floats = NDArray[np.float32]

# BlazePose's own: nearly still when the athlete is still, no lag at two hundredths of a region a frame.
_STEP_S = 1 / 30
_LEAST_CUTOFF_HZ = 0.01
_SPEED_GAIN = 10.0
_SPEED_CUTOFF_HZ = 1.0


class SteadyRegion:
    """The region for the next frame from the alignment points of this one."""

    def __init__(self) -> None:
        self._raw: NDArray[np.float64] | None = None
        self._smooth = np.zeros((2, 2))
        self._speed = np.zeros((2, 2))

    def follow(self, alignment: Floats) -> Roi:
        """alignment: (2, 2) pixels."""
        points = alignment.astype(np.float64)
        if self._raw is None:
            self._smooth = points
        else:
            # The circle's diameter without the region's margin is the size that speeds are measured in.
            size = max(2 * hypot(*(points[1] - points[0])), 1e-6)
            speed = (points - self._raw) / size / _STEP_S
            self._speed = _blend(self._speed, speed, _share(_SPEED_CUTOFF_HZ))
            cutoff = _LEAST_CUTOFF_HZ + _SPEED_GAIN * np.abs(self._speed)
            self._smooth = _blend(self._smooth, points, _share(cutoff))
        self._raw = points
        return Roi.from_alignment(self._smooth[0], self._smooth[1])


def _blend(
    old: NDArray[np.float64], new: NDArray[np.float64], share: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    return old + share * (new - old)


def _share(cutoff_hz: NDArray[np.float64] | float) -> NDArray[np.float64] | float:
    """How much of the new value a first-order low-pass takes."""
    return 1.0 / (1.0 + 1.0 / (2 * pi * cutoff_hz * _STEP_S))
