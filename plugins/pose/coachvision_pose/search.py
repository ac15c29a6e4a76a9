"""Looks for people in a frame: the whole of it, one square of it, or tile by tile for far athletes. For `analyzer`."""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import Frame
from coachvision_pose.detector import INPUT, Detection, Detector

# The detector misses people much smaller than a fifth of its picture; tiles of half the short side reach half as far.
_TILE_SHARES = (1.0, 0.5)
_TILE_OVERLAP = 0.4
# A block of the small picture that differs by less than this many grey levels on average shows noise, not a person.
_STILL_LEVELS = 3.0
_STILL_BLOCK = 8


class Search:
    """Holds the detector and where the tiled search stands. Used by one thread at a time."""

    def __init__(self) -> None:
        self._detector = Detector()
        self._tile = 0
        self._empty: NDArray[np.float32] | None = None

    @property
    def calls(self) -> int:
        """How often the detector ran."""
        return self._detector.calls

    def whole(self, frame: Frame) -> list[Detection]:
        """People anywhere in the frame, best first, in pixels. A picture like the last empty one is not searched."""
        side = float(max(frame.width, frame.height))
        corner = ((frame.width - side) / 2, (frame.height - side) / 2)
        picture = _square(frame, *corner, side)
        blocks = _blocks(picture)
        if self._empty is not None and float(np.abs(blocks - self._empty).max()) < _STILL_LEVELS:
            return []
        found = self._find(picture, *corner, side)
        self._empty = None if found else blocks
        return found

    def square(self, frame: Frame, x: float, y: float, side: float) -> list[Detection]:
        """People in one square of the frame (upper left corner and side, may reach outside), best first, in pixels."""
        return self._find(_square(frame, x, y, side), x, y, side)

    def next_tile(self, frame: Frame) -> list[Detection]:
        """People in the next tile: a round over all tiles takes as many calls as there are tiles."""
        plan = tiles(frame.width, frame.height)
        x, y, side = plan[self._tile % len(plan)]
        self._tile += 1
        return self.square(frame, x, y, side)

    def _find(self, picture: NDArray[np.uint8], x: float, y: float, side: float) -> list[Detection]:
        return [person.moved(side, x, y) for person in self._detector.find(picture)]


def tiles(width: int, height: int) -> list[tuple[float, float, float]]:
    """Squares (x, y, side) that cover the frame with overlap, large ones first; none needed for a square frame."""
    short = min(width, height)
    plan = []
    for share in _TILE_SHARES:
        side = short * share
        plan += [(x, y, side) for y in _starts(height, side) for x in _starts(width, side)]
    return plan


def _starts(length: int, side: float) -> list[float]:
    count = 1 + ceil(max(0.0, length - side) / (side * (1 - _TILE_OVERLAP)))
    return [float(start) for start in np.linspace(0, length - side, count)] if count > 1 else [(length - side) / 2]


def _square(frame: Frame, x: float, y: float, side: float) -> NDArray[np.uint8]:
    step = side / INPUT
    return frame.sample(np.array([[step, 0.0, x], [0.0, step, y]]), (INPUT, INPUT))


def _blocks(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean grey of blocks of the detector's picture."""
    size = INPUT // _STILL_BLOCK
    small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small.mean(axis=2), np.float32)
