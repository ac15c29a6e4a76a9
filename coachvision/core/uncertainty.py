"""Standard uncertainty of what is measured: from frame rate, pixels and landmark jitter. Anyone may call it.

All results are standard uncertainties (one standard deviation) in the unit of the quantity, as in JCGM 100:2008
("GUM"); twice as much covers about 95 %.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coachvision.core.filters import double_pass_gain

Values = NDArray[np.float64]

# Mean absolute error of sagittal angles from one camera against marker motion capture: hip 4.0, knee 5.6, ankle 7.4
# degrees (Stenum, Rossi and Roemmich 2021). For a normal error the standard deviation is sqrt(pi / 2) of that mean.
# Elbow and shoulder were not in that study; they are given the knee's, the middle one.
_MEAN_ABSOLUTE_ERROR = {"hip": 4.0, "knee": 5.6, "ankle": 7.4, "elbow": 5.6, "shoulder": 5.6}

# Root mean square difference between angles from the world landmarks of one camera and published inverse kinematics
# of several (Pose2Sim's balancing trial, Pagnon et al. 2022), over two oblique views of 100 frames and both sides.
# Depth is mostly underestimated, so bent joints look straighter. The shoulder was not compared; it takes the elbow's.
_IN_SPACE = {"hip": 16.0, "knee": 23.0, "ankle": 20.0, "elbow": 34.0, "shoulder": 34.0}


def combined(*terms: float) -> float:
    """Root of the sum of squares of independent terms (JCGM 100:2008, 5.1.2)."""
    return float(np.sqrt(np.sum(np.square(terms))))


def rectangular(width: float) -> float:
    """Of a value known to lie anywhere within `width`: width / sqrt(12) (JCGM 100:2008, 4.3.7)."""
    return float(width / np.sqrt(12.0))


def instant(frame_interval_s: float) -> float:
    """Seconds: an event that fell anywhere between two frames."""
    return rectangular(frame_interval_s)


def duration(frame_interval_s: float) -> float:
    """Seconds: between two such events, each rounded to a frame by itself."""
    return combined(instant(frame_interval_s), instant(frame_interval_s))


def jitter(times: Values, values: Values, max_step_s: float = 0.5) -> float:
    """Standard deviation of the noise of a signal (n,) that moves smoothly between neighbouring samples.

    A sample's distance from the line through its two neighbours has a variance of (1 + a^2 + b^2) times the noise,
    a and b being the neighbours' shares at uneven times (Gasser, Sroka and Jennen-Steinmetz 1986). Their median is
    taken in place of their mean (1.4826 x, as in Hampel 1974), so that the few frames of fastest movement do not
    count as noise. NaN where no three neighbouring samples exist.
    """
    steps = np.diff(times)
    if len(steps) < 2:
        return float("nan")
    before = steps[1:] / (steps[1:] + steps[:-1])
    off = before * values[:-2] + (1.0 - before) * values[2:] - values[1:-1]
    noise = np.abs(off) / np.sqrt(1.0 + before**2 + (1.0 - before) ** 2)
    noise = noise[np.isfinite(noise) & (np.maximum(steps[1:], steps[:-1]) <= max_step_s)]
    return float(1.4826 * np.median(noise)) if len(noise) else float("nan")


def filtered_share(cutoff_hz: float, rate_hz: float) -> float:
    """Share of white noise (standard deviation) that `filters.butterworth` lets through, 0..1.

    Root of the mean power gain up to half the sampling rate (equivalent noise bandwidth, Harris 1978).
    """
    frequencies = np.asarray((np.arange(512) + 0.5) / 1024.0 * rate_hz, dtype=np.float64)
    return float(np.sqrt(np.mean(double_pass_gain(frequencies, cutoff_hz, rate_hz) ** 2)))


def joint_angle(
    sigma_px: tuple[float, float, float], proximal_px: float, distal_px: float, angle_deg: float = 0.0
) -> float:
    """Degrees: of the angle at a joint, from the jitter of its three landmarks (one axis, pixels) and segment lengths.

    First-order propagation (JCGM 100:2008, 5.1.2): an end moves its segment by sigma / length; the joint itself turns
    both segments at once, by 1/p^2 + 1/d^2 + 2 cos(angle) / (p d). sigma_px: proximal end, joint, distal end;
    angle_deg: 0 = straight.
    """
    start, middle, end = sigma_px
    both = 1.0 / proximal_px**2 + 1.0 / distal_px**2 + 2.0 * np.cos(np.radians(angle_deg)) / (proximal_px * distal_px)
    radians = np.sqrt((start / proximal_px) ** 2 + (end / distal_px) ** 2 + middle**2 * both)
    return float(np.degrees(radians))


def segment_angle(sigma_px: tuple[float, float], length_px: float) -> float:
    """Degrees: of a segment's direction, from the jitter of its two ends (JCGM 100:2008, 5.1.2)."""
    return float(np.degrees(np.hypot(*sigma_px) / length_px))


def between_frames(times: Values, values: Values, at: int) -> float:
    """Of an extreme at sample `at`: how far the true peak may have risen above it between two frames.

    The peak is a parabola, value'' / 2 x offset^2, and the frame misses its top by anything up to half an interval;
    the greatest miss is taken as the width of a rectangular distribution (JCGM 100:2008, 4.3.7). 0 at the ends.
    """
    if not 0 < at < len(values) - 1:
        return 0.0
    before, after = times[at] - times[at - 1], times[at + 1] - times[at]
    bend = 2.0 * ((values[at + 1] - values[at]) / after - (values[at] - values[at - 1]) / before) / (before + after)
    miss = abs(bend) / 2.0 * (max(before, after) / 2.0) ** 2
    return rectangular(miss) if np.isfinite(miss) else 0.0


def pose_angle(joint: str, *, in_space: bool = False) -> float:
    """Degrees: how far a joint angle from one camera and a pose network is off the true one.

    joint: "knee", "hip", "ankle", "elbow" or "shoulder". In the picture, seen from the side: Stenum, Rossi and Roemmich
    2021. In space, from estimated depth: our own comparison with several cameras (both above).
    """
    if in_space:
        return _IN_SPACE[joint]
    return float(_MEAN_ABSOLUTE_ERROR[joint] * np.sqrt(np.pi / 2.0))


def velocity(sigma: float, frame_interval_s: float) -> float:
    """Of a central difference over two intervals: sigma x sqrt(2) / (2 interval) (JCGM 100:2008, 5.1.2)."""
    return float(sigma / (np.sqrt(2.0) * frame_interval_s))
