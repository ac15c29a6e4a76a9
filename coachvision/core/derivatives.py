"""Velocity and acceleration at true, possibly uneven times. Anyone may call it.

`times` (n,) seconds, strictly increasing; `values` (n,) or (n, k), NaN in gaps. Filter first: differentiation
multiplies noise by its frequency.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coachvision.core.filters import by_column, pieces

Values = NDArray[np.float64]


def velocity(times: Values, values: Values, max_step_s: float = 0.5) -> Values:
    """First derivative, unit a second: the slope of the parabola through a sample and its two neighbours.

    Second order also where the steps differ (Fornberg 1988); one-sided at the ends of a run. NaN where a run has
    fewer than three samples. NaN or a step of more than `max_step_s` ends a run.
    """
    return by_column(lambda column: _runwise(times, column, max_step_s, _slope), values)


def acceleration(times: Values, values: Values, max_step_s: float = 0.5) -> Values:
    """Second derivative, unit a second squared, of the same parabola; the ends of a run take their neighbour's."""
    return by_column(lambda column: _runwise(times, column, max_step_s, _curvature), values)


def speed(times: Values, points: Values, max_step_s: float = 0.5) -> Values:
    """(n,) length of the velocity of (n, d) points, in their unit a second."""
    return np.asarray(np.linalg.norm(velocity(times, points, max_step_s), axis=-1), dtype=np.float64)


def _runwise(times: Values, values: Values, max_step_s: float, rule: Callable[[Values, Values], Values]) -> Values:
    derived = np.full(len(values), np.nan)
    for piece in pieces(times, values, max_step_s):
        if piece.stop - piece.start >= 3:
            derived[piece] = rule(times[piece], values[piece])
    return derived


def _slope(times: Values, values: Values) -> Values:
    return np.asarray(np.gradient(values, times, edge_order=2), dtype=np.float64)


def _curvature(times: Values, values: Values) -> Values:
    steps = np.diff(times)
    slopes = np.diff(values) / steps
    inner = 2.0 * np.diff(slopes) / (steps[1:] + steps[:-1])
    return np.concatenate([inner[:1], inner, inner[-1:]])
