"""Signals cleaned at true times: gaps, outliers, zero-lag low-pass, live smoothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.filters import OneEuro, butterworth, even_grid, fill_gaps, hampel, pieces

RATE = 60.0


def _times(seconds: float = 5.0, rate: float = RATE) -> np.ndarray:
    return np.arange(round(seconds * rate)) / rate


def _uneven(seconds: float = 5.0, seed: int = 0) -> np.ndarray:
    """Times of a phone: jitter of a tenth of a step, a tenth of the frames dropped."""
    rng = np.random.default_rng(seed)
    times = _times(seconds)
    kept = np.sort(rng.permutation(len(times))[: int(0.9 * len(times))])
    return times[kept] + rng.uniform(-0.1, 0.1, len(kept)) / RATE


@st.composite
def _frame_times(draw: st.DrawFn) -> np.ndarray:
    steps = draw(st.lists(st.sampled_from([0.008, 0.016, 0.033, 0.034, 0.067]), min_size=20, max_size=120))
    return np.cumsum(steps)


@given(_frame_times(), st.floats(1, 12), st.floats(-500, 500), st.floats(-100, 100))
def test_low_pass_keeps_what_stands_still_and_what_moves_evenly(
    times: np.ndarray, cutoff: float, start: float, slope: float
) -> None:
    line = start + slope * times
    # Rounding in the filter alone: some 1e-9 of the largest value.
    np.testing.assert_allclose(butterworth(times, line, cutoff), line, atol=1e-6)


def test_low_pass_has_no_lag() -> None:
    times = _times(10)
    wave = np.sin(2 * np.pi * 1.5 * times)
    smooth = butterworth(times, wave, 4.0)
    inner = slice(120, -120)  # two seconds of either end: what the end does is another matter
    lag = np.angle(np.vdot(np.exp(2j * np.pi * 1.5 * times[inner]), smooth[inner] + 0j)) + np.pi / 2
    assert abs(lag) < 1e-3


@pytest.mark.parametrize("cutoff", [3.0, 6.0, 12.0])
def test_cut_off_is_the_half_power_point_of_both_passes_together(cutoff: float) -> None:
    times = _times(20)
    smooth = butterworth(times, np.sin(2 * np.pi * cutoff * times), cutoff)
    assert np.std(smooth[300:-300]) * np.sqrt(2) == pytest.approx(1 / np.sqrt(2), rel=0.005)


def test_low_pass_falls_off_as_a_fourth_order_filter() -> None:
    times = _times(20, 240.0)
    smooth = butterworth(times, np.sin(2 * np.pi * 20.0 * times), 4.0)
    # Single pass, second order, cut-off 4 / 0.802: power gain 1 / (1 + (20 * 0.802 / 4)^4), squared by the second pass.
    warp = np.tan(np.pi * 20 / 240) / np.tan(np.pi * 4 / 240)
    expected = 1 / (1 + (np.sqrt(2) - 1) * warp**4)
    assert np.std(smooth[1000:-1000]) * np.sqrt(2) == pytest.approx(expected, rel=0.01)


@given(st.integers(0, 1000), st.floats(0.3, 2.5))
def test_variable_frame_rate_gives_what_even_frames_would(seed: int, hertz: float) -> None:
    times = _uneven(seed=seed)
    even = _times()
    at_even = butterworth(even, np.sin(2 * np.pi * hertz * even), 6.0)
    at_uneven = butterworth(times, np.sin(2 * np.pi * hertz * times), 6.0)
    inner = (times > 0.5) & (times < 4.5)
    # A spline through 54 samples a second misses a wave of 2.5 Hz by under a hundredth.
    np.testing.assert_allclose(at_uneven[inner], np.interp(times, even, at_even)[inner], atol=0.015)


def test_low_pass_does_not_reach_across_gaps() -> None:
    times = _times()
    values = np.where(times < 2, 0.0, 100.0)
    values[110:125] = np.nan
    smooth = butterworth(times, values, 5.0)
    assert np.array_equal(np.isnan(smooth), np.isnan(values))
    assert np.nanmax(np.abs(smooth - values)) < 1e-9


def test_low_pass_does_not_reach_across_a_hole_in_time() -> None:
    times = np.concatenate([_times(1), _times(1) + 3.0])
    values = np.where(times < 2, 0.0, 100.0)
    np.testing.assert_allclose(butterworth(times, values, 5.0, max_step_s=0.5), values, atol=1e-9)


def test_many_columns_are_filtered_each_by_itself() -> None:
    times = _uneven()
    rng = np.random.default_rng(1)
    values = rng.normal(size=(len(times), 3, 2))
    together = butterworth(times, values, 6.0)
    assert np.array_equal(together[:, 1, 0], butterworth(times, values[:, 1, 0], 6.0))


def test_a_cut_off_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        butterworth(_times(), _times(), 0.0)


@given(st.integers(0, 8))
def test_short_runs_come_through(count: int) -> None:
    times = _times()[:count]
    smooth = butterworth(times, np.arange(count, dtype=float), 6.0)
    np.testing.assert_allclose(smooth, np.arange(count), atol=1e-9)


def test_millisecond_rounding_counts_as_even_and_a_dropped_frame_does_not() -> None:
    times = np.round(np.arange(300) / 30.0, 3)
    assert even_grid(times) is None
    assert even_grid(np.delete(times, 100)) is not None


def test_gaps_up_to_the_limit_are_filled_and_longer_ones_left() -> None:
    times = _times()
    truth = np.sin(2 * np.pi * times)
    values = truth.copy()
    values[50:56] = np.nan  # 7 steps between its neighbours: 0.117 s
    values[100:120] = np.nan  # 0.35 s
    values[:3] = values[-3:] = np.nan
    filled = fill_gaps(times, values, 0.2)
    # Cubic over 0.117 s of a one-hertz wave.
    np.testing.assert_allclose(filled[50:56], truth[50:56], atol=0.02)
    assert np.isnan(filled[100:120]).all()
    assert np.isnan(filled[[0, 1, 2, -3, -2, -1]]).all()
    assert np.isnan(values[50]), "what was given is not changed"


@given(st.lists(st.integers(-1000, 1000).map(lambda tenths: tenths / 10), min_size=4, max_size=30), st.data())
def test_filled_gaps_never_overshoot_their_neighbours(values: list[float], data: st.DataObject) -> None:
    hole = data.draw(st.integers(1, len(values) - 2))
    given_ = np.array(values)
    given_[hole] = np.nan
    filled = fill_gaps(np.arange(len(values)) / 30.0, given_, 1.0)
    low, high = sorted((values[hole - 1], values[hole + 1]))
    assert low - 1e-9 <= filled[hole] <= high + 1e-9


@given(st.integers(0, 100), st.integers(10, 280), st.sampled_from([-40.0, 40.0]))
def test_a_single_leap_is_rejected_and_movement_is_kept(seed: int, at: int, leap: float) -> None:
    times = _uneven(6.0, seed)
    wave = 30.0 * np.sin(2 * np.pi * 0.8 * times)
    leaping = wave.copy()
    leaping[at] += leap
    cleaned = hampel(times, leaping, floor=3.0)
    assert np.isnan(cleaned[at])
    # Three deviations of a window of seven: near a leap a neighbour may go with it, more would be wrong.
    assert np.count_nonzero(np.isnan(cleaned)) <= 3


def test_a_still_signal_has_no_outliers_within_the_floor() -> None:
    times = _times()
    values = np.zeros(len(times))
    values[20] = 0.5
    assert np.isnan(hampel(times, values)[20])
    assert not np.isnan(hampel(times, values, floor=1.0)).any()


def test_pieces_end_at_gaps_and_holes() -> None:
    times = np.array([0.0, 0.1, 0.2, 0.3, 1.3, 1.4, 1.5])
    values = np.array([1.0, np.nan, 1.0, 1.0, 1.0, 1.0, np.nan])
    assert pieces(times, values, 0.5) == [slice(0, 1), slice(2, 4), slice(4, 6)]
    assert pieces(times, values) == [slice(0, 1), slice(2, 6)]


def test_one_euro_calms_a_still_hand_and_follows_a_quick_one() -> None:
    rng = np.random.default_rng(0)
    times = _uneven(4.0)
    truth = np.where(times < 2, 0.0, 400.0 * (times - 2))
    noisy = truth + rng.normal(0, 2.0, len(times))
    live = OneEuro(min_cutoff_hz=1.0, beta=0.05)
    smooth = np.array([float(live(t, v)) for t, v in zip(times, noisy, strict=True)])
    still, quick = (times > 0.5) & (times < 2), times > 3
    # Exponential smoothing of 1 Hz at 55 Hz lets about a quarter of white noise through.
    assert np.std(smooth[still]) < 0.5 * np.std(noisy[still])
    # At 400 px/s the cut-off opens to 21 Hz: the lag is 1 / (2 pi 21) = 8 ms, 3 px; a filter of 1 Hz lags by 64 px.
    assert np.mean(np.abs(smooth - truth)[quick]) < 8


def test_one_euro_passes_gaps_through_and_starts_anew_after_long_ones() -> None:
    live = OneEuro(forget_s=0.5)
    assert live(0.0, np.array([1.0, 5.0])).tolist() == [1.0, 5.0]
    second = live(0.1, np.array([np.nan, 5.0]))
    assert np.isnan(second[0])
    assert second[1] == pytest.approx(5.0)
    assert live(1.0, np.array([9.0, 7.0]))[0] == 9.0, "nothing of a second ago drags on it"
    with pytest.raises(ValueError, match="rise"):
        live(1.0, np.array([9.0, 7.0]))
