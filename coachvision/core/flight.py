"""When a jumper is off the floor, from both feet's landmarks. Times alone: no scale is needed. For the demo.

Taking the moment at which one foot's toe landmark leaves its resting height, as seems natural, finds flights too long:
the landmark lies behind the sole's tip, so it is lifted while the heel rises and the tip still bears, and again until
the heel is down. And the landmark of a foot near to the camera moves so more than that of the far one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Track

Values = NDArray[np.float64]

_SIDES = ("left", "right")
# The sole's tip lies beyond the toe landmark by about this share of the way from heel to toe. Anything from 0.1 to 0.2
# serves about as well.
_TIP_BEYOND = 0.15
# Standard deviations of a standing foot's noise above which it is in the air for sure (of Gauss's, from the median).
_CLEAR = 5.0
_MAD = 1.4826
# Of the highest point; below, a foot may still roll.
_LEAST_SHARE = 0.15
# Nobody jumps for less than a tenth of a second; a step in place may look so.
_SHORTEST_S = 0.1
_FEWEST_FRAMES = 4


def flight_times(track: Track, seconds: Values) -> list[tuple[float, float]]:
    """(take-off, duration) in seconds of every flight of a pose track, between the frames.

    track: with heels and toes of both feet, the athlete standing on one level for half of the time or more. seconds:
    (t,) of its rows. In flight the whole body falls freely (Linthorne 2001), feet with it: the parabola through the
    lower foot's heights comes from, and goes down to, the floor at take-off and landing. A flight that begins or ends
    outside the film is left out.
    """
    height = clearance(track)
    known = np.isfinite(height)
    height, times = height[known], seconds[known]
    if not len(height):
        return []
    clear = _CLEAR * _MAD * float(np.median(np.abs(height)))
    turns = np.flatnonzero(np.diff((height > clear).astype(int)))
    if len(turns) and height[turns[0]] > clear:
        turns = turns[1:]  # begins in the air: that jump has no take-off
    flights = []
    for before, last in zip(turns[0::2], turns[1::2], strict=False):
        rows = np.arange(before + 1, last + 1)
        rows = rows[height[rows] > _LEAST_SHARE * height[rows].max()]
        if len(rows) < _FEWEST_FRAMES or times[last] - times[before] < _SHORTEST_S:
            continue
        ends = _roots(times[rows], height[rows])
        if ends is not None and ends[1] - ends[0] > _SHORTEST_S:
            flights.append((ends[0], ends[1] - ends[0]))
    return flights


def clearance(track: Track) -> Values:
    """(t,) px that the lower foot's tip is above the place of its rest (its median); nan where no foot is known."""
    feet = []
    for side in _SIDES:
        toe, heel = (_above_rest(track.point(f"{side}_{part}")) for part in ("foot_index", "heel"))
        feet.append(toe - _TIP_BEYOND * np.maximum(heel - toe, 0.0))
    return np.asarray(np.fmin(*feet))


def _above_rest(points: NDArray[np.float32]) -> Values:
    down = points[:, 1].astype(np.float64)
    known = down[np.isfinite(down)]
    return (float(np.median(known)) if len(known) else np.nan) - down


def _roots(times: Values, height: Values) -> tuple[float, float] | None:
    """Where the parabola through the heights is nought; None where they do not lie on one that opens downward."""
    start = float(times[0])
    a, b, c = (float(one) for one in np.polyfit(times - start, height, 2))
    inside = b * b - 4.0 * a * c
    if a >= 0.0 or inside <= 0.0:
        return None
    half, middle = np.sqrt(inside) / (-2.0 * a), -b / (2.0 * a)
    return start + float(middle - half), start + float(middle + half)
