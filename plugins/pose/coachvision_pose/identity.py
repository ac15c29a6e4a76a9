"""Who is who: same person twice, lost and found again, two who merge into one. Rules only, no state. For `analyzer`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from coachvision_pose.appearance import difference
from coachvision_pose.detector import Detection
from coachvision_pose.landmarker import Pose
from coachvision_pose.roi import MARGIN
from coachvision_pose.tracking import Athlete, Sight

# Two trunks this close (share of the body circle's diameter, about 20 cm) are one: two people who pass at the same
# depth stay further apart but for a moment. What the detector says of a trunk is coarser than the landmarks.
_SAME_TRUNK = 0.11
_SAME_TRUNK_DETECTED = 0.2
_LIKE_SIZE = 1.6

# Seconds an athlete may be away and still be taken for the same, with like clothes at a likely place.
AWAY_S = 3.0
# How far from the expected place, in body sizes: at once, and more each second away.
_NEAR = 0.5
_NEAR_PER_S = 0.7
# Found again at once on the very spot: the network slipped, or the light changed in a dissolve; clothes weigh little.
_AT_ONCE_S = 0.5
_ON_THE_SPOT = 0.15
_SAME_SIZE = 1.2
_AT_ONCE_CLOTHES = 0.8
# Sights that make an athlete known, and the price of preferring one who is not.
ESTABLISHED = 5
_UNKNOWN = 0.3
# Differences in clothes (0..1): at a likely place; and when clothes alone must tell, as after a cut.
_LIKE_CLOTHES = 0.6
_CLEARLY = 0.15
_SAME_CLOTHES = 0.35


def is_followed(detection: Detection, athletes: Iterable[Athlete]) -> bool:
    """True where the detector found someone who is being followed already, or is about to be."""
    trunk, found = detection.keypoints[[0, 2]], detection.roi
    for athlete in athletes:
        if athlete.sights:
            same = trunk_distance(trunk, athlete.last.pose.trunk) < _SAME_TRUNK_DETECTED * athlete.last.size
        elif athlete.roi is not None:
            apart = float(np.hypot(found.x - athlete.roi.x, found.y - athlete.roi.y))
            same = apart < _SAME_TRUNK_DETECTED * min(found.size, athlete.roi.size) / MARGIN
        else:
            same = False
        if same:
            return True
    return False


def same_pose(one: Pose, other: Pose) -> bool:
    """True where two poses are of one and the same body."""
    return trunk_distance(one.trunk, other.trunk) < _SAME_TRUNK * max(one.size, other.size)


def trunk_distance(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """(2, 2) hip and shoulder centres each: their mean distance."""
    return float(np.hypot(*(one - other).T).mean())


def owner(athletes: Sequence[Athlete], sights: Sequence[Sight], looks: Sequence[np.ndarray]) -> int:
    """Of several athletes whose regions slid onto one body, the rank of the one whose body it is.

    looks: what each one's body looks like in this frame. Judged by the place expected from speed, and by clothes.
    """
    costs = []
    for athlete, sight, look in zip(athletes, sights, looks, strict=True):
        if not athlete.sights:
            costs.append(np.inf)  # one just found has no claim against one that has been followed
            continue
        place = float(np.hypot(*(sight.hips - athlete.expected(sight.time_s)))) / max(sight.size, 1.0)
        clothes = difference(athlete.looks, look) if athlete.looks is not None else 0.5
        costs.append(place + clothes)
    return int(np.argmin(costs))


def returned(found: Athlete, lost: Iterable[Athlete]) -> Athlete | None:
    """The lost athlete who was just found again, or None for a new one. Judged by `found`'s last sight."""
    best, least = None, np.inf
    for athlete in lost:
        cost = _return_cost(found, athlete)
        if cost < least:
            best, least = athlete, cost
    return best


def never_together(one: Athlete, other: Athlete) -> bool:
    """Whether the two were never seen in the same frame, so that they may be one person."""
    return {sight.index for sight in other.sights}.isdisjoint(sight.index for sight in one.sights)


def mixed_up(found: Athlete, active: Iterable[Athlete], lost: Iterable[Athlete]) -> tuple[Athlete, Athlete] | None:
    """Whose region went over to whom when they met: (robbed, hidden), or None.

    `robbed` has been on the body of `hidden` since that one was lost; `found`, just found, is `robbed` itself. All
    three differences in clothes must say so.
    """
    if found.looks is None:
        return None
    for hidden in lost:
        away = abs(found.last.time_s - hidden.last.time_s)
        if hidden.looks is None or hidden.cut_off or away > AWAY_S or len(hidden.sights) < ESTABLISHED:
            continue
        for robbed in active:
            if robbed.looks is None or robbed is found or robbed.sights[0].index >= hidden.last.index:
                continue
            now = robbed.look_now()
            if (
                difference(now, hidden.looks) + _CLEARLY < difference(now, robbed.looks)
                and difference(found.looks, robbed.looks) + _CLEARLY < difference(found.looks, hidden.looks)
                and difference(found.looks, robbed.looks) < _LIKE_CLOTHES
            ):
                return robbed, hidden
    return None


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
    distance = float(np.hypot(*(here.hips - lost.expected(here.time_s)))) / max(there.size, 1.0)
    reach = _NEAR + _NEAR_PER_S * away
    at_once = away < _AT_ONCE_S and distance < _ON_THE_SPOT and sizes < _SAME_SIZE
    most = _AT_ONCE_CLOTHES if at_once else _LIKE_CLOTHES
    known = len(lost.sights) >= ESTABLISHED
    if away > (AWAY_S if known else _AT_ONCE_S) or sizes > _LIKE_SIZE or distance > reach or clothes > most:
        return np.inf
    return clothes + distance / reach + (0.0 if known else _UNKNOWN)
