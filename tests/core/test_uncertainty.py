"""Stated uncertainties against what repeating the measurement gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core import uncertainty
from coachvision.core.filters import butterworth
from coachvision.core.kinematics import joint_angle

DRAWS = 20000


def test_an_event_between_two_frames_is_known_to_a_fraction_of_the_interval() -> None:
    offsets = np.random.default_rng(0).uniform(0, 1 / 30, DRAWS)
    # The standard deviation of 20000 draws is known to half a per cent.
    assert uncertainty.instant(1 / 30) == pytest.approx(np.std(offsets), rel=0.02)
    shuffled = np.random.default_rng(1).permutation(offsets)
    assert uncertainty.duration(1 / 30) == pytest.approx(np.std(offsets - shuffled), rel=0.02)


def test_independent_terms_add_as_squares() -> None:
    assert uncertainty.combined(3.0, 4.0) == 5.0
    assert uncertainty.combined() == 0.0


@given(st.floats(0.2, 5.0), st.integers(0, 100))
def test_jitter_is_found_under_movement_at_uneven_times(sigma: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.choice([1 / 60, 1 / 30], 3000))
    values = 100 * np.sin(2 * np.pi * 0.3 * times) + rng.normal(0, sigma, 3000)
    # Curvature adds up to 0.2 px between samples; the median of 3000 is known to 2 or 3 %.
    assert uncertainty.jitter(times, values) == pytest.approx(sigma, rel=0.1, abs=0.1)


def test_jitter_is_unknown_without_three_neighbours() -> None:
    times = np.arange(6) / 30
    assert np.isnan(uncertainty.jitter(times, np.array([1.0, 2.0, np.nan, 1.0, 2.0, np.nan])))
    assert np.isnan(uncertainty.jitter(times[:2], times[:2]))


@pytest.mark.parametrize("cutoff", [4.0, 8.0, 40.0])
def test_share_of_noise_left_is_what_the_filter_leaves(cutoff: float) -> None:
    times = np.arange(DRAWS) / 60
    noise = np.random.default_rng(0).normal(size=DRAWS)
    left = np.std(butterworth(times, noise, cutoff))
    # 20000 samples low-passed at 4 Hz are some 2700 independent ones: 1.4 %.
    assert uncertainty.filtered_share(cutoff, 60.0) == pytest.approx(left, rel=0.05)


@given(st.floats(0, 150), st.floats(60, 300), st.floats(60, 300), st.tuples(*[st.floats(0.1, 1.5)] * 3))
def test_angle_uncertainty_is_what_jittering_the_landmarks_gives(
    bend: float, proximal: float, distal: float, sigma: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(0)
    turn = np.radians(bend)
    places = {
        "hip": np.array([0.0, 0.0]),
        "knee": np.array([0.0, proximal]),
        "ankle": np.array([-distal * np.sin(turn), proximal + distal * np.cos(turn)]),
    }
    points = {
        name: place + rng.normal(0, one, (4000, 2)) for (name, place), one in zip(places.items(), sigma, strict=True)
    }
    found = joint_angle("knee", points, np.ones(4000, np.int8))
    # 4000 draws give the deviation to 1.1 %; jitter is small against the segments, so first order holds.
    assert uncertainty.joint_angle(sigma, proximal, distal, bend) == pytest.approx(np.std(found), rel=0.06)


def test_segment_uncertainty_is_what_jittering_its_ends_gives() -> None:
    rng = np.random.default_rng(0)
    step = np.array([100.0, 0.0]) + rng.normal(0, 2.0, (DRAWS, 2)) - rng.normal(0, 1.0, (DRAWS, 2))
    found = np.std(np.degrees(np.arctan2(step[:, 1], step[:, 0])))
    assert uncertainty.segment_angle((1.0, 2.0), 100.0) == pytest.approx(found, rel=0.03)


def test_few_frames_a_second_miss_more_of_a_peak() -> None:
    def missed(rate: float) -> float:
        times = np.arange(round(rate)) / rate
        values = 45 + 45 * np.sin(2 * np.pi * times)
        return uncertainty.between_frames(times, values, int(np.argmax(values)))

    assert missed(15.0) == pytest.approx(4 * missed(30.0), rel=0.1), "with the square of the interval"
    # Peak curvature 45 (2 pi)^2 deg/s^2, half an interval of 1/60 s: 0.25 deg / sqrt(12).
    assert missed(30.0) == pytest.approx(45 * (2 * np.pi) ** 2 / 2 / 60**2 / np.sqrt(12), rel=0.05)
    assert uncertainty.between_frames(np.arange(3.0), np.array([1.0, 2.0, 3.0]), 2) == 0.0


def test_pose_error_is_that_of_the_study() -> None:
    # Normal with a mean absolute error of 5.6 degrees.
    draws = np.random.default_rng(0).normal(0, uncertainty.pose_angle("knee"), DRAWS)
    assert np.mean(np.abs(draws)) == pytest.approx(5.6, rel=0.03)
    for joint in ("knee", "hip", "ankle", "elbow", "shoulder"):
        assert uncertainty.pose_angle(joint, in_space=True) > uncertainty.pose_angle(joint), "depth is guessed"
    assert uncertainty.pose_angle("hip") < uncertainty.pose_angle("knee") < uncertainty.pose_angle("ankle")


def test_velocity_uncertainty_is_that_of_a_central_difference() -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, DRAWS)
    found = np.std(np.gradient(noise, 1 / 60)[1:-1])
    assert uncertainty.velocity(0.01, 1 / 60) == pytest.approx(found, rel=0.03)
