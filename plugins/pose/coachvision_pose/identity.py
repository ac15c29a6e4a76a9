"""Who is who: same person twice, lost and found again, two who merge into one. Rules only, no state. For `analyzer`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from coachvision_pose.appearance import difference
from coachvision_pose.detector import Detection
from coachvision_pose.landmarker import Pose
from coachvision_pose.roi import Roi
from coachvision_pose.tracking import Athlete, Sight

# Hips of two people are hardly ever this close (share of a region's side, about 20 cm) with bodies of like size.
_SAME_HIPS = 0.12
_LIKE_SIZE = 1.6
# Landmarks of two regions that lie this close on average (share of body size, about 12 cm) are of one person.
_SAME_POSE = 0.07

# Seconds an athlete may be away and still be taken for the same, with like clothes at a likely place.
AWAY_S = 3.0
# How far from the expected place, in body sizes: at once, and more each second away.
_NEAR = 0.5
_NEAR_PER_S = 0.7
# Differences in clothes (0..1): at a likely place; and when clothes alone must tell, as after a cut.
_LIKE_CLOTHES = 0.6
_SAME_CLOTHES = 0.35


def is_followed(detection: Detection, athletes: Iterable[Athlete]) -> bool:
    """True where the detector found someone who is being followed already."""
    found = detection.roi
    return any(_same_region(found, athlete.roi) for athlete in athletes if athlete.roi is not None)


def _same_region(one: Roi, other: Roi) -> bool:
    near = float(np.hypot(one.x - other.x, one.y - other.y)) < _SAME_HIPS * max(one.size, other.size)
    return near and max(one.size, other.size) < _LIKE_SIZE * min(one.size, other.size)


def same_pose(one: Pose, other: Pose) -> bool:
    """True where two poses are of one and the same body."""
    size = max(one.roi.size, other.roi.size)
    apart = np.hypot(*(one.points - other.points).T)
    return float(np.median(apart)) < _SAME_POSE * size


def owner(athletes: Sequence[Athlete], sights: Sequence[Sight], looks: Sequence[np.ndarray]) -> int:
    """Of several athletes whose regions slid onto one body, the rank of the one whose body it is.

    looks: what each one's body looks like in this frame. Judged by the place expected from speed, and by clothes.
    """
    costs = []
    for athlete, sight, look in zip(athletes, sights, looks, strict=True):
        if not athlete.sights:
            costs.append(np.inf)  # one just found has no claim against one that has been followed
            continue
        expected = athlete.last.hips + athlete.speed() * abs(sight.time_s - athlete.last.time_s)
        place = float(np.hypot(*(sight.hips - expected))) / max(sight.size, 1.0)
        clothes = difference(athlete.looks, look) if athlete.looks is not None else 0.5
        costs.append(place + clothes)
    return int(np.argmin(costs))


def returned(found: Athlete, lost: Iterable[Athlete]) -> Athlete | None:
    """The lost athlete who was just found again, or None for a new one. `found` has one sight."""
    best, least = None, np.inf
    for athlete in lost:
        cost = _return_cost(found, athlete)
        if cost < least:
            best, least = athlete, cost
    return best


def _return_cost(found: Athlete, lost: Athlete) -> float:
    """Infinite where it cannot be the same person."""
    if found.looks is None or lost.looks is None:
        return np.inf
    here, there = found.last, lost.last
    away = abs(here.time_s - there.time_s)
    clothes = difference(found.looks, lost.looks)
    if lost.cut_off:
        return clothes if clothes < _SAME_CLOTHES and away < AWAY_S else np.inf
    sizes = max(here.size, there.size) / max(min(here.size, there.size), 1.0)
    # Speed tells the place for a moment only: people behind something slow down or turn.
    expected = there.hips + lost.speed() * min(away, 0.5)
    distance = float(np.hypot(*(here.hips - expected))) / max(there.size, 1.0)
    if away > AWAY_S or sizes > _LIKE_SIZE or distance > _NEAR + _NEAR_PER_S * away or clothes > _LIKE_CLOTHES:
        return np.inf
    return clothes + distance / (_NEAR + _NEAR_PER_S * away)
