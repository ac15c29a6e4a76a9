"""Metres and metres a second of the synthetic athlete, whose landmarks and scale are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import coachvision_angles
from coachvision.plugins.api import LANDMARKS, Calibration, Result, Track, Video
from coachvision.plugins.manifest import parse_manifest
from coachvision.synth import scenes
from coachvision.synth.truth import Truth
from coachvision_angles.analyzer import AnglesAnalyzer

MANIFEST = parse_manifest((Path(coachvision_angles.__file__).parent / "coachvision.toml").read_text("utf-8"), "angles")
DEFAULTS = {name: parameter.default for name, parameter in MANIFEST.parameters.items()}
# Landmarks of the pose network scatter by about this much between frames.
NOISE_PX = 1.0


def _seen(truth: Truth, *, seed: int = 3) -> Track:
    """The true landmarks with noise, those that the scene does not know unsure."""
    count = len(truth.timeline)
    points = np.zeros((count, len(LANDMARKS), 2))
    confidence = np.zeros((count, len(LANDMARKS)))
    for place, name in enumerate(LANDMARKS):
        if name in truth.landmarks:
            points[:, place] = truth.landmarks[name]
            confidence[:, place] = 0.95
    points += np.random.default_rng(seed).normal(0, NOISE_PX, points.shape)
    return Track("pose", 1, LANDMARKS, truth.timeline.pts, points.astype(np.float32), confidence.astype(np.float32))


def _line(truth: Truth, length_m: float = 1.0) -> Calibration:
    return Calibration.from_line(length_m, (100.0, 600.0), (100.0 + length_m * truth.px_per_m, 600.0))


def _run(truth: Truth, calibration: Calibration | None, **parameters: object) -> Result:
    line = truth.timeline
    video = Video(1280, 720, line, 0, len(line) - 1, calibration=calibration)
    return AnglesAnalyzer().compute({"pose": Result(tracks=(_seen(truth),))}, video, {**DEFAULTS, **parameters})


def _values(result: Result, name: str) -> np.ndarray:
    return next(one.values for one in result.series if one.name == name)


def test_a_walker_goes_as_fast_as_the_scene_says() -> None:
    truth = scenes.walk(11, facing=-1).truth
    result = _run(truth, _line(truth))
    x = _values(result, "position.hips.x")
    hips = 0.5 * (truth.landmarks["left_hip"] + truth.landmarks["right_hip"])
    true_m = (hips[:, 0] - hips[0, 0]) / truth.px_per_m
    # Half a pixel of filtered noise for the middle of two landmarks, at some 150 px a metre; 4 standard deviations.
    np.testing.assert_allclose(x - x[0], true_m, atol=4 * 0.7 / truth.px_per_m + 0.005)
    # Walking to the left is walking towards smaller x.
    assert x[-1] < x[0] - 2.0
    pace = abs(true_m[-1]) / float(truth.timeline.seconds[-1])
    # The hips also go up and down and turn: a walker's path is a few per cent longer than the way.
    assert float(np.nanmean(_values(result, "speed.hips"))) == pytest.approx(pace, rel=0.08)


def test_a_jumper_rises_as_high_and_leaves_as_fast_as_gravity_says() -> None:
    scene = scenes.jumps(12, (0.4,))
    truth = scene.truth
    result = _run(truth, _line(truth))
    (jump,) = truth.jumps
    rate = 1.0 / float(np.median(np.diff(truth.timeline.seconds)))
    up = np.gradient(_values(result, "position.hips.y")) * rate
    seconds = truth.timeline.seconds
    leaving = np.searchsorted(seconds, jump.take_off_s)
    landing = np.searchsorted(seconds, jump.take_off_s + jump.flight_time_s)
    # The hips are not the centre of mass, which the raised arms carry up past them: within a tenth.
    assert up[leaving - 3 : leaving + 4].max() == pytest.approx(9.81 * jump.flight_time_s / 2, rel=0.1)
    flight = slice(leaving + 3, landing - 2)
    fall = 2.0 * np.polyfit(seconds[flight], _values(result, "position.hips.y")[flight], 2)[0]
    assert fall == pytest.approx(-9.81, rel=0.1)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_the_greatest_speed_is_within_its_uncertainty(seed: int, fps: float) -> None:
    truth = scenes.squats(seed, 2, fps=fps).truth
    metrics = {one.name: one for one in _run(truth, _line(truth)).metrics}
    hips = 0.5 * (truth.landmarks["left_hip"] + truth.landmarks["right_hip"]) / truth.px_per_m
    true = np.linalg.norm(np.gradient(hips, truth.timeline.seconds, axis=0), axis=1).max()
    found = metrics["speed.hips.max"]
    assert found.unit == "m/s"
    assert found.uncertainty is not None
    # Of many noisy values the greatest lies above the true one by some standard deviations; and it must say something.
    assert abs(found.value - true) < 4.0 * found.uncertainty
    assert found.uncertainty < 0.2 * true + 0.05
    rise = metrics["position.hips.y.range"]
    assert rise.uncertainty is not None
    assert rise.value == pytest.approx(float(np.ptp(hips[:, 1])), abs=4.0 * rise.uncertainty)


def test_the_plane_in_which_metres_hold_is_stated() -> None:
    truth = scenes.squats(1, 1).truth
    found = next(one for one in _run(truth, _line(truth)).metrics if one.name == "speed.hips.max")
    assert "the plane through the calibration line" in found.method


def test_on_a_marked_plane_only_what_is_on_the_ground_has_a_place() -> None:
    truth = scenes.walk(11).truth
    corners = np.array([[100.0, 700.0], [1180.0, 700.0], [1000.0, 500.0], [280.0, 500.0]])
    result = _run(truth, Calibration.from_rectangle(6.0, 4.0, corners))
    named = {one.name for one in result.series if one.name.startswith("speed.")}
    assert named == {"speed.left_ankle", "speed.right_ankle"}


def test_without_a_scale_and_in_space_there_are_no_lengths() -> None:
    truth = scenes.squats(1, 1).truth
    assert not [one for one in _run(truth, None).series if one.unit != "deg"]
