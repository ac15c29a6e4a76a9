"""Cleaning of measured signals at true times: outliers out, short gaps filled, noise filtered without lag.

Anyone may call it. All functions take `times` (n,) seconds, strictly increasing but not necessarily even (variable
frame rate), and `values` (n,) or (n, k) with time along the first axis and NaN where nothing was measured. Arrays
given are never changed. Gaps are never bridged in secret: each run of measured values is filtered by itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

# A grid counts as even where no sample is further than this share of a step from its place: containers that round
# 33.3 ms to 33 or 34 ms stay within it, dropped frames do not.
_EVEN_TOLERANCE = 0.05
# Two passes of a second-order filter: the -3 dB point of both together moves down by this factor (Winter 2009, ch. 3).
_PASSES = 2
_DOUBLE_PASS = (2.0 ** (1.0 / _PASSES) - 1.0) ** 0.25
# Shorter runs hold too little to tell movement from noise and are left as they are.
_SHORTEST_RUN = 4
# Above this share of the sampling rate there is nothing left to take away (Nyquist is 0.5).
_HIGHEST_SHARE = 0.45


def runs(mask: NDArray[np.bool_]) -> list[slice]:
    """Slices of the unbroken stretches of True in a one-dimensional mask."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def pieces(times: Values, values: Values, max_step_s: float = np.inf) -> list[slice]:
    """Slices of values that are finite and no more than `max_step_s` apart in time. values: (n,)."""
    finite = np.isfinite(values)
    linked = finite[1:] & finite[:-1] & (np.diff(times) <= max_step_s)
    starts = np.flatnonzero(finite & ~np.concatenate([[False], linked]))
    ends = np.flatnonzero(finite & ~np.concatenate([linked, [False]]))
    return [slice(int(a), int(b) + 1) for a, b in zip(starts, ends, strict=True)]


def by_column(function: Callable[[Values], Values], values: Values) -> Values:
    """Apply a function of (n,) -> (n,) to every column of (n, ...)."""
    given = np.asarray(values, dtype=np.float64)
    if given.ndim == 1:
        return function(given)
    flat = given.reshape(len(given), -1)
    done = np.empty_like(flat)
    for column in range(flat.shape[1]):
        done[:, column] = function(np.ascontiguousarray(flat[:, column]))
    return done.reshape(given.shape)


def fill_gaps(times: Values, values: Values, max_gap_s: float) -> Values:
    """Fill gaps by monotone cubic interpolation, which never overshoots its neighbours (Fritsch and Carlson 1980).

    A gap is filled where the measured values on its two sides are at most `max_gap_s` apart; longer ones, and the
    beginning and end, stay NaN.
    """
    from scipy.interpolate import PchipInterpolator

    def fill(column: Values) -> Values:
        missing = np.isnan(column)
        if not missing.any() or np.count_nonzero(~missing) < 2:
            return column.copy()
        wanted = np.zeros_like(missing)
        for gap in runs(missing):
            inside = gap.start > 0 and gap.stop < len(column)
            if inside and times[gap.stop] - times[gap.start - 1] <= max_gap_s + 1e-9:
                wanted[gap] = True
        filled = column.copy()
        if wanted.any():
            curve = PchipInterpolator(times[~missing], column[~missing])
            filled[wanted] = curve(times[wanted])
        return filled

    return by_column(fill, values)


def hampel(
    times: Values,
    values: Values,
    half_window_s: float = 0.05,
    limit: float = 3.0,
    floor: float = 0.0,
) -> Values:
    """Turn outliers into NaN: values further than `limit` robust standard deviations from their window's median.

    Robust standard deviation: 1.4826 x median absolute deviation (Hampel 1974; Pearson 2002). The window reaches
    `half_window_s` worth of median intervals either way, at least three samples. The slope of the window (between the
    medians of its two halves) is taken off first, at true times: without that, a quick movement spreads the window so
    far that leaps hide in it. floor: deviation below which nothing is an outlier, in the unit of the values; without
    it, a signal that stands still has a deviation of zero and every breath is an outlier.
    """
    if len(times) < 3:
        return np.array(values, dtype=np.float64)
    half = max(3, round(half_window_s / float(np.median(np.diff(times)))))
    around = _windows(times, half) - times[:, None]
    between = _median(around[:, half + 1 :]) - _median(around[:, :half])

    def reject(column: Values) -> Values:
        windows = _windows(column, half)
        slope = (_median(windows[:, half + 1 :]) - _median(windows[:, :half])) / between
        level = windows - np.nan_to_num(slope)[:, None] * around
        centre = _median(level)
        spread = 1.4826 * _median(np.abs(level - centre[:, None]))
        outlier = np.abs(column - centre) > np.maximum(limit * spread, floor)
        return np.where(outlier, np.nan, column)

    return by_column(reject, values)


