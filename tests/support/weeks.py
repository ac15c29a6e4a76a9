"""An athlete's sessions over weeks, with known numbers, without any video decoded. For tests of progress and cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

from coachvision.core.results import Metric, Result, Subject
from coachvision.core.time import Timeline
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.session import IMPORTED_FILM
from coachvision.wire.session import VideoRecord

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
LINE = Timeline(np.arange(90, dtype=np.int64) * 3000, Fraction(1, 90000))


# A session that came as numbers alone, without its film.
FILM = VideoRecord(
    path="jumps.mp4", name="jumps.mp4", sha256="0" * 64, width=1280, height=720, frames=90, duration_s=3.0, fps=30.0,
    variable_frame_rate=False, rotation=0, codec="h264", time_base="1/90000", time_scale=1.0, pts=LINE.pts.tolist(),
).model_dump()  # fmt: skip


class WeekClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


def keep_weeks(
    root: Path, athlete: str, heights: Sequence[float], knees: Sequence[tuple[float, float]] = (), *, team: str = ""
) -> list[str]:
    """One session a week with a jump's height in metres and knees' (left, right) range in degrees; their ids."""
    clock = WeekClock()
    ids = []
    with Library.open(root, clock) as library:
        for week, height in enumerate(heights):
            clock.time = START + timedelta(weeks=week)
            metrics = [
                Metric("jump.height", 1, height, "m", 0.01, "from the time in the air", "Jump"),
                Metric("gait.contact_time", 1, 0.3 - height / 10, "s", 0.005, "from both feet", ""),
                # Somebody else in the picture, who jumps higher: not the athlete of interest.
                Metric("jump.height", 2, 9.9, "m", 0.01, "from the time in the air", "Jump"),
            ]
            if week < len(knees):
                left, right = knees[week]
                metrics += [
                    Metric("angle.left_knee.range", 1, left, "deg", 2.0, "range", ""),
                    Metric("angle.right_knee.range", 1, right, "deg", 2.0, "range", ""),
                ]
            result = Result(
                metrics=tuple(metrics),
                subjects=(Subject(1, 0, 267000, of_interest=True), Subject(2, 0, 267000)),
            )
            ids.append(
                library.create_session(
                    None,
                    athlete=athlete,
                    title=f"Jumps, week {week + 1}",
                    timeline=LINE,
                    runs=(Run("jumps", "1.0.0", {}, result),),
                    options={IMPORTED_FILM: FILM},
                )
            )
        if team:
            library.people.join(athlete, team)
    return ids
