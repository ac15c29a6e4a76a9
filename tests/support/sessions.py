"""A session made by hand: a short film of a drawn figure that squats, with its truth. No engine needed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.time import Timeline
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.session import Film, WholeSession
from coachvision.video.probe import probe_here
from tests.support.once import encoded_once

WIDTH, HEIGHT, FPS, FRAMES = 320, 240, 30, 60
TIME_BASE = Fraction(1, 15_360)
STEP = 512
SHA256 = "ab" * 32


@dataclass(frozen=True, eq=False)
class Squat:
    """The figure's truth. knee: (t,) degrees of flexion. points: (t, 33, 2) pixels."""

    knee: NDArray[np.float64]
    points: NDArray[np.float32]


@cache
def squat() -> Squat:
    """Two squats to 110 degrees in two seconds, seen from the side."""
    t = np.arange(FRAMES) / FPS
    knee = 55 * (1 - np.cos(2 * np.pi * t))
    points = np.zeros((FRAMES, len(LANDMARKS), 2), np.float32)
    for i, bend in enumerate(np.radians(knee)):
        ankle, across, up = np.array([160.0, 210.0]), np.array([1.0, 0.0]), np.array([0.0, -1.0])
        shin, thigh = bend * 0.4, bend * 0.6
        knee_at = ankle + 55 * np.array([np.sin(shin), -np.cos(shin)])
        hip = knee_at + 55 * np.array([-np.sin(thigh), -np.cos(thigh)])
        shoulder = hip + 60 * np.array([np.sin(bend * 0.35), -np.cos(bend * 0.35)])
        places = {
            "ankle": ankle,
            "knee": knee_at,
            "hip": hip,
            "shoulder": shoulder,
            "heel": ankle - 8 * across - 8 * up,
        }
        places |= {
            "foot_index": ankle + 22 * across - 8 * up,
            "elbow": shoulder + 18 * across - 26 * up,
            "wrist": shoulder + 40 * across - 14 * up,
        }
        for j, name in enumerate(LANDMARKS):
            part = name.removeprefix("left_").removeprefix("right_")
            offset = 4.0 if name.startswith("right_") else 0.0
            points[i, j] = places.get(part, shoulder + 8 * across + 24 * up) + np.array([offset, -offset / 2])
    for truth in (knee, points):
        truth.setflags(write=False)
    return Squat(knee, points)


@encoded_once
def write_film(path: Path) -> Path:
    """The figure as an H.264 MP4 of two seconds."""
    truth = squat()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = TIME_BASE
        for i in range(FRAMES):
            picture = np.full((HEIGHT, WIDTH, 3), (62, 84, 70), np.uint8)
            cv2.rectangle(picture, (0, 218), (WIDTH, HEIGHT), (150, 130, 105), -1)
            chain = ("left_ankle", "left_knee", "left_hip", "left_shoulder", "left_elbow", "left_wrist")
            place = [tuple(int(v) for v in truth.points[i, LANDMARKS.index(name)]) for name in chain]
            for a, b in pairwise(place):
                cv2.line(picture, a, b, (205, 170, 140), 14, cv2.LINE_AA)
            cv2.circle(picture, (place[3][0] + 8, place[3][1] - 24), 15, (215, 180, 150), -1, cv2.LINE_AA)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = i * STEP, TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def timeline() -> Timeline:
    """The film's frame times."""
    return Timeline(np.arange(FRAMES, dtype=np.int64) * STEP, TIME_BASE)


def pose() -> Result:
    """One athlete of interest; the right wrist unsure, the left elbow unseen from second 1.5 on."""
    truth, line = squat(), timeline()
    confidence = np.full((FRAMES, len(LANDMARKS)), 0.95, np.float32)
    confidence[:, LANDMARKS.index("right_wrist")] = 0.3
    confidence[45:, LANDMARKS.index("left_elbow")] = 0.2
    track = Track("pose", 1, LANDMARKS, line.pts, truth.points, confidence)
    subject = Subject(1, 0, int(line.pts[-1]), of_interest=True)
    return Result(tracks=(track,), subjects=(subject,), warnings=("The athlete's feet leave the picture at 1.9 s.",))


def angles() -> Result:
    """Knee, hip and elbow of both sides with ranges; a gap in the left knee; two repetitions."""
    truth, line = squat(), timeline()
    left = truth.knee.copy()
    left[20:23] = np.nan
    columns = {
        "left_knee": left, "right_knee": truth.knee * 0.97 + 2, "left_hip": truth.knee * 0.9,
        "right_hip": truth.knee * 0.88, "left_elbow": 40 + truth.knee * 0.1, "right_elbow": 42 + truth.knee * 0.1,
    }  # fmt: skip
    series = tuple(Series(f"angle.{name}", 1, "deg", line.pts, values) for name, values in columns.items())
    metrics = tuple(
        Metric(f"angle.{name}.{which}", 1, float(take(values)), "deg", 2.5, "from the pose, filtered at 6 Hz")
        for name, values in columns.items()
        for which, take in (("min", np.nanmin), ("max", np.nanmax), ("range", lambda v: np.nanmax(v) - np.nanmin(v)))
    )
    events = tuple(
        Event("rep", 1, int(line.pts[first]), int(line.pts[last]), "squat", {"depth_deg": 110.0})
        for first, last in ((2, 28), (31, 58))
    )
    count = Metric("reps.count", 1, 2, "1", 0, "bottoms of the knee's flexion", "squat")
    return Result(series=series, metrics=(count, *metrics), events=events)


def whole(film: Path | None = None, **changes: object) -> WholeSession:
    """The session without a library. film: its video, if there is one. changes: fields to replace."""
    fields: dict[str, object] = {
        "id": "0123456789abcdef0123456789abcdef",
        "created": "2026-01-31T12:00:00.000Z",
        "film": Film(film, "squat.mp4", SHA256, WIDTH, HEIGHT, FRAMES / FPS, float(FPS), 0, "h264", timeline()),
        "runs": (Run("pose", "1.0.0", {"people": 4}, pose()), Run("angles", "1.0.0", {}, angles())),
        "athlete": "Anna Müller",
        "exercise": "squat",
        "warnings": ("The film is short.",),
    }
    return WholeSession(**{**fields, **changes})  # type: ignore[arg-type] # a test helper's free choice of fields


def keep(library: Library, film: Path) -> str:
    """The session in a library, its film (made if it is not there) copied in; returns its id."""
    if not film.exists():
        write_film(film)
    video = library.add_video(film, probe_here(film))
    session = library.create_session(
        video, athlete="Anna Müller", title="Squats, heavy", note="Left foot first.", tags=["strength"],
        options={"exercise": "squat"}, warnings=["The film is short."],
    )  # fmt: skip
    library.save_run(session, "pose", "1.0.0", {"people": 4}, pose(), timeline())
    library.save_run(session, "angles", "1.0.0", {}, angles(), timeline())
    return session
