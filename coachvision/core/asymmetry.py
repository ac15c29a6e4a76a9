"""How unlike the two sides of the body move. Anyone may call it."""

from __future__ import annotations

import numpy as np


def symmetry_index(left: float, right: float) -> float:
    """Per cent: 100 (right - left) / mean of both; 0 = alike, positive = right larger (Robinson et al. 1987).

    Raises ValueError where the mean is not positive: the index means nothing then, and swells near zero.
    """
    mean = 0.5 * (left + right)
    if mean <= 0:
        raise ValueError("the symmetry index needs a positive mean of both sides")
    return 100.0 * (right - left) / mean


def symmetry_uncertainty(left: float, right: float, left_uncertainty: float, right_uncertainty: float) -> float:
    """Per cent, standard: first-order propagation of both sides' uncertainties (JCGM 100:2008, 5.1.2)."""
    total = left + right
    return float(400.0 * np.hypot(right * left_uncertainty, left * right_uncertainty) / total**2)
