"""Jumps fall as gravity has it, walking feet stay where they stand, balls fly on parabolas."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.synth import scenes
from coachvision.synth.ball import RADIUS_M
from coachvision.synth.pose import GRAVITY, centre_of_mass, joints


def soles(scene: scenes.AthleteScene, near: bool) -> np.ndarray:
    """(n, 2, 2) heel and toe, metres."""
    found = [joints(scene.body, pose, near) for pose in scene.poses]
    return np.array([[at["heel"], at["foot_index"]] for at in found])


@pytest.mark.parametrize("height", [0.15, 0.5])
def test_flight_lasts_as_long_as_the_height_demands(height: float) -> None:
    scene = scenes.jumps(1, heights=(height,), fps=120.0)
    (flight,) = scene.truth.jumps
    assert flight.height_m == height
    assert flight.flight_time_s == pytest.approx(np.sqrt(8.0 * height / GRAVITY))
    up = np.array([centre_of_mass(scene.body, pose)[1] for pose in scene.poses])
    seconds = scene.timeline.seconds
    flying = (seconds > flight.take_off_s) & (seconds < flight.landing_s)
    last_down = np.flatnonzero(flying)[0] - 1
    # From the last frame on the ground to the top: that frame is up to 1/120 s early, which at the take-off speed is
    # v/120; the top is met within half a frame.
    missed = np.sqrt(2.0 * GRAVITY * height) / 120.0
    assert up[flying].max() - up[last_down] == pytest.approx(height + missed / 2, abs=missed / 2 + 1e-3)
    inside = flying[2:] & flying[1:-1] & flying[:-2]
    falling = np.diff(up, 2)[inside] * 120.0**2
    np.testing.assert_allclose(falling, -GRAVITY, rtol=1e-6)


def test_feet_are_off_the_floor_in_flight_and_on_it_otherwise() -> None:
    scene = scenes.jumps(2, heights=(0.2, 0.4))
    for near in (True, False):
        low = soles(scene, near)[:, :, 1].min(axis=1)
        on_floor = scene.truth.contact[scene.truth.near if near else scene.truth.far]
        np.testing.assert_allclose(low[on_floor], 0.0, atol=1e-6)
        assert (low[~on_floor] > 0.0).all()
        assert low.max() > 0.3
    assert np.count_nonzero(np.diff(scene.truth.contact["left"].astype(int)) == -1) == 2


def test_the_body_moves_without_a_jerk_from_ground_to_air_and_back() -> None:
    scene = scenes.jumps(3, heights=(0.35,), fps=200.0)
    up = np.array([centre_of_mass(scene.body, pose)[1] for pose in scene.poses])
    # No more than what legs can do: 5 g, and never a break in speed.
    assert np.abs(np.diff(up, 2)).max() * 200.0**2 < 5.0 * GRAVITY


@pytest.mark.parametrize("seed", range(4))
def test_a_standing_foot_does_not_slide(seed: int) -> None:
    scene = scenes.walk(seed, fps=120.0)
    for near in (True, False):
        sole = soles(scene, near)
        on_floor = scene.truth.contact[scene.truth.near if near else scene.truth.far]
        low = sole[:, :, 1].min(axis=1)
        # 3 mm is below a pixel; the curve between two samples of the cycle is not exactly that of the rolling foot.
        assert np.abs(low[on_floor]).max() < 0.003
        assert low.min() > -0.003
        both = (np.abs(sole[:, :, 1]) < 0.001).all(axis=1) & on_floor
        flat = both[1:] & both[:-1]
        assert np.abs(np.diff(sole[:, 0, 0]))[flat].max() < 0.001
        assert flat.sum() > 20


def test_a_walk_has_the_steps_and_pace_it_tells() -> None:
    scene = scenes.walk(1, cadence=110.0)
    truth = scene.truth
    assert truth.cadence == pytest.approx(110.0)
    assert len(truth.steps) >= 5
    assert [step.near for step in truth.steps[1:]] == [not step.near for step in truth.steps[:-1]]
    near = truth.angles[f"angle.{truth.near}_knee"]
    # Normal ranges at a natural pace (Perry and Burnfield 2010): knee 0-10 in extension to about 60 in swing, hip from
    # about -10 to 30; the series may overshoot by a few degrees.
    assert 0.0 < near.min() < 12.0
    assert 55.0 < near.max() < 70.0
    hip = truth.angles[f"angle.{truth.near}_hip"]
    assert -20.0 < hip.min() < -5.0
    assert 24.0 < hip.max() < 36.0
    assert truth.in_view.mean() > 0.9


def test_a_strike_is_when_the_foot_comes_down() -> None:
    scene = scenes.walk(2, fps=120.0)
    for step in scene.truth.steps:
        if step.strike_s < 0.1:
            continue
        low = soles(scene, step.near)[:, :, 1].min(axis=1)
        seconds = scene.timeline.seconds
        assert low[np.searchsorted(seconds, step.strike_s)] < 0.003
        assert low[np.searchsorted(seconds, step.strike_s - 0.05)] > 0.003


def test_the_ball_leaves_with_the_hand_and_flies_freely() -> None:
    scene = scenes.ball_throw(3, speed=6.0, launch_deg=40.0, fps=240.0)
    truth = scene.truth
    assert truth.throw is not None
    assert truth.ball_m is not None
    assert truth.ball_px is not None
    seconds = scene.timeline.seconds
    speed = np.hypot(*np.diff(truth.ball_m, axis=0).T) * 240.0
    at = int(np.searchsorted(seconds, truth.throw.release_s))
    # The hand's own speed leads into the ball's: over a frame of 1/240 s gravity changes it by 4 cm/s.
    assert speed[at - 1] == pytest.approx(6.0, abs=0.1)
    assert speed[at] == pytest.approx(6.0, abs=0.1)
    free = truth.ball_m[at + 1 :]
    np.testing.assert_allclose(np.diff(free, 2, axis=0)[:, 1] * 240.0**2, -GRAVITY, rtol=1e-6)
    assert free[:, 1].min() >= RADIUS_M - 1e-9
    metres = (truth.ball_px[-1] - truth.ball_px[at]) / truth.px_per_m
    np.testing.assert_allclose(metres * [1, -1], truth.ball_m[-1] - truth.ball_m[at], atol=1e-9)


def test_the_demo_scene_has_squats_and_then_jumps() -> None:
    truth = scenes.demo_scene().truth
    assert len(truth.reps) == 4
    assert [jump.height_m for jump in truth.jumps] == [0.30, 0.38]
    assert truth.reps[-1].end_s < truth.jumps[0].take_off_s
    assert truth.in_view.all()
