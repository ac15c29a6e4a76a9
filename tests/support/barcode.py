"""Reads the bar code that the test videos of `robust/` carry in a strip on top: the frame's own number."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

# A white cell, 13 bits of the number, their parity, a white cell, on grey.
_CELLS = 16


def frame_number(gray: NDArray[np.uint8]) -> int | None:
    """The number on a (h, w) picture, or None where there is no sound bar code."""
    height = len(gray)
    profile = gray[round(0.03 * height) : max(1, round(0.07 * height))].mean(axis=0) if height > 20 else np.zeros(1)
    whites = np.flatnonzero(profile > 190)
    if len(whites) < 2:
        return None
    start, end = int(whites[0]), int(whites[-1]) + 1
    cell = (end - start) / _CELLS
    if cell < 4:
        return None
    edges = [round(start + cell * k) for k in range(_CELLS + 1)]
    margin = int(cell / 4)
    white = [float(profile[a + margin : b - margin].mean()) > 128 for a, b in pairwise(edges)]
    if not (white[0] and white[-1]) or sum(white[1:-1]) % 2:
        return None
    number = 0
    for bit in white[1:-2]:
        number = number * 2 + bit
    return number
