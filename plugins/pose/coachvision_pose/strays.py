"""Takes off the end of a stretch of sights where the region slid onto something else as the athlete left.

Within a stretch such frames come back by themselves and the filters of later analyzers deal with them; at its end
nothing follows that could tell them wrong, and a joint on a tree trunk becomes the session's largest angle. A stretch
begins with a detection of its own and needs no such care. For `outcome`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coachvision_pose.tracking import Sight

Points = NDArray[np.float64]

# Hip to shoulder is 0.288 of the body's height (Drillis and Contini 1966, in Winter, Biomechanics, table 4.1).
_TORSO_M = 0.288 * 1.7
# No hip takes fifteen times gravity, and landmarks of one body do not scatter by so much of a torso between two frames.
_MOST_ACCELERATION = 150.0
_LEAST_TORSOS = 0.4
_END_S = 0.3
_PACE_S = 0.2
_LEFT_SHOULDER, _RIGHT_SHOULDER, _LEFT_HIP, _RIGHT_HIP = 11, 12, 23, 24


def trimmed(sights: Sequence[Sight]) -> list[Sight]:
    """The sights without those at the end of each unbroken stretch that lie where the body cannot have gone."""
    kept: list[Sight] = []
    start = 0
    for at in range(1, len(sights) + 1):
        if at == len(sights) or sights[at].index != sights[at - 1].index + 1:
            kept += _trimmed(list(sights[start:at]))
            start = at
    return kept


def _trimmed(run: list[Sight]) -> list[Sight]:
    if run[-1].time_s - run[0].time_s < 3 * _END_S:
        return run
    times = np.array([sight.time_s for sight in run])
    hips = np.array([_middle(sight, _LEFT_HIP, _RIGHT_HIP) for sight in run])
    shoulders = np.array([_middle(sight, _LEFT_SHOULDER, _RIGHT_SHOULDER) for sight in run])
    torso = float(np.median(np.hypot(*(shoulders - hips).T)))
    return run[: _leap(times, hips, torso)]


def _middle(sight: Sight, left: int, right: int) -> Points:
    both: Points = np.asarray(sight.pose.points[[left, right]], np.float64)
    return np.asarray((both[0] + both[1]) / 2)


def _leap(times: Points, hips: Points, torso: float) -> int:
    """Number of the first row near the end that the pace before it does not lead to; the count of rows if none."""
    for at in range(int(np.searchsorted(times, times[-1] - _END_S)), len(times)):
        before = int(np.searchsorted(times, times[at - 1] - _PACE_S))
        pace = np.median(np.diff(hips[before:at], axis=0) / np.diff(times[before:at])[:, None], axis=0)
        step_s = float(times[at] - times[at - 1])
        off = float(np.hypot(*(hips[at] - hips[at - 1] - pace * step_s)))
        if off > torso * max(_LEAST_TORSOS, _MOST_ACCELERATION * step_s**2 / _TORSO_M):
            return at
    return len(times)
