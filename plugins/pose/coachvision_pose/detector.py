"""Finds people in a square picture: the BlazePose detector network and the decoding of its answer.

For `search` alone. Decoding: single-shot detector with fixed anchors (Liu et al. 2016, "SSD"), non-maximum suppression
that averages what overlaps (Bazarevsky et al. 2019, "BlazeFace").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision_pose.network import Network
from coachvision_pose.roi import Roi

INPUT = 224
# Stride of the cells and anchors in each: two a layer, and three layers share the stride of 32.
_ANCHORS = ((8, 2), (16, 2), (32, 6))
_VALUES = 12  # box (x, y, width, height) and four key points
_LEAST_SCORE = 0.5
_SAME_PERSON_IOU = 0.3

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Detection:
    """One person. box: (4,) x0, y0, x1, y1; keypoints: (4, 2): hip centre, whole-body circle, shoulder centre,
    upper-body circle; both in the unit of the picture they were found in. score: 0..1.
    """

    box: Floats
    keypoints: Floats
    score: float

    def moved(self, scale: float, x: float, y: float) -> Detection:
        """The same in another coordinate system: first scaled, then shifted."""
        shift = np.array([x, y], np.float32)
        return Detection(self.box * scale + np.tile(shift, 2), self.keypoints * scale + shift, self.score)

    @property
    def roi(self) -> Roi:
        """The region for the landmark network."""
        return Roi.from_alignment(self.keypoints[0], self.keypoints[1])


def anchors() -> Floats:
    """(2254, 2) centres of the anchors, as shares of the picture."""
    grids = []
    for stride, per_cell in _ANCHORS:
        cells = INPUT // stride
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(centres, centres, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    return np.concatenate(grids)


def decode(values: Floats, logits: Floats, centres: Floats) -> list[Detection]:
    """values: (n, 12) in pixels of the input relative to the anchors; logits: (n,). People as shares of the picture."""
    scores = np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0))), np.float32)
    found = np.flatnonzero(scores >= _LEAST_SCORE)
    points = values[found].reshape(-1, _VALUES // 2, 2) / np.float32(INPUT)
    middles = points[:, 0] + centres[found]
    halves = points[:, 1] / 2
    boxes: Floats = np.concatenate([middles - halves, middles + halves], axis=1)
    keypoints = points[:, 2:] + centres[found][:, None]
    return merge(boxes, keypoints, scores[found])


def merge(boxes: Floats, keypoints: Floats, scores: Floats) -> list[Detection]:
    """(n, 4), (n, 4, 2), (n,): what overlaps the best one is averaged into it, weighted by score; best first."""
    left = np.argsort(-scores, kind="stable")
    people = []
    while len(left):
        best = left[0]
        near = overlaps(boxes[best], boxes[left]) > _SAME_PERSON_IOU
        near[0] = True
        group = left[near]
        weight = scores[group] / scores[group].sum()
        people.append(
            Detection(
                (boxes[group] * weight[:, None]).sum(axis=0).astype(np.float32),
                (keypoints[group] * weight[:, None, None]).sum(axis=0).astype(np.float32),
                float(scores[best]),
            )
        )
        left = left[~near]
    return people


def overlaps(box: Floats, others: Floats) -> Floats:
    """(4,) against (n, 4): intersection over union, (n,)."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return np.asarray(common / np.maximum(areas - common, 1e-9), dtype=np.float32)


class Detector:
    """Counts its own calls. Used by one thread at a time."""

    def __init__(self) -> None:
        self._network = Network("pose_detection.tflite")
        self._anchors = anchors()
        self.calls = 0

    def find(self, picture: NDArray[np.uint8]) -> list[Detection]:
        """picture: (224, 224, 3) RGB. People as shares of the picture's sides, best first."""
        self.calls += 1
        values, logits = self._network.run(picture, 2.0 / 255.0, -1.0)
        return decode(values[0], logits[0, :, 0], self._anchors)
