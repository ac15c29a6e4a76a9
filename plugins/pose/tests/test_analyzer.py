"""The analyzer as CoachVision runs it, with the real networks on a few frames of real clips."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coachvision.core.time import Timeline
from coachvision.core.video import Region, Video
from coachvision.plugins.api import LANDMARKS, Frame, Result, TwoWayAnalyzer
from coachvision.plugins.testing import make_frames, make_video, run_analyzer
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from coachvision_pose import analyzer as module
from coachvision_pose.analyzer import PoseAnalyzer

PACKAGE = Path(module.__file__).parent


def analyzed(
    path: Path, first: int, last: int, *, regions: tuple[Region, ...] = (), **parameters: Any
) -> tuple[Result, Video]:
    facts = probe_here(path)
    video = Video(facts.width, facts.height, facts.timeline, first, last, regions)
    with VideoReader(path, facts) as reader:
        frames = list(reader.frames(first, last))
    return run_analyzer(PoseAnalyzer(), PACKAGE, video, frames=frames, parameters=parameters), video


def metrics(result: Result, subject: int) -> Mapping[str, float]:
    return {metric.name: metric.value for metric in result.metrics if metric.subject == subject}


def star(result: Result) -> int:
    return next(subject.id for subject in result.subjects if subject.of_interest)


def box_of(result: Result, subject: int, row: int) -> tuple[float, float, float, float]:
    points = result.track("pose", subject).points[row]
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def test_three_on_treadmills_are_three_all_the_time(shared_data: Path) -> None:
    result, _ = analyzed(shared_data / "persons" / "three_on_treadmills.mp4", 0, 23)
    assert len(result.subjects) == 3
    known = [(141, 53, 408, 591), (545, 100, 751, 577), (909, 23, 1094, 594)]
    centres = sorted((x0 + x1) / 2 for x0, _, x1, _ in (box_of(result, s.id, -1) for s in result.subjects))
    # Landmarks span a little less than the hand-drawn box: a quarter of a box's width is the measure.
    assert centres == pytest.approx([(x0 + x1) / 2 for x0, _, x1, _ in known], abs=50)
    for subject in result.subjects:
        steps = np.diff(result.track("pose", subject.id).point("nose"), axis=0)
        assert np.abs(steps).max() < 60  # nobody jumps to the neighbour, 150 px away at least


def test_every_frame_in_view_is_looked_at_by_the_network(shared_data: Path) -> None:
    result, _ = analyzed(shared_data / "track_object" / "tennis_player.mp4", 0, 19, people=1)
    assert metrics(result, 1) == {"pose.frames": 20, "pose.network_calls": 20}
    track = result.track("pose", 1)
    assert track.names == LANDMARKS
    assert not np.isnan(track.points).any()
    assert track.world is not None
    # A grown man's hips and shoulders are 0.4 to 0.7 m apart.
    trunk = track.world[:, 11] - track.world[:, 23]
    assert 0.35 < float(np.median(np.linalg.norm(trunk, axis=1))) < 0.75


def test_a_box_is_followed_in_both_directions(shared_data: Path) -> None:
    clip = shared_data / "gait" / "run_side_fence_480.mp4"
    whole, _ = analyzed(clip, 0, 24, people=1)
    x0, y0, x1, y1 = box_of(whole, 1, 15)
    region = Region(x0, y0, x1 - x0, y1 - y0, 15)
    result, video = analyzed(clip, 0, 24, regions=(region,), people=1)
    subject = star(result)
    track = result.track("pose", subject)
    assert track.pts[0] <= video.timeline.pts[3]  # she comes in over the first frames, at the edge
    assert track.pts[-1] == video.timeline.pts[24]
    same = whole.track("pose", 1)
    both = np.isin(track.pts, same.pts)
    apart = np.linalg.norm(track.point("left_hip")[both] - same.point("left_hip")[np.isin(same.pts, track.pts)], axis=1)
    assert np.nanmedian(apart) < 6  # a tenth of her trunk


def test_the_box_chooses_among_several(shared_data: Path) -> None:
    region = Region(545, 100, 206, 477, 5)
    result, _ = analyzed(shared_data / "persons" / "three_on_treadmills.mp4", 0, 12, regions=(region,))
    x0, _, x1, _ = box_of(result, star(result), -1)
    assert 545 < (x0 + x1) / 2 < 751
    one, _ = analyzed(shared_data / "persons" / "three_on_treadmills.mp4", 0, 12, regions=(region,), people=1)
    assert len(one.subjects) == 1
    assert len(one.track("pose", 1).pts) == 13


def test_an_empty_room_is_told_in_a_sentence() -> None:
    video = make_video(6, 320, 240)
    walls = [np.full((240, 320, 3), 120, np.uint8) for _ in range(6)]
    result = run_analyzer(PoseAnalyzer(), PACKAGE, video, frames=make_frames(walls, video))
    assert result.warnings == ("No athlete in view",)


def test_a_box_around_nothing_falls_back_and_says_so() -> None:
    video = make_video(3, 320, 240, regions=[Region(10, 10, 40, 90, 1)])
    walls = [np.full((240, 320, 3), 120, np.uint8) for _ in range(3)]
    result = run_analyzer(PoseAnalyzer(), PACKAGE, video, frames=make_frames(walls, video))
    assert result.subjects == ()
    assert result.warnings == ("No athlete in view",)


def test_a_video_of_no_frames_ends_well() -> None:
    analyzer = PoseAnalyzer()
    video = Video(64, 48, Timeline(np.array([], np.int64), make_video(1).timeline.time_base), 0, 0)
    analyzer.start(video, {"people": 4, "min_confidence": 0.5, "far": True, "repair_sides": True})
    assert analyzer.backward_from() is None
    assert analyzer.finish().warnings == ("No athlete in view",)


def test_one_frame_never_holds_up_a_cancel() -> None:
    analyzer = PoseAnalyzer()
    video = make_video(30, 1920, 1080)
    analyzer.start(video, {"people": 4, "min_confidence": 0.5, "far": True, "repair_sides": True})
    rng = np.random.default_rng(1)
    spent = []
    for i in range(12):
        noise = rng.integers(0, 255, (1080, 1920, 3), dtype=np.uint8)
        frame = Frame(i, i * 3000, i / 30, rgb=noise)
        start = time.process_time()
        analyzer.frame(frame)
        spent.append(time.process_time() - start)
    analyzer.finish()
    # Processor time over all threads, so that a busy machine does not matter: 200 ms is the contract for cancelling.
    assert float(np.median(spent)) < 0.2


def test_it_is_what_the_manifest_says() -> None:
    assert isinstance(PoseAnalyzer(), TwoWayAnalyzer)
