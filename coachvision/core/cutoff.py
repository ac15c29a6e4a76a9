"""The cut-off frequency of a low-pass filter, found from the signal itself by residual analysis. Anyone may call it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coachvision.core.filters import double_pass_gain, even_grid, pieces

Values = NDArray[np.float64]

# Runs shorter than this say nothing of their spectrum.
_SHORTEST_RUN = 16
# Cut-offs are tried up to this share of the sampling rate, and the noise is told from those up to a third: beyond, too
# few frequencies remain.
_HIGHEST_SHARE = 0.4
_NOISE_SHARE = 1.0 / 3.0
# Resampling of uneven times weakens what lies above this share of the sampling rate; it is then left out.
_TRUE_SHARE = 0.3
_TRIED = 80
# Spectra of all runs are gathered in this many steps from 0 to half the sampling rate.
_BINS = 1024


def residual_cutoff(
    times: Values,
    values: Values,
    lowest_hz: float = 2.0,
    highest_hz: float = 15.0,
    fallback_hz: float = 6.0,
    max_step_s: float = 0.5,
) -> float:
    """Cut-off in Hz at which as much movement is lost as noise is let through (residual analysis, Winter 2009, ch. 3).

    The residual R(f) is the RMS of what a zero-lag Butterworth of cut-off f takes away. Where f is high, noise alone
    is taken away. Winter draws the line of the noise by eye and follows it to 0 Hz, where it tells the RMS of all the
    noise; here white noise is assumed instead, of which the share taken away at f is known from the filter, so that
    the level is the smallest of R(f) / share(f). The cut-off is the lowest f with R(f) at or below that level.

    times (n,), values (n,) or (n, k); all columns are judged together and share one cut-off. NaN and holes in time
    part the signal into runs. Returns `fallback_hz` where no run is long enough; the answer lies within
    `lowest_hz` and `highest_hz` and below 0.4 of the sampling rate.
    """
    columns = np.asarray(values, dtype=np.float64).reshape(len(times), -1)
    power, lines = np.zeros(_BINS), np.zeros(_BINS)
    rates = [
        _add_spectrum(power, lines, times[piece], column[piece])
        for column in columns.T
        for piece in pieces(times, column, max_step_s)
        if piece.stop - piece.start >= _SHORTEST_RUN
    ]
    if not rates:
        return fallback_hz
    rate = float(np.median(rates))
    tried, lost = _taken_away(rate)
    top = float(tried[-1])
    taken = lost @ power
    level = float(np.min((taken / (lost @ lines))[tried <= _NOISE_SHARE * rate]))
    # What is taken falls as the cut-off rises: the first at the level is the lowest. Without any noise there is none.
    below = np.flatnonzero(taken <= level * lines.sum())
    found = float(tried[below[0]]) if len(below) and level > 0 else top
    return float(np.clip(found, min(lowest_hz, top), min(highest_hz, top)))


@lru_cache(maxsize=8)
def _taken_away(rate_hz: float) -> tuple[Values, Values]:
    """Cut-offs to try, rising, and (tried, bins) the share of power that each takes from a frequency."""
    centres = (np.arange(_BINS) + 0.5) / _BINS * (rate_hz / 2.0)
    top = _HIGHEST_SHARE * rate_hz
    tried = np.linspace(min(0.5, top / 4.0), top, _TRIED)
    lost = np.array([(1.0 - double_pass_gain(centres, float(cutoff), rate_hz)) ** 2 for cutoff in tried])
    return tried, lost


def _add_spectrum(power: Values, lines: Values, times: Values, values: Values) -> float:
    """Add the power spectrum of a run to the bins (and the number of its lines to `lines`); its rate in Hz.

    The end-to-end line is taken off first, and sines alone are used, so that the ends make no step.
    """
    from scipy.fft import dst
    from scipy.interpolate import CubicSpline

    even = values
    if even_grid(times) is not None:
        even = CubicSpline(times, values)(np.linspace(times[0], times[-1], len(times)))
    count = len(even)
    coefficients = dst((even - np.linspace(even[0], even[-1], count))[1:-1], type=1, norm="ortho")
    bins = np.arange(1, count - 1) * _BINS // (count - 1)
    true = slice(None) if even is values else bins < 2.0 * _TRUE_SHARE * _BINS
    power += np.bincount(bins[true], weights=coefficients[true] ** 2, minlength=_BINS)
    lines += np.bincount(bins[true], minlength=_BINS)
    return float((count - 1) / (times[-1] - times[0]))
