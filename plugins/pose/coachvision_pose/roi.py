"""The rotated square around one athlete that the landmark network looks at. For `detector`, `landmarker`, `tracking`.

Geometry as in BlazePose (Bazarevsky et al. 2020): centre between the hips, size from a circle around the whole body,
turned so that the line from the hips to that circle's upper point stands upright.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin
from typing import Self

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

# Room for limbs beyond the circle, as the landmark network was trained with.
MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class Roi:
    """x, y: centre; size: side; upright pixels. rotation: radians, clockwise on the picture, in [-pi, pi)."""

    x: float
    y: float
    size: float
    rotation: float = 0.0

    @classmethod
    def from_alignment(cls, hips: NDArray[np.floating], top: NDArray[np.floating]) -> Self:
        """hips: (2,) centre between the hips; top: (2,) point on the body's circle in the direction of the head."""
        dx, dy = float(top[0] - hips[0]), float(top[1] - hips[1])
        turn = pi / 2 - atan2(-dy, dx)
        return cls(
            float(hips[0]),
            float(hips[1]),
            2 * MARGIN * hypot(dx, dy),
            turn - 2 * pi * ((turn + pi) // (2 * pi)),
        )

    def to_frame(self, side: int) -> NDArray[np.float64]:
        """(2, 3) affine from the pixels of a side x side picture of this region to pixels of the frame."""
        step = self.size / side
        c, s = cos(self.rotation) * step, sin(self.rotation) * step
        half = side / 2
        return np.array([[c, -s, self.x - half * (c - s)], [s, c, self.y - half * (s + c)]])

    def project(self, points: NDArray[np.floating]) -> Points:
        """(n, 2) shares of this region's sides (0..1 from its upper left corner) to (n, 2) pixels of the frame."""
        centred = (np.asarray(points, np.float64) - 0.5) * self.size
        return (centred @ self._turn().T + (self.x, self.y)).astype(np.float32)

    def shares(self, points: NDArray[np.floating]) -> Points:
        """The inverse of `project`."""
        centred = (np.asarray(points, np.float64) - (self.x, self.y)) @ self._turn()
        return (centred / self.size + 0.5).astype(np.float32)

    def turn(self, world: NDArray[np.floating]) -> Points:
        """(n, 3) metres as seen in this region to (n, 3) metres as seen in the frame (x right, y down)."""
        turned = np.array(world, np.float32)
        turned[:, :2] = world[:, :2] @ self._turn().T
        return turned

    def _turn(self) -> NDArray[np.float64]:
        c, s = cos(self.rotation), sin(self.rotation)
        return np.array([[c, -s], [s, c]])


@dataclass(frozen=True, eq=False, slots=True)
class CutOut:
    """What the landmark network is shown. picture: (side, side, 3) RGB of the region."""

    roi: Roi
    picture: NDArray[np.uint8]
