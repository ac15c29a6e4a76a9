"""A pinhole camera at the side of the athlete. For the scenes; the tests hold it to straight-line geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Camera:
    """width, height: pixels. px_per_m: scale in the athlete's middle plane. distance_m: from the lens to that plane.

    height_m: of the lens. centre_x_m: what it looks at. horizon: row of the lens's height as a share of the picture.
    facing: +1 the athlete looks to the right of the picture, -1 to the left.
    """

    width: int = 1280
    height: int = 720
    px_per_m: float = 280.0
    distance_m: float = 5.0
    height_m: float = 1.0
    centre_x_m: float = 0.0
    horizon: float = 0.5
    facing: int = 1

    def scale(self, depth_m: float = 0.0) -> float:
        """Pixels a metre in a plane that lies `depth_m` behind the middle plane."""
        return self.px_per_m * self.distance_m / (self.distance_m + depth_m)

    def pixels(self, points: NDArray[np.float64], depth_m: float = 0.0) -> NDArray[np.float64]:
        """(..., 2) world metres in a plane to (..., 2) pixels, x right, y down; pixel centres at whole numbers."""
        scale = self.scale(depth_m)
        x = 0.5 * (self.width - 1) + self.facing * scale * (points[..., 0] - self.centre_x_m)
        y = self.horizon * (self.height - 1) - scale * (points[..., 1] - self.height_m)
        return np.stack([x, y], axis=-1)

    def turn(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        """(2,) world direction to the picture's axes."""
        return np.array([self.facing * direction[0], -direction[1]])