def _windows(column: Values, half: int) -> Values:
    """(n, 2 half + 1): each sample and its neighbours, NaN beyond the ends."""
    padded = np.concatenate([np.full(half, np.nan), column, np.full(half, np.nan)])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), dtype=np.float64)


def _median(windows: Values) -> Values:
    """Median along the last axis without NaN; numpy's own nanmedian is some ten times slower on small windows."""
    ordered = np.sort(windows, axis=-1)
    count = np.count_nonzero(np.isfinite(windows), axis=-1)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0)[:, None] // 2, axis=-1)[:, 0]
    high = np.take_along_axis(ordered, (count // 2)[:, None].clip(max=windows.shape[-1] - 1), axis=-1)[:, 0]
    return np.where(count > 0, 0.5 * (low + high), np.nan)


def even_grid(times: Values) -> Values | None:
    """An even grid over the same span, or None where the times are even already.

    Its step is a short one of those found (tenth percentile), so that no detail is lost where frames were dense.
    """
    steps = np.diff(times)
    mean_step = (times[-1] - times[0]) / len(steps)
    places = times[0] + mean_step * np.arange(len(times))
    if np.max(np.abs(times - places)) <= _EVEN_TOLERANCE * mean_step:
        return None
    step = max(float(np.percentile(steps, 10)), mean_step / 4.0)
    count = int(np.ceil((times[-1] - times[0]) / step)) + 1
    return np.linspace(times[0], times[-1], count)


def butterworth(times: Values, values: Values, cutoff_hz: float, max_step_s: float = 0.5) -> Values:
    """Low-pass without lag: a second-order Butterworth run forwards and backwards, fourth order in effect.

    The cut-off given is the -3 dB point of both passes together; the single pass is corrected for it by
    (2^(1/2) - 1)^(1/4) = 0.802 on the warped frequency (Winter 2009, "Biomechanics and Motor Control of Human
    Movement", 4th ed., ch. 3).

    Each piece (NaN or a hole in time of more than `max_step_s` ends one) is filtered by itself: its straight line is
    taken off, so that a steady drift comes through unchanged to the very ends, and added again. Uneven times (variable
    frame rate) are resampled by cubic spline to an even grid, filtered there, and read back at their own times.
    A cut-off at or above 0.45 of the sampling rate leaves a piece as it is, as does a piece of under four samples.
    Raises ValueError for a cut-off that is not positive.
    """
    if cutoff_hz <= 0:
        raise ValueError("the cut-off frequency must be positive")

    def low_pass(column: Values) -> Values:
        filtered = column.copy()
        for piece in pieces(times, column, max_step_s):
            if piece.stop - piece.start >= _SHORTEST_RUN:
                filtered[piece] = _filter_piece(times[piece], column[piece], cutoff_hz)
        return filtered

    return by_column(low_pass, values)


def _filter_piece(times: Values, values: Values, cutoff_hz: float) -> Values:
    from scipy.interpolate import CubicSpline

    grid = even_grid(times)
    if grid is None:
        rate = (len(times) - 1) / (times[-1] - times[0])
        return _filter_even(values, float(rate), cutoff_hz)
    rate = (len(grid) - 1) / (grid[-1] - grid[0])
    filtered = _filter_even(CubicSpline(times, values)(grid), float(rate), cutoff_hz)
    return np.asarray(CubicSpline(grid, filtered)(times), dtype=np.float64)


def _filter_even(values: Values, rate_hz: float, cutoff_hz: float) -> Values:
    from scipy.signal import butter, sosfiltfilt

    if cutoff_hz >= _HIGHEST_SHARE * rate_hz:
        return values.copy()
    single_pass_hz = rate_hz / np.pi * np.arctan(np.tan(np.pi * cutoff_hz / rate_hz) / _DOUBLE_PASS)
    sections = butter(2, min(single_pass_hz, 0.49 * rate_hz), fs=rate_hz, output="sos")
    at = np.arange(len(values), dtype=np.float64)
    line = np.polynomial.Polynomial.fit(at, values, 1)(at)
    # Three periods of the cut-off: the start-up of the filter has died down to a millionth by then.
    padding = min(len(values) - 1, int(np.ceil(3.0 * rate_hz / cutoff_hz)))
    smooth = sosfiltfilt(sections, values - line, padtype="odd", padlen=padding)
    return np.asarray(smooth + line, dtype=np.float64)


def double_pass_gain(frequencies_hz: Values, cutoff_hz: float, rate_hz: float) -> Values:
    """Gain (0..1) of `butterworth` at each frequency below half the sampling rate (bilinear transform)."""
    if cutoff_hz >= _HIGHEST_SHARE * rate_hz:
        return np.ones_like(frequencies_hz)
    warped = np.tan(np.pi * np.minimum(frequencies_hz / rate_hz, 0.4999))
    edge = np.tan(np.pi * cutoff_hz / rate_hz) / _DOUBLE_PASS
    return np.asarray(1.0 / (1.0 + (warped / edge) ** 4), dtype=np.float64)


class OneEuro:
    """Low-lag smoothing of a live signal, sample by sample (Casiez, Roussel and Vogel 2012, "1 EUR filter").

    min_cutoff_hz: smoothing at rest; beta: how much speed (units a second) opens the filter; speed_cutoff_hz: smoothing
    of the speed itself. Works on numbers or arrays of one shape, each element by its own clock: NaN comes out as NaN
    and changes nothing, and after more than `forget_s` without a value an element starts anew.
    """

    def __init__(
        self, min_cutoff_hz: float = 1.0, beta: float = 0.0, speed_cutoff_hz: float = 1.0, forget_s: float = 0.5
    ) -> None:
        self.min_cutoff_hz = min_cutoff_hz
        self.beta = beta
        self.speed_cutoff_hz = speed_cutoff_hz
        self.forget_s = forget_s
        self._time: Values | None = None
        self._value: Values = np.empty(0)
        self._speed: Values = np.empty(0)

    def __call__(self, time_s: float, value: float | Values) -> Values:
        """The smoothed value at `time_s` (seconds, rising from call to call). Raises ValueError where time stands."""
        given = np.asarray(value, dtype=np.float64)
        if self._time is None:
            self._time = np.full(given.shape, -np.inf)
            self._value = np.zeros(given.shape)
            self._speed = np.zeros(given.shape)
        step = time_s - self._time
        if np.any(step <= 0):
            raise ValueError("time must rise from call to call")
        known = np.isfinite(given)
        fresh = known & (step > self.forget_s)
        going = known & ~fresh
        dt = np.where(going, step, 1.0)
        moved = np.where(going, given - self._value, 0.0)
        speed = self._speed + _share(self.speed_cutoff_hz, dt) * (moved / dt - self._speed)
        cutoff = self.min_cutoff_hz + self.beta * np.abs(speed)
        smooth = self._value + _share(cutoff, dt) * moved
        self._speed = np.where(going, speed, np.where(fresh, 0.0, self._speed))
        self._value = np.where(going, smooth, np.where(fresh, given, self._value))
        self._time = np.where(known, time_s, self._time)
        return np.where(known, self._value, np.nan)


def _share(cutoff_hz: float | Values, step_s: Values) -> Values:
    """Weight of the newest sample in exponential smoothing of that cut-off."""
    turn = 2.0 * np.pi * cutoff_hz * step_s
    return np.asarray(turn / (turn + 1.0), dtype=np.float64)
