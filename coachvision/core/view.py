"""Which way the athlete faces, judged from one camera: the sign of flexion hangs on it. Anyone may call it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from coachvision.core.results import Track

Values = NDArray[np.float64]

# Feet tell the side best; the head turns by itself; depth of the world landmarks is estimated, not seen.
_FOOT_WEIGHT, _HEAD_WEIGHT, _WORLD_WEIGHT = 1.0, 0.5, 1.0
# Turned out of the picture plane by 60 degrees or less counts as a side view (cos 60 = 0.5), by 75 or more as a front
# or back view; in between, the last sure answer holds, so that the sign does not flicker.
_SIDE, _FRONT = 0.5, 0.26
_SMOOTHING_S = 1.0


def side_score(track: Track) -> Values:
    """(t,) from -1 (faces the left edge of the picture) by 0 (the camera, or away from it) to +1 (the right edge).

    It is about the cosine of the angle between the way the athlete faces and the picture plane: a mean, weighted by
    confidence, of what the feet (heel to toe), the head (ears to nose) and the axis through hips and shoulders (world
    landmarks) say. NaN where none of them was seen.
    """
    votes: list[tuple[Values, Values]] = [_feet(track), _head(track)]
    if track.world is not None:
        votes.append(_trunk(track, track.world))
    total = np.sum([np.where(np.isfinite(score), weight, 0.0) for score, weight in votes], axis=0)
    mean = np.sum([np.nan_to_num(score) * weight for score, weight in votes], axis=0)
    return np.asarray(np.divide(mean, total, out=np.full(len(track.pts), np.nan), where=total > 0))


def facing(times: Values, score: Values) -> NDArray[np.int8]:
    """(t,) +1 faces right, -1 left, 0 towards or away from the camera; from `side_score`, calmed over a second.

    Between sure frames the last sure answer holds (before the first, the first); all 0 where nothing is ever sure.
    """
    known = np.isfinite(score)
    if not known.any():
        return np.zeros(len(score), dtype=np.int8)
    filled = np.interp(times, times[known], score[known])
    if len(times) > 2:
        window = round(_SMOOTHING_S / float(np.median(np.diff(times)))) | 1
        filled = median_filter(filled, size=min(window, len(filled) | 1), mode="nearest")
    sure = np.where(np.abs(filled) >= _SIDE, np.sign(filled), np.where(np.abs(filled) <= _FRONT, 0.0, np.nan))
    decided = np.flatnonzero(np.isfinite(sure))
    if not len(decided):
        # Never sure, always in between: the side it leans to on the whole.
        return np.full(len(score), np.sign(np.median(filled)), dtype=np.int8)
    latest = np.searchsorted(decided, np.arange(len(sure)), side="right") - 1
    return sure[decided[np.maximum(latest, 0)]].astype(np.int8)


def _feet(track: Track) -> tuple[Values, Values]:
    across, length, weight = (np.zeros(len(track.pts)) for _ in range(3))
    for side in ("left", "right"):
        step = _point(track, f"{side}_foot_index") - _point(track, f"{side}_heel")
        sure = np.minimum(_confidence(track, f"{side}_foot_index"), _confidence(track, f"{side}_heel"))
        sure = np.where(np.isfinite(step[:, 0]), sure, 0.0)
        step = np.nan_to_num(step)
        across += sure * step[:, 0]
        length += sure * np.hypot(step[:, 0], step[:, 1])
        weight = np.maximum(weight, sure)
    return _ratio(across, length), _FOOT_WEIGHT * weight


def _head(track: Track) -> tuple[Values, Values]:
    left, right = _point(track, "left_ear"), _point(track, "right_ear")
    ahead = _point(track, "nose")[:, 0] - 0.5 * (left[:, 0] + right[:, 0])
    return _ratio(ahead, np.hypot(ahead, left[:, 0] - right[:, 0])), _HEAD_WEIGHT * _confidence(track, "nose")


def _trunk(track: Track, world: NDArray[np.float32]) -> tuple[Values, Values]:
    at = {name: place for place, name in enumerate(track.names)}
    axis = np.zeros((len(track.pts), 3))
    for joint in ("hip", "shoulder"):
        axis += world[:, at[f"left_{joint}"]].astype(np.float64) - world[:, at[f"right_{joint}"]]
    sure = np.minimum(_confidence(track, "left_hip"), _confidence(track, "right_hip"))
    # Facing right, the left side is the far one (z away from the camera); facing the camera, it is on the right.
    return _ratio(axis[:, 2], np.hypot(axis[:, 0], axis[:, 2])), _WORLD_WEIGHT * sure


def _ratio(part: Values, whole: Values) -> Values:
    defined = np.isfinite(part) & (whole > 0)
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=defined))


def _point(track: Track, name: str) -> Values:
    return track.point(name).astype(np.float64)


def _confidence(track: Track, name: str) -> Values:
    return np.nan_to_num(track.confidence_of(name).astype(np.float64))
