"""Velocity and acceleration at uneven times."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.derivatives import acceleration, speed, velocity

_steps = st.lists(st.floats(0.004, 0.1), min_size=3, max_size=60)


@given(_steps, st.floats(-50, 50), st.floats(-50, 50))
def test_a_thrown_ball_has_its_true_velocity_and_acceleration(steps: list[float], rise: float, pull: float) -> None:
    times = np.cumsum(steps)
    height = rise * times + 0.5 * pull * times**2
    # Exact but for rounding, which a step of 4 ms squared magnifies by 1e5.
    np.testing.assert_allclose(velocity(times, height), rise + pull * times, atol=1e-6)
    np.testing.assert_allclose(acceleration(times, height), pull, atol=1e-6)


def test_gaps_and_holes_are_not_bridged() -> None:
    times = np.concatenate([np.arange(5) / 10, 10 + np.arange(5) / 10])
    values = np.where(times < 5, 0.0, 100.0)
    values[2] = np.nan
    found = velocity(times, values)
    assert np.isnan(found[:5]).all(), "two samples make no parabola"
    np.testing.assert_allclose(found[5:], 0.0, atol=1e-9)


def test_speed_is_the_length_of_the_velocity() -> None:
    times = np.arange(10) / 10
    points = np.stack([3 * times, -4 * times], axis=-1)
    np.testing.assert_allclose(speed(times, points), 5.0)
