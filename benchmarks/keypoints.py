"""Measures of landmark accuracy: PCK and OKS, and the names of hand-labelled joints in BlazePose's terms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from coachvision.core.landmarks import LANDMARKS

Points = NDArray[np.floating]

# Standard deviations of human labelling relative to the body's size (Lin et al. 2014, COCO key-point evaluation).
SIGMAS = {
    "nose": 0.026, "eye": 0.025, "ear": 0.035, "shoulder": 0.079, "elbow": 0.072, "wrist": 0.062,
    "hip": 0.107, "knee": 0.087, "ankle": 0.089,
}  # fmt: skip


def sigma(name: str) -> float | None:
    """That of a landmark; None for one that COCO does not label."""
    return SIGMAS.get(name.split("_")[-1])


def index_of(name: str) -> int | None:
    """The rank of a labelled joint among BlazePose's landmarks; None for head_top, neck and their like."""
    return LANDMARKS.index(name) if name in LANDMARKS else None


def oks(points: Points, labels: Mapping[str, tuple[float, float]], area: float) -> float:
    """Object key-point similarity (Lin et al. 2014) over the joints that both know. points: (33, 2), NaN = missing."""
    scores = []
    for name, place in labels.items():
        at, spread = index_of(name), sigma(name)
        if at is None or spread is None:
            continue
        apart = float(np.sum((points[at] - np.asarray(place)) ** 2))
        scores.append(np.exp(-apart / (2 * area * (2 * spread) ** 2)) if np.isfinite(apart) else 0.0)
    return float(np.mean(scores)) if scores else 0.0


def distances(points: Points, labels: Mapping[str, tuple[float, float]]) -> list[float]:
    """Pixels between landmark and label for each joint both know; infinite where the landmark is missing."""
    found = [
        float(np.hypot(*(points[at] - np.asarray(place))))
        for name, place in labels.items()
        if (at := index_of(name)) is not None
    ]
    return [value if np.isfinite(value) else float("inf") for value in found]
