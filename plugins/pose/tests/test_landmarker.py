"""Heat-map refinement and decoding of the landmark network's answer."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision_pose.landmarker import decode, refine
from coachvision_pose.roi import Roi

COLD = -20.0


def heat_with(count: int, *spots: tuple[int, int, int, float]) -> np.ndarray:
    heat = np.full((64, 64, count), COLD, np.float32)
    for landmark, row, column, logit in spots:
        heat[row, column, landmark] = logit
    return heat


def test_a_landmark_moves_to_the_centre_of_heat_near_it() -> None:
    # Two equally hot cells, columns 12 and 14 of row 20: their middle is column 13.
    heat = heat_with(1, (0, 20, 12, 4.0), (0, 20, 14, 4.0))
    refined = refine(np.array([[12.4 / 64, 21.2 / 64]], np.float32), heat)
    assert refined[0] == pytest.approx([13 / 64, 20 / 64], abs=1e-5)


def test_heat_outside_the_window_does_not_attract() -> None:
    heat = heat_with(1, (0, 20, 12, 4.0), (0, 20, 17, 9.0))  # 5 columns away; the window reaches 3
    refined = refine(np.array([[12 / 64, 20 / 64]], np.float32), heat)
    assert refined[0, 0] == pytest.approx(12 / 64, abs=1e-5)


@pytest.mark.parametrize("place", [(0.31, 0.62), (-0.2, 0.5), (0.5, 1.3)])
def test_lukewarm_heat_and_landmarks_outside_change_nothing(place: tuple[float, float]) -> None:
    heat = np.full((64, 64, 1), -0.5, np.float32)  # 0.38 everywhere, below one half
    shares = np.array([place], np.float32)
    np.testing.assert_array_equal(refine(shares, heat), shares)


def test_the_window_is_cut_at_the_edge_of_the_map() -> None:
    heat = heat_with(1, (0, 0, 63, 5.0))
    refined = refine(np.array([[0.999, 0.0]], np.float32), heat)
    assert refined[0] == pytest.approx([63 / 64, 0.0], abs=1e-4)


def test_each_landmark_reads_its_own_map() -> None:
    heat = heat_with(2, (0, 10, 10, 5.0), (1, 11, 12, 5.0))
    refined = refine(np.full((2, 2), 10 / 64, np.float32), heat)
    assert refined == pytest.approx(np.array([[10, 10], [12, 11]]) / 64, abs=1e-5)


def test_confidence_is_visible_and_present_and_points_are_frame_pixels() -> None:
    raw = np.zeros((39, 5), np.float32)
    raw[:, :2] = 128.0
    raw[:, 3:] = 50.0
    raw[5, 3] = 0.0  # half visible
    raw[6, 4] = -50.0  # absent
    world = np.zeros((39, 3), np.float32)
    pose = decode(raw, 0.75, np.full((64, 64, 39), COLD, np.float32), world, Roi(320, 240, 100))
    assert pose.score == 0.75
    assert pose.points == pytest.approx(np.full((33, 2), (320.0, 240.0)))
    assert pose.confidence[[4, 5, 6]] == pytest.approx([1.0, 0.5, 0.0], abs=1e-6)
    assert pose.alignment.shape == (2, 2)
    assert pose.world.shape == (33, 3)
