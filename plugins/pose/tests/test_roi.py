"""Geometry of the athlete's region, worked out by hand."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from coachvision_pose.roi import Roi


def region(hips: tuple[float, float], top: tuple[float, float]) -> Roi:
    return Roi.from_alignment(np.array(hips), np.array(top))


def test_an_upright_athlete_gets_an_upright_square_with_a_quarter_of_margin() -> None:
    roi = region((100, 200), (100, 120))
    assert (roi.x, roi.y, roi.size) == pytest.approx((100, 200, 2 * 80 * 1.25))
    assert roi.rotation == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("top", "turn"), [((180, 200), pi / 2), ((20, 200), -pi / 2), ((100, 280), -pi), ((180, 120), pi / 4)]
)
def test_the_square_turns_with_the_body(top: tuple[float, float], turn: float) -> None:
    assert region((100, 200), top).rotation == pytest.approx(turn)


def test_the_cut_out_is_centred_on_the_hips_and_spans_the_region() -> None:
    to_frame = Roi(100, 200, 128).to_frame(256)
    assert to_frame @ [128, 128, 1] == pytest.approx([100, 200])
    assert to_frame @ [0, 0, 1] == pytest.approx([36, 136])
    assert to_frame @ [256, 0, 1] == pytest.approx([164, 136])


def test_head_up_in_the_cut_out_is_where_the_head_is_in_the_frame() -> None:
    lying = region((100, 200), (180, 200))  # head to the right
    above_centre = lying.to_frame(256) @ [128, 0, 1]
    assert above_centre == pytest.approx([100 + lying.size / 2, 200])


def test_projecting_landmarks_agrees_with_cutting_out() -> None:
    roi = Roi(321.5, 40.25, 77, 0.7)
    shares = np.array([[0.1, 0.9], [0.5, 0.5], [1.2, -0.1]])
    cut = np.c_[shares * 256, np.ones(3)] @ roi.to_frame(256).T
    assert roi.project(shares) == pytest.approx(cut, abs=1e-3)
    assert roi.shares(roi.project(shares)) == pytest.approx(shares, abs=1e-5)


def test_world_landmarks_turn_with_the_region_and_keep_their_depth() -> None:
    turned = Roi(0, 0, 1, pi / 2).turn(np.array([[0.0, -1.0, 0.3]]))
    assert turned[0] == pytest.approx([1.0, 0.0, 0.3], abs=1e-6)  # up in the region is right in the frame
