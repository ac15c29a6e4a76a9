"""Angles in the conventions of docs/conventions.md: which way is positive, what turns do not matter, no jumps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.kinematics import (
    JOINTS,
    JointName,
    direction,
    joint_angle,
    joint_angle_3d,
    nearest_turn,
    plane_tilt,
    segment_angle,
    unwrapped,
    wrapped,
)

RIGHT, LEFT, FRONT = (np.array([side], np.int8) for side in (1, -1, 0))
SIGNED: list[JointName] = ["knee", "hip", "shoulder", "ankle"]


def _limb(joint: JointName, degrees: float) -> dict[str, np.ndarray]:
    """One frame, (1, 2) pixels, facing right: the joint bent by that angle in an athlete who stands upright."""

    def towards(turn: float) -> np.ndarray:  # counter-clockwise from straight down, as seen; y is down in the picture
        return 100 * np.array([np.sin(np.radians(turn)), np.cos(np.radians(turn))])

    origin = np.array([300.0, 200.0])
    if joint == "ankle":
        heel = origin + np.array([-20, 30])
        toe = heel + towards(90 + degrees)
        points = {"ankle": origin, "knee": origin - towards(0), "heel": heel, "foot_index": toe}
    elif joint == "shoulder":
        points = {"shoulder": origin, "hip": origin + towards(0), "elbow": origin + towards(degrees)}
    else:
        start, middle, end = (
            *JOINTS[joint].proximal,
            JOINTS[joint].distal[1],
        )
        back = -1 if joint == "knee" else 1
        points = {start: origin, middle: origin + towards(0)}
        points[end] = points[middle] + towards(back * degrees)
    return {name: point[None].astype(float) for name, point in points.items()}


def _moved(
    points: dict[str, np.ndarray], turn: float, scale: float, shift: tuple[float, float]
) -> dict[str, np.ndarray]:
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return {name: scale * point @ np.array([[c, s], [-s, c]]) + shift for name, point in points.items()}


@pytest.mark.parametrize("joint", list(JOINTS))
def test_straight_limbs_and_a_square_foot_are_zero(joint: JointName) -> None:
    assert joint_angle(joint, _limb(joint, 0.0), RIGHT)[0] == pytest.approx(0.0, abs=1e-6)


@given(st.sampled_from(list(JOINTS)), st.floats(0, 150))
def test_flexion_is_positive_whichever_way_the_athlete_faces(joint: JointName, degrees: float) -> None:
    limb = _limb(joint, degrees)
    assert joint_angle(joint, limb, RIGHT)[0] == pytest.approx(degrees, abs=1e-6)
    mirrored = {name: point * [-1, 1] for name, point in limb.items()}
    assert joint_angle(joint, mirrored, LEFT)[0] == pytest.approx(degrees, abs=1e-6)


@given(st.sampled_from(SIGNED), st.floats(1, 30))
def test_hyperextension_and_plantar_flexion_are_negative(joint: JointName, degrees: float) -> None:
    limb = _limb(joint, -degrees)
    assert joint_angle(joint, limb, RIGHT)[0] == pytest.approx(-degrees, abs=1e-6)
    if joint != "ankle":
        assert joint_angle(joint, limb, FRONT)[0] == pytest.approx(degrees, abs=1e-6), "no side: the plain angle"


def test_an_elbow_bends_either_way() -> None:
    assert joint_angle("elbow", _limb("elbow", -70.0), RIGHT)[0] == pytest.approx(70.0)


@given(
    st.sampled_from(list(JOINTS)),
    st.floats(-30, 150),
    st.floats(-180, 180),
    st.floats(0.01, 100),
    st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
)
def test_camera_tilt_distance_and_place_do_not_change_a_joint_angle(
    joint: JointName, degrees: float, turn: float, scale: float, shift: tuple[float, float]
) -> None:
    limb = _limb(joint, degrees)
    plain = joint_angle(joint, limb, RIGHT)[0]
    # A shift of 1e4 leaves about 1e-12 relative of a segment of one pixel.
    assert joint_angle(joint, _moved(limb, turn, scale, shift), RIGHT)[0] == pytest.approx(plain, abs=1e-5)


def test_segments_turn_counter_clockwise_as_seen() -> None:
    start = np.array([[0.0, 0.0]])
    right, up, left = ([[10.0, 0.0]], [[0.0, -10.0]], [[-10.0, 0.0]])
    for end, degrees in ((right, 0.0), (up, 90.0), (left, 180.0)):
        assert segment_angle(start, np.array(end))[0] == pytest.approx(degrees)
    assert np.isnan(direction(start, start)[0])


@given(st.floats(-170, 170), st.floats(-20, 20))
def test_a_somersault_has_no_jump(start: float, step: float) -> None:
    truth = start + step * np.arange(100)
    turned = unwrapped(wrapped(truth))
    np.testing.assert_allclose(np.diff(turned), step, atol=1e-9)
    np.testing.assert_allclose(wrapped(turned - truth), 0.0, atol=1e-6)
    assert -180 <= np.median(turned) < 180 + 1e-6


def test_a_giant_swing_of_the_arm_is_followed_round() -> None:
    degrees = np.arange(0.0, 720.0, 10.0)
    limbs = [_limb("shoulder", d) for d in degrees]
    points = {name: np.concatenate([limb[name] for limb in limbs]) for name in limbs[0]}
    found = joint_angle("shoulder", points, np.ones(len(degrees), np.int8))
    np.testing.assert_allclose(np.diff(found), 10.0, atol=1e-6)


def test_one_false_turn_does_not_shift_what_comes_after_a_gap() -> None:
    angle = np.concatenate([np.linspace(0, 300, 40), [np.nan], np.full(20, 10.0)])
    assert unwrapped(wrapped(angle))[-1] == pytest.approx(10.0)


def test_raw_angles_lie_on_the_same_turn_as_the_filtered() -> None:
    found = nearest_turn(np.array([-170.0, 5.0, np.nan, 7.0]), np.array([185.0, 362.0, 1.0, np.nan]))
    np.testing.assert_array_equal(found, [190.0, 365.0, np.nan, 7.0])


def _in_space(joint: JointName, degrees: float, yaw: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The same limb in space, seen from any side; and the way from the right to the left hip."""
    flat = _limb(joint, degrees)
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    points = {name: np.array([[p[0, 0] * c, p[0, 1], -p[0, 0] * s]]) for name, p in flat.items()}
    return points, np.array([[s, 0.0, c]])


@given(st.sampled_from(list(JOINTS)), st.floats(0, 89), st.floats(-180, 180))
def test_angles_in_space_are_the_same_from_every_side(joint: JointName, degrees: float, yaw: float) -> None:
    points, leftwards = _in_space(joint, degrees, yaw)
    assert joint_angle_3d(joint, points, leftwards)[0] == pytest.approx(degrees, abs=1e-4)


@given(st.floats(-40, -1), st.floats(-180, 180))
def test_hip_extension_in_space_is_negative(degrees: float, yaw: float) -> None:
    points, leftwards = _in_space("hip", degrees, yaw)
    assert joint_angle_3d("hip", points, leftwards)[0] == pytest.approx(degrees, abs=1e-6)


@given(st.floats(25, 120), st.floats(-90, 90))
def test_tilt_is_how_far_the_movement_turns_from_the_picture(degrees: float, yaw: float) -> None:
    points, _ = _in_space("knee", degrees, yaw)
    assert plane_tilt(points, "knee")[0] == pytest.approx(abs(yaw), abs=1e-4)


def test_a_straight_limb_has_no_plane() -> None:
    points, _ = _in_space("knee", 5.0, 80.0)
    assert np.isnan(plane_tilt(points, "knee")[0])
