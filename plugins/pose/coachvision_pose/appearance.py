"""What an athlete wears, as colour histograms of trunk and thighs: tells people apart after a loss. For `identity`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import LANDMARKS
from coachvision_pose.landmarker import Pose
from coachvision_pose.roi import CutOut

Histogram = NDArray[np.float32]

_BINS = (6, 3, 3)  # hue, saturation, value
_RANGES = [0, 180, 0, 256, 0, 256]
_SIDE = 128  # colours need no detail, but a histogram needs some hundred pixels
_SHOULDERS = [LANDMARKS.index("left_shoulder"), LANDMARKS.index("right_shoulder")]
_HIPS = [LANDMARKS.index("left_hip"), LANDMARKS.index("right_hip")]
_KNEES = [LANDMARKS.index("left_knee"), LANDMARKS.index("right_knee")]


def appearance(cut: CutOut, pose: Pose) -> Histogram:
    """cut: what the pose was found in. (2 * bins,) histogram, each half summing to one.

    Drawn as thick lines along trunk and thighs, which hold clothes in front, side and back view alike.
    """
    small = cv2.resize(cut.picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    colours = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
    at = cut.roi.shares(pose.points) * _SIDE
    neck, pelvis = at[_SHOULDERS].mean(axis=0), at[_HIPS].mean(axis=0)
    trunk = float(np.hypot(*(neck - pelvis)))
    halves = []
    for lines, width in (
        ([(neck, pelvis)], 0.45 * trunk),
        ([(at[hip], at[knee]) for hip, knee in zip(_HIPS, _KNEES, strict=True)], 0.25 * trunk),
    ):
        mask = np.zeros((_SIDE, _SIDE), np.uint8)
        for start, end in lines:
            cv2.line(mask, _pixel(start), _pixel(end), (255,), max(1, round(width)))
        counts = cv2.calcHist([colours], [0, 1, 2], mask, list(_BINS), _RANGES).ravel()
        halves.append(counts / max(float(counts.sum()), 1.0))
    return np.concatenate(halves).astype(np.float32)


def _pixel(point: NDArray[np.float32]) -> tuple[int, int]:
    # Far outside the picture is as good as outside; the drawing takes no huge numbers.
    x, y = np.clip(np.round(point), -_SIDE, 2 * _SIDE)
    return int(x), int(y)


def difference(one: Histogram, other: Histogram) -> float:
    """0 (the same colours) to 1: mean Hellinger distance of trunk and thighs (Bhattacharyya 1943)."""
    common = np.sqrt(one * other).reshape(2, -1).sum(axis=1)
    return float(np.sqrt(np.clip(1.0 - common, 0.0, 1.0)).mean())
