"""Finds the athlete whom the coach boxed. For `follower`."""

from __future__ import annotations

from collections.abc import Iterable
from math import hypot, log

from coachvision.plugins.api import Frame, Region
from coachvision_pose.roi import MARGIN, Roi
from coachvision_pose.search import Search
from coachvision_pose.tracking import Athlete

# How far (in box sizes) and how different in size (log) a body may be from the box it is taken to fill.
_FOLLOWED_FIT = 0.5
_DETECTED_FIT = 0.9
# The box is searched with this much room around it, so that the detector sees a whole figure of middling size.
_ROOM = 2.0


def find_chosen(
    region: Region, frame: Frame, search: Search, followed: Iterable[Athlete]
) -> tuple[Roi, Athlete | None]:
    """The region to look at in this frame, and the athlete already followed there, if any."""
    at_hand = [(fit(athlete.roi, region), athlete.roi, athlete) for athlete in followed if athlete.roi is not None]
    misfit, roi, athlete = min(at_hand, key=lambda entry: entry[0], default=(_FOLLOWED_FIT, None, None))
    if roi is not None and misfit < _FOLLOWED_FIT:
        return roi, athlete
    long = max(region.width, region.height)
    x, y = region.x + region.width / 2, region.y + region.height / 2
    side = _ROOM * long
    people = search.square(frame, x - side / 2, y - side / 2, side)
    rois = [Roi(x, y, MARGIN * long), *(person.roi for person in people)]
    best = min(rois[1:], key=lambda found: fit(found, region), default=rois[0])
    return (best if fit(best, region) < _DETECTED_FIT else rois[0]), None


def fit(roi: Roi, region: Region) -> float:
    """0 where the body circle of a region for the network just fills the coach's box; grows with the misfit."""
    long = max(region.width, region.height, 1.0)
    away = hypot(roi.x - region.x - region.width / 2, roi.y - region.y - region.height / 2) / long
    return away + abs(log(max(roi.size, 1.0) / MARGIN / long))
