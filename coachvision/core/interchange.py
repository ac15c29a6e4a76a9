"""Moments in seconds, as other programs exchange them: what `sportscode` and `momentcsv` write and read. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coachvision.core.tagging import COLOURS, Moment, nearest_frame
from coachvision.core.time import Timeline

MOST = 100_000


@dataclass(frozen=True)
class TimedMoment:
    """A moment in real seconds from the first frame; end_s None: an instant. colour: "#rrggbb", "" for none told."""

    category: str
    start_s: float
    end_s: float | None = None
    colour: str = ""
    descriptors: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        times = (self.start_s, self.start_s if self.end_s is None else self.end_s)
        if not all(math.isfinite(time) for time in times):
            raise ValueError("a time that is no number")
        if times[1] < times[0]:
            raise ValueError(f"a span from {times[0]:g} s to {times[1]:g} s")


def timed(moment: Moment, timeline: Timeline) -> TimedMoment:
    """The moment in seconds."""
    end = None if moment.end_pts is None else timeline.seconds_of(moment.end_pts)
    return TimedMoment(
        moment.category, timeline.seconds_of(moment.start_pts), end, moment.colour, moment.descriptors, moment.note
    )


def placed(moments: Iterable[TimedMoment], timeline: Timeline) -> tuple[list[Moment], int]:
    """The moments on the frames nearest to their times, and how many lie wholly outside of the film and are left out.

    A category without a colour gets one of its own. Raises ValueError for a film without frames.
    """
    found: list[Moment] = []
    outside = 0
    colours: dict[str, str] = {}
    last_s = float(timeline.seconds[-1]) if len(timeline) else 0.0
    for one in moments:
        end_s = one.start_s if one.end_s is None else one.end_s
        # Half a second: other programs count the last frame's own length.
        if one.start_s > last_s + 0.5 or end_s < -0.5:
            outside += 1
            continue
        start, end = (_frame(min(max(time, 0.0), last_s), timeline) for time in (one.start_s, end_s))
        colour = one.colour or colours.setdefault(one.category, COLOURS[len(colours) % len(COLOURS)])
        span = end if one.end_s is not None and end > start else None
        found.append(Moment(one.category, start, span, colour, one.descriptors, one.note))
    return found, outside


def _frame(seconds: float, timeline: Timeline) -> int:
    return nearest_frame(timeline, int(timeline.ticks_at(np.array([seconds]))[0]))


def seconds_text(seconds: float) -> str:
    """Nine digits after the point at most: finer than any file's ticks, and without a float's noise."""
    text = f"{seconds:.9f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
