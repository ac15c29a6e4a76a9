"""From pixels to metres: a scale from a line or the athlete's height, or a plane seen in perspective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Calibration:
    """kind: how it was obtained. homography: (3, 3), pixels (x right, y down) to metres (x right, y up) in one plane.

    relative_uncertainty: standard uncertainty of a length as a share of it. index: frame on which it was taken.
    """

    kind: Literal["line", "height", "plane"]
    homography: NDArray[np.float64]
    relative_uncertainty: float
    index: int = 0

    @classmethod
    def from_line(cls, length_m: float, start: tuple[float, float], end: tuple[float, float], index: int = 0) -> Self:
        """A line of known length, parallel to the picture. A click is good to one pixel (standard) an end."""
        length_px = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        if length_m <= 0 or length_px < 1:
            raise ValueError("the calibration line needs a length, in metres and on the picture")
        scale = length_m / length_px
        return cls("line", np.diag([scale, -scale, 1.0]), float(np.sqrt(2.0) / length_px), index)

    def to_metres(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(..., 2) pixels to (..., 2) metres."""
        homogeneous = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1) @ self.homography.T
        return np.asarray(homogeneous[..., :2] / homogeneous[..., 2:], dtype=np.float64)
