"""The room behind the athlete and the camera's noise. For the scenes alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.synth.camera import Camera

_WALLS = ((186, 190, 188), (150, 166, 176), (196, 186, 168), (140, 150, 140))
_FLOORS = ((150, 118, 84), (96, 110, 98), (112, 112, 118), (164, 140, 110))


def room(camera: Camera, rng: np.random.Generator) -> Image:
    """(h, w, 3) uint8: a wall with panels and blotches, a skirting, a floor with grain, lit a little unevenly."""
    width, height = camera.width, camera.height
    # The floor meets the wall 1.5 m behind the athlete.
    edge = int(np.clip(camera.pixels(np.array([0.0, 0.0]), 1.5)[1], 1, height - 1))
    picture = np.empty((height, width, 3), np.float32)
    picture[:edge] = _WALLS[rng.integers(len(_WALLS))]
    picture[edge:] = _FLOORS[rng.integers(len(_FLOORS))]
    scale = camera.scale(1.5)
    for x in np.arange(float(rng.uniform(0, 1.2)) * scale, width, 1.2 * scale):
        cv2.line(picture, (int(x), 0), (int(x), edge), (120.0, 124.0, 124.0), max(1, int(0.01 * scale)), cv2.LINE_AA)
    skirting = max(2, int(0.09 * scale))
    picture[max(edge - skirting, 0) : edge] = (92, 90, 86)
    picture *= 1.0 + 0.05 * _blotches(height, width, 0.2 * scale, rng)[..., None]
    grain = _blotches(height, width, 1.5, rng)
    picture[edge:] *= 1.0 + 0.05 * grain[edge:, :, None]
    picture[:edge] *= 1.0 + 0.015 * grain[:edge, :, None]
    light = (
        np.linspace(1.06, 0.94, width, dtype=np.float32)
        if rng.integers(2)
        else np.linspace(0.94, 1.06, width, dtype=np.float32)
    )
    return np.asarray(np.clip(picture * light[None, :, None], 0, 255), np.uint8)


def _blotches(height: int, width: int, size_px: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(h, w) smooth noise with standard deviation 1."""
    step = max(int(size_px), 1)
    coarse = rng.normal(0.0, 1.0, (height // step + 2, width // step + 2)).astype(np.float32)
    fine = cv2.GaussianBlur(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), max(0.6 * size_px, 0.8)
    )
    return np.asarray(fine / max(float(fine.std()), 1e-6), np.float32)


class Noise:
    """Sensor noise: one large sheet, seen through another window each frame."""

    def __init__(self, width: int, height: int, sigma: float, rng: np.random.Generator) -> None:
        self._size = (height, width)
        sheet = rng.normal(0.0, sigma, (height + 97, width + 131, 3))
        self._brighter = np.clip(np.round(sheet), 0, 255).astype(np.uint8)
        self._darker = np.clip(np.round(-sheet), 0, 255).astype(np.uint8)

    def add(self, picture: Image, index: int) -> None:
        """Change the picture in place; the same index gives the same noise."""
        height, width = self._size
        y, x = (index * 37) % 97, (index * 53) % 131
        window = (slice(y, y + height), slice(x, x + width))
        cv2.add(picture, self._brighter[window], dst=picture)
        cv2.subtract(picture, self._darker[window], dst=picture)
