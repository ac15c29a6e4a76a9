"""Smaller copies of a frame, made from its planes. Used by proxy, filmstrip and first picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Frame, Image, Planes, rgb_matrix

_FROM_RGB = rgb_matrix(standard="bt601")


def fitted(width: int, height: int, most_pixels: int) -> tuple[int, int]:
    """An even (width, height) of at most `most_pixels`, in the same shape; never enlarged."""
    # A whole factor is preferred where it costs little size: it scales fastest and cleanest.
    shrink = max(1.0, (width * height / most_pixels) ** 0.5)
    if 0 < round(shrink) - shrink < 0.15:
        shrink = float(round(shrink))
    return max(2, round(width / shrink / 2) * 2), max(2, round(height / shrink / 2) * 2)


def scaled(frame: Frame, width: int, height: int) -> Planes:
    """The frame as 4:2:0 planes of an even size."""
    planes = frame.planes
    if planes is None:
        small = _resized(frame.rgb, width, height)
        i420 = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2YUV_I420), np.uint8).reshape(-1)
        size, quarter = width * height, width * height // 4
        u, v = i420[size : size + quarter], i420[size + quarter :]
        chroma = (height // 2, width // 2)
        return Planes(i420[:size].reshape(height, width), u.reshape(chroma), v.reshape(chroma), _FROM_RGB)
    return Planes(
        _resized(planes.y, width, height),
        _resized(planes.u, width // 2, height // 2),
        _resized(planes.v, width // 2, height // 2),
        planes.rgb_matrix,
    )


def scaled_rgb(frame: Frame, width: int, height: int) -> Image:
    """(height, width, 3) uint8, free of the shimmer that plain sampling gives thumbnails."""
    if frame.planes is None:
        return _area(frame.rgb, width, height)
    parts = [_area(part, width, height) for part in (frame.planes.y, frame.planes.u, frame.planes.v)]
    return np.asarray(cv2.transform(cv2.merge(parts), frame.planes.rgb_matrix), np.uint8)


def _resized(plane: Image, width: int, height: int) -> Image:
    if plane.shape[:2] == (height, width):
        return plane
    whole = plane.shape[1] % width == 0 and plane.shape[0] % height == 0
    # Averaging over whole blocks is fast; over broken ones it costs six times a bilinear look-up.
    return np.asarray(
        cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA if whole else cv2.INTER_LINEAR), np.uint8
    )


def _area(plane: NDArray[np.uint8], width: int, height: int) -> Image:
    smaller = plane.shape[1] > width
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=how), np.uint8)
