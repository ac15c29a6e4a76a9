"""From a track as the pose network gave it to one fit for measuring. Anyone may call it; analyzers of movement do.

Order: what was not surely seen becomes a gap, outliers become gaps, short gaps are filled, the rest is filtered
without lag. Coordinates are filtered before angles are taken, since angles of noisy points are biased
(Winter 2009, ch. 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision.core.cutoff import residual_cutoff
from coachvision.core.filters import butterworth, fill_gaps, hampel

Values = NDArray[np.float64]

# Between these the automatic cut-off may choose. A walk needs 4 to 6 Hz (Winter 2009), a run more, and of a second
# or two residual analysis leans to too little: a runner's knee lost 10 of 120 degrees at 4 to 5 Hz. Above 15 Hz a pose
# network shows little but noise.
AUTOMATIC_HZ = (6.0, 15.0)


@dataclass(frozen=True)
class Cleaning:
    """min_confidence: landmarks below it become gaps. max_gap_s: longest gap that is filled.

    low_pass: filter or not. cutoff_hz: of the zero-lag Butterworth; 0 = automatic, by landmark (`core.cutoff`).
    """

    min_confidence: float = 0.3
    max_gap_s: float = 0.2
    low_pass: bool = True
    cutoff_hz: float = 0.0


@dataclass(frozen=True, eq=False)
class Cleaned:
    """raw: (t, p, d) as measured, NaN where not surely seen. values: cleaned. cutoffs_hz: (p,), NaN = unfiltered."""

    raw: Values
    values: Values
    cutoffs_hz: Values


def clean(
    times: Values,
    points: NDArray[np.floating],
    confidence: NDArray[np.floating],
    settings: Cleaning,
    *,
    trusted: NDArray[np.bool_] | None = None,
    floor: float = 0.0,
) -> Cleaned:
    """Clean (t, p, d) points with (t, p) confidence at (t,) seconds.

    trusted: (t, p), True where the coach placed the point: neither confidence nor outlier test applies to it.
    floor: distance, in the unit of the points, below which no point is an outlier.
    """
    raw = np.array(points, dtype=np.float64)
    sure = np.zeros(raw.shape[:2], dtype=bool) if trusted is None else trusted
    unseen = ~(sure | (confidence >= settings.min_confidence)) | ~np.isfinite(raw).all(axis=-1)
    raw[unseen] = np.nan
    values = hampel(times, raw, floor=floor)
    # An outlier in one coordinate is an outlier in all.
    lost = np.isnan(values).any(axis=-1)
    values[lost] = np.nan
    values[sure] = raw[sure]
    values = fill_gaps(times, values, settings.max_gap_s)
    cutoffs = np.full(raw.shape[1], np.nan)
    if settings.low_pass and len(times) > 2:
        # At few frames a second a single step may exceed the longest gap; it is no hole for that.
        hole_s = max(settings.max_gap_s, 3.0 * float(np.median(np.diff(times))))
        for place in range(raw.shape[1]):
            column = np.ascontiguousarray(values[:, place])
            cutoffs[place] = settings.cutoff_hz or residual_cutoff(times, column, *AUTOMATIC_HZ, max_step_s=hole_s)
            values[:, place] = butterworth(times, column, float(cutoffs[place]), hole_s)
    return Cleaned(raw, values, cutoffs)
