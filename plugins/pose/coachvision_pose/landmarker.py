"""The 33 landmarks of one athlete in one region: the BlazePose landmark network and the decoding of its answer.

For `tracking` and `analyzer`. Decoding: Bazarevsky et al. 2020 (landmarks by regression, refined around their place by
the centre of mass of their heat map, as DARK-like refinements do on a 7 x 7 window).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coachvision_pose.network import Network
from coachvision_pose.roi import Roi

INPUT = 256
COUNT = 33
_ALL = 39  # the network's own: 33 landmarks, 2 alignment points, 4 unused hand points
_ALIGNMENT = slice(33, 35)
_SHOULDERS, _HIPS = [11, 12], [23, 24]
_WINDOW = np.arange(-3, 4)
_LEAST_HEAT = 0.5

# Output ranks: landmarks, presence of a person, (segmentation: left out), heat maps, world landmarks.
_WANTED = (0, 1, 3, 4)

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Pose:
    """One body in one frame, kept small: a long video has many.

    values: (35, 6) float32, the 33 landmarks and the two alignment points: x, y, confidence, world x, y, z. score:
    person present, 0..1.
    """

    values: Floats
    score: float

    @classmethod
    def of(cls, points: Floats, confidence: Floats, world: Floats, alignment: Floats, score: float) -> Self:
        """From (33, 2), (33,), (33, 3) and (2, 2)."""
        values = np.zeros((COUNT + 2, 6), np.float32)
        values[:COUNT, :2], values[:COUNT, 2], values[:COUNT, 3:] = points, confidence, world
        values[COUNT:, :2] = alignment
        return cls(values, score)

    @property
    def points(self) -> Floats:
        """(33, 2) pixels."""
        return self.values[:COUNT, :2]

    @property
    def confidence(self) -> Floats:
        """(33,) 0..1: visible and present."""
        return self.values[:COUNT, 2]

    @property
    def world(self) -> Floats:
        """(33, 3) metres from the mid-hip."""
        return self.values[:COUNT, 3:]

    @property
    def alignment(self) -> Floats:
        """(2, 2) pixels: hip centre and top of the body's circle, from which the next frame's region follows."""
        return self.values[COUNT:, :2]

    @property
    def trunk(self) -> Floats:
        """(2, 2) pixels: centre between the hips, centre between the shoulders."""
        return np.stack([self.points[_HIPS].mean(axis=0), self.points[_SHOULDERS].mean(axis=0)])

    @property
    def size(self) -> float:
        """Diameter of the circle around the whole body, pixels."""
        return 2 * float(np.hypot(*(self.alignment[1] - self.alignment[0])))


class Landmarker:
    """Used by one thread at a time."""

    def __init__(self) -> None:
        self._network = Network("pose_landmark_full.tflite", _WANTED)

    def find(self, picture: NDArray[np.uint8], roi: Roi) -> Pose:
        """picture: (256, 256, 3) RGB of that region."""
        raw, score, heat, world = self._network.run(picture, 1.0 / 255.0, 0.0)
        return decode(raw.reshape(_ALL, 5), float(score[0, 0]), heat[0], world.reshape(_ALL, 3), roi)


def decode(raw: Floats, score: float, heat: Floats, world: Floats, roi: Roi) -> Pose:
    """raw: (39, 5) x, y, z in pixels of the input, visibility and presence logits; heat: (64, 64, 39) logits."""
    shares = refine(raw[:, :2] / np.float32(INPUT), heat)
    seen = _sigmoid(raw[:COUNT, 3]) * _sigmoid(raw[:COUNT, 4])
    points = roi.project(shares)
    return Pose.of(points[:COUNT], seen, roi.turn(world[:COUNT]), points[_ALIGNMENT], score)


def refine(shares: Floats, heat: Floats) -> Floats:
    """(n, 2) landmarks as shares of the picture, (h, w, n) heat logits: each moved to the centre of heat near it.

    A landmark outside the picture, or whose heat stays below one half, keeps its place.
    """
    height, width, count = heat.shape
    refined = shares.copy()
    columns = np.trunc(shares[:, 0] * width).astype(np.int64)
    rows = np.trunc(shares[:, 1] * height).astype(np.int64)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    x = columns[:, None] + _WINDOW
    y = rows[:, None] + _WINDOW
    on_map = ((y >= 0) & (y < height))[:, :, None] & ((x >= 0) & (x < width))[:, None, :]
    values = heat[
        np.clip(y, 0, height - 1)[:, :, None], np.clip(x, 0, width - 1)[:, None, :], np.arange(count)[:, None, None]
    ]
    warmth = np.where(on_map, _sigmoid(values), np.float32(0))
    moved = inside & (warmth.max(axis=(1, 2)) >= _LEAST_HEAT)
    total = np.maximum(warmth.sum(axis=(1, 2)), 1e-9)
    refined[moved, 0] = ((warmth.sum(axis=1) * x).sum(axis=1) / total / width)[moved]
    refined[moved, 1] = ((warmth.sum(axis=2) * y).sum(axis=1) / total / height)[moved]
    return refined


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0))), dtype=np.float32)
