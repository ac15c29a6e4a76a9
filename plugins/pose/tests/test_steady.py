"""The region holds still on a still athlete and keeps up with a fast one."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision_pose.steady import SteadyRegion

STANDING = np.array([[300.0, 300.0], [300.0, 200.0]], np.float32)


def test_the_first_frame_is_taken_as_it_is() -> None:
    roi = SteadyRegion().follow(STANDING)
    assert (roi.x, roi.y, roi.size) == pytest.approx((300, 300, 250))


def test_jitter_of_a_still_athlete_hardly_moves_the_region() -> None:
    steady = SteadyRegion()
    jitter = np.random.default_rng(3).normal(0, 1.0, (90, 2, 2))
    centres = [steady.follow((STANDING + jitter[i]).astype(np.float32)).x for i in range(90)]
    assert np.std(np.diff(centres[10:])) < 0.5 * np.std(np.diff(jitter[10:, 0, 0]))


def test_a_sprint_is_followed_within_a_tenth_of_the_region() -> None:
    steady = SteadyRegion()
    speed = 20.0  # pixels a frame: three body sizes a second
    for i in range(30):
        moved = STANDING + np.array([speed * i, 0], np.float32)
        roi = steady.follow(moved.astype(np.float32))
    assert abs(roi.x - moved[0, 0]) < 0.1 * roi.size
