"""Puts left and right back where the network exchanged them for a moment. For `outcome`.

In side view the network now and then takes the near leg for the far one. Of the two ways to name the limbs in each
frame, the sequence is chosen (Viterbi 1967) in which the limbs move most evenly, while every exchanged frame has to
earn its price: the surer the network was, the higher.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import LANDMARKS

Floats = NDArray[np.float32]

_LIMBS = (
    ("hip", "knee", "ankle", "heel", "foot_index"),
    ("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
)
# Prices in body sizes of uneven motion, averaged over a limb's landmarks.
_PER_FRAME = 0.01
_PER_FRAME_WHEN_SURE = 0.05
_PER_CHANGE = 0.12
# One landmark's jump counts no further than this: beyond, it is an outlier and says nothing about sides.
_MOST_JUMP = 0.4
# The network errs on sides for moments; what it says for longer stands.
_LONGEST_S = 1.0

_STATES = tuple(product((0, 1), repeat=2))  # (exchanged in the frame before, exchanged in this one)


def exchanged(
    points: Floats, confidence: Floats, sizes: NDArray[np.float64], seconds: NDArray[np.float64]
) -> NDArray[np.int64]:
    """points: (t, 33, 2), confidence: (t, 33), sizes: (t,) of the body in pixels, of consecutive frames at `seconds`.

    (t, 33) ranks: landmark k of frame i is the network's landmark `ranks[i, k]`.
    """
    ranks = np.tile(np.arange(len(LANDMARKS)), (len(points), 1))
    for names in _LIMBS:
        left = [LANDMARKS.index(f"left_{name}") for name in names]
        right = [LANDMARKS.index(f"right_{name}") for name in names]
        sure = np.minimum(confidence[:, left], confidence[:, right]).mean(axis=1)
        swap = _choose(points[:, left], points[:, right], sure, sizes)
        swap = _only_short(swap, seconds)
        rows = np.flatnonzero(swap)[:, None]
        ranks[rows, left], ranks[rows, right] = right, left
    return ranks


def _choose(left: Floats, right: Floats, sure: Floats, sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(t, k, 2) each: (t,) True where exchanging the sides makes the motion more even."""
    count = len(left)
    if count < 3:
        return np.zeros(count, bool)
    sides = np.stack([left, right])  # side, t, k, xy
    price = _PER_FRAME + _PER_FRAME_WHEN_SURE * sure.astype(np.float64)
    total = np.array([0.0 if not (a or b) else np.inf for a, b in _STATES])  # the first two frames stand
    came_from = np.zeros((count, len(_STATES)), np.int64)
    uneven = _unevenness(sides, sizes)
    for i in range(2, count):
        new = np.full(len(_STATES), np.inf)
        for before, (a, b) in enumerate(_STATES):
            if not np.isfinite(total[before]):
                continue
            for c in (0, 1):
                cost = total[before] + uneven[i, a, b, c] + c * price[i] + (b != c) * _PER_CHANGE
                state = _STATES.index((b, c))
                if cost < new[state]:
                    new[state], came_from[i, state] = cost, before
        total = new
    state = int(np.argmin(total))
    chosen = np.zeros(count, bool)
    for i in range(count - 1, 1, -1):
        chosen[i] = bool(_STATES[state][1])
        state = int(came_from[i, state])
    return chosen


def _unevenness(sides: Floats, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(t, 2, 2, 2): departure from steady motion over three frames, each as named (0) or exchanged (1)."""
    _, count, _, _ = sides.shape
    costs = np.zeros((count, 2, 2, 2))
    for a, b, c in product((0, 1), repeat=3):
        for side in (0, 1):
            expected = 2 * sides[side ^ b, 1:-1] - sides[side ^ a, :-2]
            jump = np.hypot(*np.moveaxis(sides[side ^ c, 2:] - expected, -1, 0)) / sizes[2:, None]
            costs[2:, a, b, c] += np.minimum(jump, _MOST_JUMP).mean(axis=1) / 2
    return costs


def _only_short(swap: NDArray[np.bool_], seconds: NDArray[np.float64]) -> NDArray[np.bool_]:
    kept = swap.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], swap.astype(np.int8), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        # One that lasts to the end of the sequence never came back: no momentary error.
        if end == len(swap) or seconds[end - 1] - seconds[start] > _LONGEST_S:
            kept[start:end] = False
    return kept
