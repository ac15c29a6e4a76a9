"""Which of several people the video is about: large, near the middle, moving, in view for long. For `outcome`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from coachvision.plugins.api import Video
from coachvision_pose.tracking import Athlete

# Body sizes a second of limb movement that double the interest, a slow walk.
_LIVELY = 0.3


def most_interesting(athletes: Sequence[Athlete], video: Video) -> Athlete:
    """The one with the highest `interest`. Raises ValueError without athletes."""
    return max(athletes, key=lambda athlete: interest(athlete, video))


def interest(athlete: Athlete, video: Video) -> float:
    """Frames in view x size x nearness to the middle x activity: a plain product, none can make up for another."""
    sights = athlete.sights
    sizes = np.array([sight.size for sight in sights])
    hips = np.array([sight.hips for sight in sights])
    size = float(np.median(sizes)) / max(video.height, 1)
    # Half a frame's width away from the middle counts half.
    off = np.abs(hips[:, 0] - video.width / 2) / max(video.width / 2, 1)
    centre = float(np.mean(1 / (1 + off**2)))
    sure = float(np.mean([sight.pose.confidence.mean() for sight in sights]))
    return len(sights) * size * centre * sure * (1 + activity(athlete) / _LIVELY)


def activity(athlete: Athlete) -> float:
    """Mean speed of the landmarks, in body sizes a second; 0 for a single sight."""
    sights = athlete.sights
    steps = [
        (
            float(np.median(np.hypot(*(now.pose.points - then.pose.points).T))) / max(now.size, 1.0),
            now.time_s - then.time_s,
        )
        for then, now in pairwise(sights)
        if now.index == then.index + 1
    ]
    elapsed = sum(seconds for _, seconds in steps)
    return sum(distance for distance, _ in steps) / elapsed if elapsed > 0 else 0.0
