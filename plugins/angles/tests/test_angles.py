"""What the coach gets from the angles plugin: a drawn stick figure with known angles, seen as pose landmarks."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import coachvision_angles
from coachvision.plugins.api import LANDMARKS, Result, Series, SeriesAnalyzer, Timeline, Track, Video
from coachvision.plugins.manifest import parse_manifest
from coachvision_angles.analyzer import AnglesAnalyzer

PACKAGE = Path(coachvision_angles.__file__).parent
MANIFEST = parse_manifest((PACKAGE / "coachvision.toml").read_text("utf-8"), "angles")
DEFAULTS = {name: parameter.default for name, parameter in MANIFEST.parameters.items()}
RATE = 60.0


def _rotated(angle_deg: np.ndarray, length: float) -> np.ndarray:
    """(t, 2) steps of a segment, forward and up, that hangs down at 0 and swings forward with the angle."""
    angle = np.radians(angle_deg)
    return length * np.stack([np.sin(angle), -np.cos(angle)], axis=-1)


def figure(
    times: np.ndarray, knee: np.ndarray, hip: np.ndarray, *, yaw_deg: float = 0.0, noise_px: float = 0.0
) -> Track:
    """A track of an athlete, trunk upright, both sides alike, elbows bent by 90, arms hanging, feet flat.

    yaw_deg: 0 faces the right edge of the picture, 180 the left one, 90 the camera. 300 px are a metre.
    """
    n = len(times)
    parts: dict[str, np.ndarray] = {"hip": np.zeros((n, 2))}
    parts["shoulder"] = parts["hip"] + [0.0, 0.5]
    parts["elbow"] = parts["shoulder"] + _rotated(np.zeros(n), 0.3)
    parts["wrist"] = parts["elbow"] + _rotated(np.full(n, 90.0), 0.25)
    parts["knee"] = parts["hip"] + _rotated(hip, 0.4)
    parts["ankle"] = parts["knee"] + _rotated(hip - knee, 0.4)
    parts["heel"] = parts["ankle"] + [-0.05, -0.08]
    parts["foot_index"] = parts["ankle"] + [0.15, -0.08]
    parts["nose"] = parts["shoulder"] + [0.15, 0.25]
    parts["ear"] = parts["shoulder"] + [0.0, 0.27]
    yaw = np.radians(yaw_deg)
    rng = np.random.default_rng(7)
    world = np.zeros((n, len(LANDMARKS), 3))
    for place, name in enumerate(LANDMARKS):
        part = next((p for p in parts if name.endswith(p)), "nose")
        left = 0.0 if part == "nose" else (0.15 if "left" in name else -0.15)
        ahead, up = parts[part][:, 0], parts[part][:, 1]
        # Forwards is +x at yaw 0 and towards the camera (-z) at 90; left is away from the camera at 0.
        world[:, place, 0] = ahead * np.cos(yaw) + left * np.sin(yaw)
        world[:, place, 1] = -up
        world[:, place, 2] = -ahead * np.sin(yaw) + left * np.cos(yaw)
    points = world[..., :2] * 300.0 + [640.0, 300.0] + rng.normal(0, noise_px, (n, len(LANDMARKS), 2))
    return Track(
        "pose",
        1,
        LANDMARKS,
        np.round(times * 90000).astype(np.int64),
        points.astype(np.float32),
        np.full((n, len(LANDMARKS)), 0.9, np.float32),
        world.astype(np.float32),
    )


def squats(seconds: float = 5.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """times, knee 5..95 degrees, hip 0..80 degrees, at one squat in two seconds."""
    times = np.arange(round(seconds * RATE)) / RATE
    bend = 0.5 - 0.5 * np.cos(np.pi * times)
    return times, 5.0 + 90.0 * bend, 80.0 * bend


def run(*tracks: Track, **params: object) -> Result:
    pts = np.unique(np.concatenate([track.pts for track in tracks])) if tracks else np.arange(2)
    video = Video(1280, 720, Timeline(pts, Fraction(1, 90000)), 0, len(pts) - 1)
    return AnglesAnalyzer().compute({"pose": Result(tracks=tracks)}, video, {**DEFAULTS, **params})


def series(result: Result, name: str) -> Series:
    return next(one for one in result.series if one.name == name)


def metric(result: Result, name: str) -> tuple[float, float]:
    found = next(one for one in result.metrics if one.name == name)
    assert found.uncertainty is not None
    return found.value, found.uncertainty


def test_manifest_and_analyzer_fit_the_door() -> None:
    assert (MANIFEST.id, MANIFEST.kind, MANIFEST.needs) == ("angles", "series", ("pose",))
    assert isinstance(AnglesAnalyzer(), SeriesAnalyzer)


def test_imports_no_more_than_a_user_plugin_may() -> None:
    allowed = {"numpy", "scipy", "coachvision_angles", "coachvision.plugins.api", "__future__"}
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                standard = name.split(".")[0] in sys.stdlib_module_names - {"tkinter"}
                assert standard or name in allowed or name.startswith(("coachvision_angles.", "numpy.")), (file, name)


@pytest.mark.parametrize("yaw", [0.0, 180.0])
def test_squat_from_either_side_shows_its_true_angles(yaw: float) -> None:
    times, knee, hip = squats()
    result = run(figure(times, knee, hip, yaw_deg=yaw))
    # The filter takes a little of a movement of half a hertz, far under a degree.
    for name, truth in (("knee", knee), ("hip", hip), ("elbow", np.full(len(times), 90.0)), ("shoulder", 0.0 * knee)):
        for side in ("left", "right"):
            np.testing.assert_allclose(series(result, f"angle.{side}_{name}").values, truth, atol=0.5)
    # Foot flat: dorsiflexion is what the shank leans forward.
    np.testing.assert_allclose(series(result, "angle.left_ankle").values, knee - hip, atol=0.5)
    assert not result.warnings


def test_segments_are_measured_from_the_horizontal_counter_clockwise() -> None:
    times, knee, hip = squats()
    right, left = run(figure(times, knee, hip)), run(figure(times, knee, hip, yaw_deg=180.0))
    np.testing.assert_allclose(series(right, "segment.trunk").values, 90.0, atol=0.1)
    np.testing.assert_allclose(series(right, "segment.left_thigh").values, 90.0 + hip, atol=0.5)
    np.testing.assert_allclose(series(left, "segment.left_thigh").values, 90.0 - hip, atol=0.5)
    np.testing.assert_allclose(series(right, "segment.left_foot").values, 0.0, atol=0.1)
    np.testing.assert_allclose(series(left, "segment.left_foot").values, 180.0, atol=0.1)


def test_extremes_come_with_an_uncertainty_that_covers_the_truth() -> None:
    times, knee, hip = squats()
    result = run(figure(times, knee, hip, noise_px=3.0))
    for name, truth in (("max", 95.0), ("min", 5.0), ("range", 90.0)):
        value, doubt = metric(result, f"angle.left_knee.{name}")
        assert abs(value - truth) < 2 * doubt
        assert 5.0 < doubt < 15.0, "the pose network's own error of 7 degrees counts, jitter adds a little"
    assert len({one.name for one in result.metrics}) == len(result.metrics)


def test_noise_is_smoothed_and_the_raw_angle_kept() -> None:
    times, knee, hip = squats()
    found = series(run(figure(times, knee, hip, noise_px=3.0)), "angle.left_knee")
    assert found.raw is not None
    raw, smooth = np.std(found.raw - knee), np.std(found.values - knee)
    # White noise through 4-6 Hz of 30 leaves about 0.4 of it; the ends of the video somewhat more.
    assert smooth < 0.6 * raw
    unfiltered = series(run(figure(times, knee, hip, noise_px=3.0), filter=False), "angle.left_knee")
    assert np.std(unfiltered.values - knee) > 0.9 * raw


def test_hidden_landmarks_leave_a_gap_only_where_hidden_for_long() -> None:
    times, knee, hip = squats()
    track = figure(times, knee, hip)
    ankle = LANDMARKS.index("left_ankle")
    track.confidence[60:66, ankle] = 0.1  # 0.1 s: filled
    track.confidence[120:150, ankle] = 0.1  # 0.5 s: a gap
    found = series(run(track), "angle.left_knee")
    assert np.isnan(found.values[120:150]).all()
    assert np.isfinite(np.delete(found.values, np.s_[120:150])).all()
    np.testing.assert_allclose(found.values[60:66], knee[60:66], atol=2.0)  # interpolated over six frames
    assert found.raw is not None
    assert np.isnan(found.raw[60:66]).all()


def test_a_landmark_that_leaps_for_a_frame_does_not_show() -> None:
    times, knee, hip = squats()
    track = figure(times, knee, hip)
    track.points[100, LANDMARKS.index("left_ankle")] += 200
    result = run(track)
    assert metric(result, "angle.left_knee.max")[0] == pytest.approx(95.0, abs=1.0)


def test_a_point_moved_by_the_coach_is_believed() -> None:
    times, knee, hip = squats()
    track = figure(times, knee, hip)
    track.confidence[:, LANDMARKS.index("left_ankle")] = 0.0
    assert not any(one.name == "angle.left_knee" for one in run(track).series)
    corrected = np.zeros(track.confidence.shape, bool)
    corrected[:, LANDMARKS.index("left_ankle")] = True
    found = series(run(replace(track, corrected=corrected)), "angle.left_knee")
    np.testing.assert_allclose(found.values, knee, atol=0.5)


def test_front_view_is_named_as_one_that_shows_false_angles() -> None:
    times, knee, hip = squats()
    result = run(figure(times, knee, hip, yaw_deg=90.0))
    assert len(result.warnings) == 1
    assert "left knee" in result.warnings[0]
    assert "out of the picture plane" in result.warnings[0]
    knee_metrics = [one for one in result.metrics if "knee" in one.name]
    assert knee_metrics
    assert all(one.uncertainty is None for one in knee_metrics), "nobody knows how far off they are"


def test_a_figure_of_a_few_pixels_has_no_numbers_and_the_coach_is_told() -> None:
    times, knee, hip = squats()
    far = figure(times, knee, hip)
    result = run(replace(far, points=far.points * np.float32(0.005)))
    assert not [one for one in result.metrics if "elbow" in one.name]
    assert "left elbow" in result.warnings[0]
    assert "too small" in result.warnings[0]


def test_without_depth_a_front_view_is_still_named() -> None:
    times, knee, hip = squats()
    result = run(replace(figure(times, knee, hip, yaw_deg=90.0), world=None))
    assert "front or back" in result.warnings[0]
    assert not run(replace(figure(times, knee, hip), world=None)).warnings
    told = run(replace(figure(times, knee, hip), world=None), source="world")
    assert "no depth" in told.warnings[0]
    np.testing.assert_allclose(series(told, "angle.left_knee").values, knee, atol=0.5)


def test_a_view_somewhat_from_the_front_makes_angles_less_sure() -> None:
    times, knee, hip = squats()
    square, aside = (run(figure(times, knee, hip, yaw_deg=yaw)) for yaw in (0.0, 30.0))
    assert metric(aside, "angle.left_knee.max")[1] > metric(square, "angle.left_knee.max")[1]
    value, doubt = metric(aside, "angle.left_knee.max")
    assert abs(value - 95.0) < 2 * doubt


def test_a_limb_that_points_at_the_camera_has_no_angle() -> None:
    times, knee, _ = squats()
    kicking = run(figure(times, 0.0 * knee, np.full(len(times), 90.0), yaw_deg=90.0))
    assert not any(one.name == "angle.left_knee" for one in kicking.series)


def test_an_angle_that_no_body_can_have_is_a_gap() -> None:
    times, knee, hip = squats()
    track = figure(times, knee, hip)
    for name in ("left_ankle", "left_heel", "left_foot_index"):  # the shank of a knee bent forwards by 60
        at = LANDMARKS.index(name)
        track.points[100:140, at] = track.points[100:140, LANDMARKS.index("left_knee")] + [110, 40]
    found = series(run(track), "angle.left_knee").values
    assert np.isnan(found[105:135]).all()
    assert np.nanmin(found) >= -30


def test_depth_gives_true_angles_from_any_side() -> None:
    times, knee, hip = squats()
    for yaw in (0.0, 50.0, 90.0, 200.0):
        result = run(figure(times, knee, hip, yaw_deg=yaw), source="world")
        np.testing.assert_allclose(series(result, "angle.right_knee").values, knee, atol=0.5)
        np.testing.assert_allclose(series(result, "angle.right_hip").values, hip, atol=0.5)
        assert not result.warnings


def test_a_stiffer_side_shows_as_asymmetry() -> None:
    times, knee, hip = squats()
    track, stiff = figure(times, knee, hip), figure(times, 5.0 + 0.5 * (knee - 5.0), hip)
    for name in ("left_ankle", "left_heel", "left_foot_index"):
        track.points[:, LANDMARKS.index(name)] = stiff.points[:, LANDMARKS.index(name)]
    value, doubt = metric(run(track), "angle.knee.asymmetry")
    assert value == pytest.approx(100 * (90 - 45) / 67.5, abs=2.0)
    assert doubt > 0


def test_variable_frame_rate_gives_the_same_angles() -> None:
    rng = np.random.default_rng(3)
    times, _, _ = squats()
    times = times[np.sort(rng.permutation(len(times))[: int(0.7 * len(times))])]
    bend = 0.5 - 0.5 * np.cos(np.pi * (times - times[0]))
    knee, hip = 5 + 90 * bend, 80 * bend
    found = series(run(figure(times - times[0], knee, hip)), "angle.left_knee")
    np.testing.assert_allclose(found.values, knee, atol=1.0)


def test_nobody_in_view_is_said_and_no_error() -> None:
    result = run()
    assert not result.series
    assert "no angles" in result.warnings[0]


def test_one_and_two_frames_give_nothing_and_no_error() -> None:
    times, knee, hip = squats()
    assert not run(figure(times[:1], knee[:1], hip[:1])).series
    assert not run(figure(times[:2], knee[:2], hip[:2])).series
    assert run(figure(times[:3], knee[:3], hip[:3])).series
