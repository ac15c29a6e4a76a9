"""High dynamic range to the ordinary screen: luma through a curve, chroma through the curve's slope. Used by `convert`.

Sources: SMPTE ST 2084 (PQ), ITU-R BT.2100-2 (HLG), BT.2390-10 section 5.4.1 (roll-off), BT.2408 (white at 203 cd/m2),
BT.1886 (display gamma 2.4), BT.2087 (BT.2020 to BT.709).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image, Planes, rgb_matrix

PQ, HLG = 16, 18
_WHITE, _PEAK = 203.0, 1000.0
_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_GAMUT = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])


class Curve(NamedTuple):
    """luma: (256,) uint8, limited-range code to code. chroma: (256,) float32, gain by luma code. matrix: (3, 4)."""

    luma: NDArray[np.uint8]
    chroma: NDArray[np.float32]
    matrix: NDArray[np.float32]


def _pq_to_nits(code: NDArray[np.float64]) -> NDArray[np.float64]:
    power = np.clip(code, 0, 1) ** (1 / _M2)
    return np.asarray(10000 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1), dtype=np.float64)


def _nits_to_pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    power = (np.clip(nits, 0, 10000) / 10000) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2, dtype=np.float64)


def _hlg_to_nits(code: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    code = np.clip(code, 0, 1)
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return np.asarray(_PEAK * scene**1.2, dtype=np.float64)


def _rolled_off(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brightness above the knee bent so that the peak meets the screen's white."""
    top = float(_nits_to_pq(np.array([_PEAK]))[0])
    code = np.minimum(_nits_to_pq(nits) / top, 1.0)
    white = float(_nits_to_pq(np.array([_WHITE]))[0]) / top
    knee = 1.5 * white - 0.5
    t = np.clip((code - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * white
    return _pq_to_nits(np.where(code < knee, code, bent) * top)


@lru_cache(maxsize=4)
def curve(transfer: int) -> Curve:
    """The curve of a transfer characteristic (`PQ` or `HLG`)."""
    code = (np.arange(256) - 16) / 219
    nits = _pq_to_nits(code) if transfer == PQ else _hlg_to_nits(code)
    shown = np.clip(_rolled_off(nits) / _WHITE, 0, 1) ** (1 / 2.4)
    # Where two primaries differ by little, a curve on each scales their difference by its slope.
    slope = np.clip(np.gradient(shown, code), 0.0, 4.0)
    to_rgb = np.vstack([rgb_matrix(standard="bt2020"), [0, 0, 0, 1]])
    # The gamut matrix belongs to linear light; near neutral colours it acts on coded ones alike.
    gamut = np.eye(4)
    gamut[:3, :3] = _GAMUT
    matrix = (gamut @ to_rgb)[:3].astype(np.float32)
    return Curve(np.round(16 + 219 * shown).astype(np.uint8), slope.astype(np.float32), matrix)


def tone_mapped(y: Image, u: Image, v: Image, transfer: int) -> Planes:
    """Limited-range PQ or HLG planes as planes for an ordinary screen."""
    how = curve(transfer)
    small = cv2.resize(y, (u.shape[1], u.shape[0]), interpolation=cv2.INTER_AREA)
    gain = np.asarray(cv2.LUT(small, how.chroma), np.float32)
    return Planes(np.asarray(cv2.LUT(y, how.luma), np.uint8), _gained(u, gain), _gained(v, gain), how.matrix)


def _gained(chroma: Image, gain: NDArray[np.float32]) -> Image:
    return np.asarray(np.clip((chroma.astype(np.float32) - 128) * gain + 128.5, 0, 255).astype(np.uint8), np.uint8)
