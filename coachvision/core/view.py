"""Which way the athlete faces, judged from one camera: the sign of flexion hangs on it. Anyone may call it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coachvision.core.kinematics import direction, wrapped
from coachvision.core.results import Track

Values = NDArray[np.float64]

# Feet tell the side best; knees do once they bend; the head turns by itself; depth is the network's guess, not seen.
_FOOT_WEIGHT, _KNEE_WEIGHT, _HEAD_WEIGHT, _WORLD_WEIGHT = 1.0, 1.0, 0.5, 1.0
# Degrees in the picture from which a knee begins to tell the side, and at which it does so for sure.
_KNEE_FROM, _KNEE_SURE = 20.0, 50.0
# Turned out of the picture plane by 60 degrees or less counts as a side view (cos 60 = 0.5), by 75 or more as a front
# or back view; in between, the last sure answer holds, so that the sign does not flicker.
_SIDE, _FRONT = 0.5, 0.26
_SMOOTHING_S = 1.0


def side_score(track: Track) -> Values:
    """(t,) from -1 (faces the left edge of the picture) by 0 (the camera, or away from it) to +1 (the right edge).

    Left and right are those of the picture turned until the athlete is upright: in a handstand and lying down as well,
    the side is the one on which flexion turns the same way. The score is about the cosine of the angle between the way
    the athlete faces and the picture plane: a mean, weighted by confidence, of what the feet (to which side of the
    shank they point), bent knees (they bend one way only), the head (to which side the nose points) and the axis
    through hips and shoulders (depth of the world landmarks) say. NaN where none of them was seen.
    """
    votes: list[tuple[Values, Values]] = [_feet(track), _knees(track), _head(track)]
    if track.world is not None:
        votes.append(_trunk(track, track.world))
    total = np.sum([np.where(np.isfinite(score), weight, 0.0) for score, weight in votes], axis=0)
    mean = np.sum([np.nan_to_num(score) * weight for score, weight in votes], axis=0)
    return np.asarray(np.divide(mean, total, out=np.full(len(track.pts), np.nan), where=total > 0))


def facing(times: Values, score: Values) -> NDArray[np.int8]:
    """(t,) +1 faces right, -1 left, 0 towards or away from the camera; from `side_score`, calmed over a second.

    Between sure frames the last sure answer holds (before the first, the first); all 0 where nothing is ever sure.
    """
    from scipy.ndimage import median_filter

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
    across, length, most = (np.zeros(len(track.pts)) for _ in range(3))
    for side in ("left", "right"):
        ankle = _point(track, f"{side}_ankle")
        foot = _point(track, f"{side}_foot_index") - _point(track, f"{side}_heel")
        ahead = _to_the_right(_point(track, f"{side}_knee") - ankle, foot)
        sure = np.minimum(_confidence(track, f"{side}_foot_index"), _confidence(track, f"{side}_heel"))
        sure = np.where(np.isfinite(ahead), sure, 0.0)
        across += sure * np.nan_to_num(ahead)
        length += sure * np.nan_to_num(np.hypot(foot[:, 0], foot[:, 1]))
        most = np.maximum(most, sure)
    return _ratio(across, length), _FOOT_WEIGHT * most


def _to_the_right(up: Values, step: Values) -> Values:
    """(t,) how far a step leads to the right of the direction called up (y is down in the picture)."""
    across = up[:, 0] * step[:, 1] - up[:, 1] * step[:, 0]
    return _ratio(across, np.hypot(up[:, 0], up[:, 1]))


def _knees(track: Track) -> tuple[Values, Values]:
    """Knees that bend to opposite sides, as in a squat seen from the front, cancel out."""
    vote, weight, most = (np.zeros(len(track.pts)) for _ in range(3))
    for side in ("left", "right"):
        hip, knee, ankle = (_point(track, f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        turn = wrapped(direction(knee, ankle) - direction(hip, knee))
        bent = np.clip((np.abs(turn) - _KNEE_FROM) / (_KNEE_SURE - _KNEE_FROM), 0.0, 1.0)
        sure = np.minimum(_confidence(track, f"{side}_knee"), _confidence(track, f"{side}_ankle"))
        share = np.nan_to_num(bent) * sure
        vote -= share * np.nan_to_num(np.sign(turn))
        weight += share
        most = np.maximum(most, share)
    return _ratio(vote, weight), _KNEE_WEIGHT * most


def _head(track: Track) -> tuple[Values, Values]:
    left, right = _point(track, "left_ear"), _point(track, "right_ear")
    ears = 0.5 * (left + right)
    neck = 0.5 * (_point(track, "left_shoulder") + _point(track, "right_shoulder"))
    ahead = _to_the_right(ears - neck, _point(track, "nose") - ears)
    breadth = np.linalg.norm(left - right, axis=-1)
    return _ratio(ahead, np.hypot(ahead, breadth)), _HEAD_WEIGHT * _confidence(track, "nose")


def _trunk(track: Track, world: NDArray[np.float32]) -> tuple[Values, Values]:
    at = {name: place for place, name in enumerate(track.names)}
    axis = np.zeros((len(track.pts), 3))
    for joint in ("hip", "shoulder"):
        axis += world[:, at[f"left_{joint}"]].astype(np.float64) - world[:, at[f"right_{joint}"]]
    sure = np.minimum(_confidence(track, "left_hip"), _confidence(track, "right_hip"))
    # Facing right, the left side is the far one (z is away from the camera).
    return _ratio(axis[:, 2], np.linalg.norm(axis, axis=-1)), _WORLD_WEIGHT * sure


def _ratio(part: Values, whole: Values) -> Values:
    defined = np.isfinite(part) & (whole > 0)
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=defined))


def _point(track: Track, name: str) -> Values:
    return track.point(name).astype(np.float64)


def _confidence(track: Track, name: str) -> Values:
    return np.nan_to_num(track.confidence_of(name).astype(np.float64))
