"""The helpers that plugin authors test with behave as CoachVision itself does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from coachvision.errors import PluginError, UsageError
from coachvision.plugins.api import Frame, Metric, Parameters, Result, Video
from coachvision.plugins.manifest import parse_manifest
from coachvision.plugins.testing import make_frames, make_pose, make_video, run_analyzer

from .conftest import manifest_of


def test_a_video_has_steady_times_or_those_given():
    video = make_video(31, fps=30)
    assert video.timeline.fps == pytest.approx(30)
    assert (video.first, video.last) == (0, 30)
    assert make_video(pts=[0, 10, 50]).timeline.pts.tolist() == [0, 10, 50]
    assert make_video(exercise="squat", athlete_height_m=1.8).exercise == "squat"


def test_frames_are_the_pictures_at_the_videos_times():
    video = make_video(2, 4, 3, fps=25)
    gray = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    frames = make_frames(gray, video)
    assert [(frame.index, frame.pts, frame.time_s) for frame in frames] == [(0, 0, 0.0), (1, 3600, 0.04)]
    np.testing.assert_array_equal(frames[1].rgb[..., 2], gray[1])
    np.testing.assert_array_equal(frames[1].gray, gray[1])
    colour = make_frames(np.zeros((2, 3, 4, 3), np.uint8), video)
    with pytest.raises(ValueError, match="read-only"):
        colour[0].rgb[0, 0, 0] = 1
    gray[1] = 0
    assert frames[1].rgb.any(), "the test's own array may change without changing the frames"


def test_pictures_that_do_not_fit_the_video():
    with pytest.raises(ValueError, match="picture 0 has shape"):
        make_frames(np.zeros((2, 5, 4), np.uint8), make_video(2, 4, 3))
    with pytest.raises(ValueError, match="1 pictures for 2 frames"):
        make_frames(np.zeros((1, 3, 4), np.uint8), make_video(2, 4, 3))


def test_a_pose_has_what_was_placed_and_nothing_else():
    video = make_video(3)
    moving = np.array([[1.0, 2.0], [np.nan, np.nan], [3.0, 4.0]])
    (track,) = make_pose({"left_hip": moving, "nose": np.array([5, 6])}, video, confidence=0.7).tracks
    np.testing.assert_array_equal(track.point("left_hip"), moving)
    np.testing.assert_allclose(track.confidence_of("left_hip"), [0.7, 0, 0.7], rtol=1e-6)
    assert track.point("nose").tolist() == [[5, 6]] * 3
    assert np.isnan(track.point("right_hip")).all()
    with pytest.raises(ValueError, match="'left_hop' is no landmark"):
        make_pose({"left_hop": moving}, video)


class TwoWay:
    def start(self, _video: Video, params: Parameters) -> None:
        self.order: list[str] = [f"start {params['from_frame']}"]
        self.back = params["from_frame"]

    def frame(self, frame: Frame) -> None:
        self.order.append(f"+{frame.index}")

    def backward_from(self) -> int | None:
        return self.back if self.back >= 0 else None

    def backward(self, frame: Frame) -> bool:
        self.order.append(f"-{frame.index}")
        return frame.index > 1

    def finish(self) -> Result:
        self.order.append("finish")
        return Result()


TWO_WAY = parse_manifest(
    manifest_of("both", "both", direction='"both"')
    + "[parameters.from_frame]\ntype = 'integer'\ndefault = 4\nminimum = -1\n",
    "both",
)


def test_a_run_is_in_the_hosts_order():
    analyzer = TwoWay()
    video = make_video(5)
    frames = make_frames(np.zeros((5, 48, 64), np.uint8), video)
    run_analyzer(analyzer, TWO_WAY, video, frames=frames)
    assert analyzer.order == ["start 4", "+0", "+1", "+2", "+3", "+4", "-3", "-2", "-1", "finish"]
    run_analyzer(analyzer, TWO_WAY, video, frames=frames, parameters={"from_frame": -1})
    assert analyzer.order == ["start -1", "+0", "+1", "+2", "+3", "+4", "finish"]
    with pytest.raises(UsageError, match="below the minimum"):
        run_analyzer(analyzer, TWO_WAY, video, frames=frames, parameters={"from_frame": -2})


class Nosy:
    def compute(self, results: Mapping[str, Result], _video: Video, _params: Parameters) -> Result:
        return Result(metrics=tuple(Metric(name, 1, 1.0, "", None, "x") for name in results))


def test_a_series_analyzer_sees_what_it_needs_and_its_result_is_checked(tmp_path: Path):
    (tmp_path / "coachvision.toml").write_text(manifest_of("nosy", "nosy", kind='"series"', needs='["pose"]'))
    video = make_video(3)
    given = {"secret": Result()}
    assert run_analyzer(Nosy(), tmp_path, video, results=given).metrics == ()
    with pytest.raises(PluginError, match="metric 'pose' has no unit"):
        run_analyzer(Nosy(), tmp_path / "coachvision.toml", video, results={"pose": Result()})
