"""A fake video with known facts and a small result of every kind, for the tests and their child process."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.time import Timeline

FRAMES = 90
# A variable rate at 1/600 s: steps of 19, 20, 21 ticks.
PTS = np.cumsum(np.array([7] + [19 + i % 3 for i in range(FRAMES - 1)], dtype=np.int64))
TIMELINE = Timeline(PTS, Fraction(1, 600))


@dataclass(frozen=True)
class Facts:
    container: str = "mov"
    codec: str = "h264"
    width: int = 1280
    height: int = 720
    rotation: int = 90
    timeline: Timeline = TIMELINE
    duration_s: float = 3.0
    fps: float = 30.0
    variable_frame_rate: bool = True
    capture_fps: float | None = None
    recorded: str | None = None
    has_audio: bool = True
    warnings: tuple[str, ...] = ("its end is damaged",)


FACTS = Facts()


def example_result(value: float = 112.5, series: str = "angle.left_knee") -> Result:
    """Two athletes, the second one of interest; a track with a gap, series with and without raw values."""
    rng = np.random.default_rng(7)
    points = rng.uniform(0, 700, (FRAMES, 2, 2)).astype(np.float32)
    points[3] = np.nan
    confidence = rng.uniform(0, 1, (FRAMES, 2)).astype(np.float32)
    world = rng.normal(size=(FRAMES, 2, 3)).astype(np.float32)
    values = np.linspace(0.0, value, FRAMES)
    return Result(
        tracks=(
            Track("pose", 1, ("left_knee", "left_ankle"), PTS, points, confidence, world),
            Track("pose", 2, ("left_knee", "left_ankle"), PTS[5:], points[5:], confidence[5:]),
        ),
        series=(
            Series(series, 1, "deg", PTS, values, values + 1, "left knee"),
            Series(series, 2, "deg", PTS[5:], values[5:] * 2),
        ),
        events=(
            Event("rep", 2, int(PTS[10]), int(PTS[40]), "squat", {"depth_deg": 95.5, "lost": float("nan")}),
            Event("contact", 2, int(PTS[3])),
        ),
        metrics=(
            Metric("angle.left_knee.max", 2, value, "deg", 1.5, "largest of the filtered series", "left knee"),
            Metric("reps.count", 2, float("nan"), "1", None, "counted"),
        ),
        subjects=(Subject(1, int(PTS[0]), int(PTS[-1])), Subject(2, int(PTS[5]), int(PTS[-1]), of_interest=True)),
        warnings=("the athlete left the picture",),
    )
