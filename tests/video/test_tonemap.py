"""HDR film looks on an ordinary screen as it looked on the phone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coachvision.core.frames import Frame
from coachvision.video.tonemap import HLG, PQ, curve, tone_mapped

_Array = np.ndarray[Any, np.dtype[np.float64]]


def _pq(nits: _Array) -> _Array:
    power = (nits / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def _hlg(nits: _Array) -> _Array:
    scene = (nits / 1000) ** (1 / 1.2)
    return np.where(
        scene <= 1 / 12, np.sqrt(3 * scene), 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    )


def _planes(linear_709: _Array, transfer: int) -> tuple[Any, Any, Any]:
    """One colour, linear light 0..1 of a 203 cd/m2 white, coded as a phone would."""
    to_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    coded = (_pq if transfer == PQ else _hlg)(203 * to_2020 @ linear_709)
    luma = 0.2627 * coded[0] + 0.678 * coded[1] + 0.0593 * coded[2]
    blue, red = (coded[2] - luma) / 1.8814, (coded[0] - luma) / 1.4746
    return tuple(
        np.full(shape, round(value), np.uint8)
        for shape, value in (((4, 4), 16 + 219 * luma), ((2, 2), 128 + 224 * blue), ((2, 2), 128 + 224 * red))
    )


@pytest.mark.parametrize("transfer", [PQ, HLG])
@pytest.mark.parametrize("rgb", [(118, 118, 118), (60, 60, 60), (170, 130, 110), (90, 120, 80), (70, 90, 130)])
def test_ordinary_colours_come_out_as_they_went_in(transfer: int, rgb: tuple[int, int, int]) -> None:
    linear = (np.array(rgb) / 255) ** 2.4
    planes = tone_mapped(*_planes(linear, transfer), transfer)
    seen = Frame(0, 0, 0.0, planes=planes).rgb[0, 0].astype(int)
    # HLG's system gamma acts on luminance, here on each primary; 8-bit PQ has steps of 4 on the screen.
    np.testing.assert_allclose(seen, rgb, atol=14)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_brighter_stays_brighter_up_to_white(transfer: int) -> None:
    luma = curve(transfer).luma.astype(int)
    assert np.all(np.diff(luma) >= 0)
    assert luma[16] == 16
    assert luma[255] == 235
    code = _pq(np.array([203.0, 1000.0])) if transfer == PQ else _hlg(np.array([203.0, 1000.0]))
    white, peak = luma[np.round(16 + 219 * code).astype(int)]
    # Paper white keeps most of the screen's range, what is five times brighter ends at its white.
    assert 205 <= white <= 225
    assert peak >= 233
