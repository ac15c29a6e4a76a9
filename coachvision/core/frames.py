"""One upright, square-pixel, 8-bit frame and the conversions analyzers share. cv2 only as array arithmetic, no I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Affine = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Planes:
    """8-bit 4:2:0 planes. y (h, w); u, v (ceil(h/2), ceil(w/2)). rgb_matrix: (3, 4) float32, RGB = M @ [Y, U, V, 1]."""

    y: Image
    u: Image
    v: Image
    rgb_matrix: NDArray[np.float32]


class Frame:
    """A picture with its time. Conversions are made on demand, once, and shared by all analyzers of a pass.

    pts: ticks; index: frame number; time_s: real seconds from the first frame. Belongs to one thread.
    """

    def __init__(
        self,
        index: int,
        pts: int,
        time_s: float,
        *,
        rgb: Image | None = None,
        planes: Planes | None = None,
        to_rgb: Callable[[], Image] | None = None,
    ) -> None:
        """Give `rgb` (h, w, 3), or `planes`; with planes, `to_rgb` may supply a better full conversion."""
        if (rgb is None) == (planes is None):
            raise ValueError("a frame is made from either rgb or planes")
        self.index = index
        self.pts = pts
        self.time_s = time_s
        self.planes = planes
        self._to_rgb = to_rgb
        if rgb is not None:
            self.__dict__["rgb"] = rgb
            self.height, self.width = rgb.shape[:2]
        elif planes is not None:
            self.height, self.width = planes.y.shape

    @cached_property
    def rgb(self) -> Image:
        """(h, w, 3) uint8. The dearest conversion: ask for `gray` or `sample` where they do."""
        if self._to_rgb is not None:
            return self._to_rgb()
        planes = self._require_planes()
        size = (self.width, self.height)
        stacked = cv2.merge([planes.y, cv2.resize(planes.u, size), cv2.resize(planes.v, size)])
        return np.asarray(cv2.transform(stacked, planes.rgb_matrix), dtype=np.uint8)

    @cached_property
    def gray(self) -> Image:
        """(h, w) uint8 luma. Free where the decoder gave planes."""
        if self.planes is not None:
            return self.planes.y
        return np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)

    def _require_planes(self) -> Planes:
        if self.planes is None:
            raise ValueError("this frame was made without planes")
        return self.planes

    def sample(self, to_frame: Affine, size: tuple[int, int], *, border: int | None = 0) -> Image:
        """An RGB picture of `size` (width, height), (height, width, 3) uint8, seen through an affine map.

        to_frame: (2, 3), maps pixel centres of the result to pixel centres of this frame. Bilinear; outside the frame
        black (`border=0`) or the nearest edge pixel (`border=None`). Converts only what is seen.
        """
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        mode = cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT
        planes = self.planes
        if planes is None or "rgb" in self.__dict__:
            value = (border or 0,) * 3
            return np.asarray(
                cv2.warpAffine(self.rgb, to_frame, size, flags=flags, borderMode=mode, borderValue=value),
                dtype=np.uint8,
            )
        # Chroma samples sit between luma rows and columns: luma centre x is chroma centre (x - 0.5) / 2.
        to_chroma = to_frame * 0.5
        to_chroma[:, 2] -= 0.25
        y = cv2.warpAffine(planes.y, to_frame, size, flags=flags, borderMode=mode, borderValue=(_luma_black(planes),))
        u = cv2.warpAffine(planes.u, to_chroma, size, flags=flags, borderMode=mode, borderValue=(128,))
        v = cv2.warpAffine(planes.v, to_chroma, size, flags=flags, borderMode=mode, borderValue=(128,))
        return np.asarray(cv2.transform(cv2.merge([y, u, v]), planes.rgb_matrix), dtype=np.uint8)


def _luma_black(planes: Planes) -> float:
    """The luma that the matrix turns to RGB 0 (16 in limited range, 0 in full)."""
    gain = float(planes.rgb_matrix[0, 0])
    offset = float(planes.rgb_matrix[0] @ np.array([0, 128, 128, 1], np.float32))
    return max(0.0, -offset / gain)


def rgb_matrix(*, standard: str = "bt601", full_range: bool = False) -> NDArray[np.float32]:
    """(3, 4) matrix from 8-bit Y'CbCr to R'G'B'. Source: ITU-R BT.601-7, BT.709-6, BT.2020-2 luma coefficients."""
    kr, kb = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}[standard]
    kg = 1.0 - kr - kb
    y_gain, c_gain, y_off = (1.0, 1.0, 0.0) if full_range else (255 / 219, 255 / 224, 16.0)
    to_rgb = np.array(
        [
            [y_gain, 0.0, 2 * (1 - kr) * c_gain],
            [y_gain, -2 * kb * (1 - kb) / kg * c_gain, -2 * kr * (1 - kr) / kg * c_gain],
            [y_gain, 2 * (1 - kb) * c_gain, 0.0],
        ]
    )
    offset = -to_rgb @ np.array([y_off, 128.0, 128.0])
    return np.hstack([to_rgb, offset[:, None]]).astype(np.float32)
