"""The symmetry index and how far to trust it."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.core.asymmetry import symmetry_index, symmetry_uncertainty


def test_alike_is_zero_and_the_larger_right_side_positive() -> None:
    assert symmetry_index(80.0, 80.0) == 0.0
    assert symmetry_index(60.0, 90.0) == pytest.approx(40.0)
    assert symmetry_index(90.0, 60.0) == pytest.approx(-40.0)


def test_no_movement_has_no_index() -> None:
    with pytest.raises(ValueError, match="positive"):
        symmetry_index(0.0, 0.0)


def test_uncertainty_is_what_repeating_gives() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(80, 2, 20000), rng.normal(60, 3, 20000)
    found = np.std(100 * (right - left) / (0.5 * (right + left)))
    # 20000 draws: half a per cent; first order: a few parts in a thousand at these spreads.
    assert symmetry_uncertainty(80, 60, 2, 3) == pytest.approx(found, rel=0.03)
