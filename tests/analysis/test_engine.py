"""What the engine tells analyzers of the video."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coachvision.analysis.engine import scaled_by_height
from coachvision.core.calibration import EYE_TO_ANKLE, Calibration
from coachvision.core.results import Result, Subject, Track
from coachvision.plugins.testing import make_pose, make_video

VIDEO = make_video(frames=5, width=640, height=480, athlete_height_m=1.8)
# Eyes at 100, ankles at 400, hips and knees in line between them.
STANDING = {
    f"{side}_{part}": (300, y)
    for side in ("left", "right")
    for part, y in (("eye", 100), ("hip", 240), ("knee", 320), ("ankle", 400))
}


def test_the_coach_s_word_on_the_athlete_s_height_gives_later_analyzers_metres() -> None:
    video, told = scaled_by_height(VIDEO, [Result(), make_pose(STANDING, VIDEO)])  # type: ignore[arg-type]  # places
    assert told == []
    assert video.calibration is not None
    # 300 px from eye to ankle are that share of 1.8 m, exactly: nothing here is noisy.
    assert video.calibration.metres_per_pixel((300, 250)) == pytest.approx(EYE_TO_ANKLE * 1.8 / 300)


def test_a_line_drawn_by_the_coach_stands_before_the_height() -> None:
    line = Calibration.from_line(1.0, (0, 0), (100, 0))
    video, told = scaled_by_height(replace(VIDEO, calibration=line), [make_pose(STANDING, VIDEO)])  # type: ignore[arg-type]  # places
    assert (video.calibration, told) == (line, [])


@pytest.mark.parametrize(
    ("pose", "why"),
    [
        ({}, "never stands straight"),
        ({**STANDING, "left_knee": (380, 320), "right_knee": (380, 320)}, "never stands straight"),
        (None, "no athlete was found"),
    ],
)
def test_a_height_that_gives_no_scale_is_told(pose: dict[str, tuple[int, int]] | None, why: str) -> None:
    results = [] if pose is None else [make_pose(pose, VIDEO)]  # type: ignore[arg-type]  # places
    video, (told,) = scaled_by_height(VIDEO, results)
    assert video.calibration is None
    assert why in told


def test_a_pose_of_other_landmarks_is_told_and_not_a_crash() -> None:
    pts = VIDEO.timeline.pts
    club = np.zeros((len(pts), 1, 2), np.float32)
    track = Track("pose", 1, ("club_head",), pts, club, np.ones((len(pts), 1), np.float32))
    subject = Subject(1, int(pts[0]), int(pts[-1]), of_interest=True)
    _, (told,) = scaled_by_height(VIDEO, [Result(tracks=(track,), subjects=(subject,))])
    assert "no landmark 'left_eye'" in told


def test_without_a_height_nothing_is_asked() -> None:
    video = make_video(frames=5)
    assert scaled_by_height(video, []) == (video, [])
