"""What analyzers know about a video: size, times, and what the coach said of it. No path: plugins read no files."""

from __future__ import annotations

from dataclasses import dataclass

from coachvision.core.calibration import Calibration
from coachvision.core.time import Timeline


@dataclass(frozen=True)
class Region:
    """A box the coach drew around the athlete or object, in upright pixels, on the frame of that index."""

    x: float
    y: float
    width: float
    height: float
    index: int = 0


@dataclass(frozen=True, eq=False)
class Video:
    """width, height: upright square pixels. timeline: every frame's time. first, last: frames analyzed, inclusive.

    regions: boxes of the athlete or object of interest. athlete_height_m: standing height, if known.
    exercise: the movement named by the coach ("squat"), or "". The frames come in the order of their index.
    """

    width: int
    height: int
    timeline: Timeline
    first: int
    last: int
    regions: tuple[Region, ...] = ()
    calibration: Calibration | None = None
    athlete_height_m: float | None = None
    exercise: str = ""
