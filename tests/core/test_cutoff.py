"""The cut-off that the signal itself asks for."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.core.cutoff import residual_cutoff
from coachvision.core.filters import butterworth


def _movement(times: np.ndarray, hertz: float) -> np.ndarray:
    return 40 * np.sin(2 * np.pi * hertz * times) + 8 * np.sin(2 * np.pi * 2 * hertz * times + 1)


@pytest.mark.parametrize(("rate", "hertz", "noise"), [(30, 1.0, 1.0), (60, 0.5, 2.0), (60, 2.0, 1.0), (240, 3.0, 2.0)])
def test_the_automatic_cut_off_is_near_the_best_one(rate: int, hertz: float, noise: float) -> None:
    times = np.arange(rate * 8) / rate
    truth = _movement(times, hertz)
    ratios = []
    for seed in range(5):
        noisy = truth + np.random.default_rng(seed).normal(0, noise, len(times))
        errors = [np.std(butterworth(times, noisy, fc) - truth) for fc in np.arange(0.5, 0.4 * rate, 0.5)]
        found = np.std(butterworth(times, noisy, residual_cutoff(times, noisy, 0.5, 100.0)) - truth)
        ratios.append(found / min(errors))
    # Winter's rule takes as much from the movement as it leaves of the noise: near the least error, never on it.
    assert np.mean(ratios) < 1.4
    raw = noise / min(errors)
    assert np.mean(ratios) < raw, "better than no filter"


def test_quicker_movement_asks_for_a_higher_cut_off() -> None:
    times = np.arange(480) / 60
    noise = np.random.default_rng(0).normal(0, 1, len(times))
    slow, quick = (residual_cutoff(times, _movement(times, hertz) + noise, 0.5, 30.0) for hertz in (0.5, 3.0))
    assert slow < 3.0 < quick


def test_uneven_times_and_gaps_give_about_the_same_answer() -> None:
    rng = np.random.default_rng(2)
    times = np.arange(600) / 60
    noisy = _movement(times, 1.0) + rng.normal(0, 1, len(times))
    even = residual_cutoff(times, noisy, 0.5, 30.0)
    holed = noisy.copy()
    holed[200:230] = np.nan
    # Two of the steps in which cut-offs are tried (0.3 Hz each, of about 3 Hz); one is the most seen over 60 seeds.
    assert residual_cutoff(times, holed, 0.5, 30.0) == pytest.approx(even, rel=0.2)
    kept = np.sort(rng.permutation(600)[:540])
    # Three standard deviations over 60 seeds (0.12): which frames are missing changes what is known of the noise.
    assert residual_cutoff(times[kept], noisy[kept], 0.5, 30.0) == pytest.approx(even, rel=0.36)


def test_answers_stay_within_bounds_and_too_little_falls_back() -> None:
    times = np.arange(300) / 30
    still = np.random.default_rng(0).normal(0, 1, 300)
    assert residual_cutoff(times, still, 4.0, 12.0) == 4.0
    assert residual_cutoff(times, _movement(times, 1.0), 4.0, 9.0) > 7.0, "no noise: next to nothing to take away"
    assert residual_cutoff(times[:10], still[:10], fallback_hz=6.0) == 6.0
    assert residual_cutoff(times, np.zeros(300), 4.0, 9.0) == 9.0
    assert residual_cutoff(np.arange(100) / 5, still[:100], 4.0, 12.0) <= 2.0, "below what 5 frames a second can hold"
