"""Small copies keep shape and colours."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.core.frames import Frame, Planes, rgb_matrix
from coachvision.video.scaling import fitted, scaled, scaled_rgb


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), (960, 540)),
        ((3840, 2160), (960, 540)),
        ((1080, 1920), (540, 960)),
        ((480, 270), (480, 270)),
        ((321, 181), (320, 180)),
        ((16, 16), (16, 16)),
        ((1, 1), (2, 2)),
    ],
)
def test_fitted_sizes(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fitted(*size, 960 * 540) == expected


def test_the_same_colour_from_planes_and_from_rgb() -> None:
    colour = np.array([180, 90, 60], np.uint8)
    from_rgb = Frame(0, 0, 0.0, rgb=np.broadcast_to(colour, (60, 80, 3)).copy())
    planes = scaled(from_rgb, 40, 30)
    assert planes.y.shape == (30, 40)
    assert planes.u.shape == planes.v.shape == (15, 20)
    again = Frame(0, 0, 0.0, planes=planes)
    # One rounding to 8-bit limited range on the way.
    np.testing.assert_allclose(again.rgb[10, 10], colour, atol=3)
    np.testing.assert_allclose(scaled_rgb(again, 20, 16)[5, 5], colour, atol=3)
    np.testing.assert_array_equal(scaled_rgb(from_rgb, 20, 16)[5, 5], colour)


def test_a_frame_of_the_right_size_is_not_copied() -> None:
    planes = Planes(
        np.zeros((30, 40), np.uint8), np.zeros((15, 20), np.uint8), np.zeros((15, 20), np.uint8), rgb_matrix()
    )
    assert scaled(Frame(0, 0, 0.0, planes=planes), 40, 30).y is planes.y
