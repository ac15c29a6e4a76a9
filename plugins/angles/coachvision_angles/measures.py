"""Numbers from angle series: greatest, smallest, range, and how unlike the sides are; each with its uncertainty."""

from __future__ import annotations

import numpy as np

from coachvision.plugins.api import Metric, asymmetry, kinematics, uncertainty
from coachvision_angles.body import Body
from coachvision_angles.series import JointSeries
from coachvision_angles.viewing import View

# Fewer measured frames than this say nothing of a range of motion.
_FEWEST_SAMPLES = 5
# The symmetry index swells without meaning where neither side moves (Robinson 1987 is made for loads, never near 0).
_LEAST_RANGE_DEG = 10.0
# Two standard uncertainties of this span all that a joint can do.
_MOST_UNSURE_DEG = 45.0


def extremes(body: Body, angle: JointSeries, view: View) -> list[Metric]:
    """`angle.<side>_<joint>.max`, `.min` and `.range` in degrees; nothing for a joint hardly ever seen.

    Where the camera does not see the joint squarely, nobody knows how far off they are: the uncertainty is None.
    """
    # An arm may have gone round; its extremes are those of one turn.
    values = kinematics.wrapped(angle.series.values, kinematics.JOINTS[angle.joint].lowest)
    if np.count_nonzero(np.isfinite(values)) < _FEWEST_SAMPLES:
        return []
    top, bottom = int(np.nanargmax(values)), int(np.nanargmin(values))
    noise = {at: _noise(body, angle, at) for at in {top, bottom}}
    always = uncertainty.pose_angle(angle.joint, in_space=body.in_space)
    aside = {at: _aside(float(values[at]), view.tilts.get(angle.series.name, 0.0)) for at in {top, bottom}}
    at = {"max": [top], "min": [bottom], "range": [top, bottom]}
    value = {"max": values[top], "min": values[bottom], "range": values[top] - values[bottom]}
    how = _how(body, angle, view)
    words = {"max": "greatest", "min": "smallest", "range": "range"}
    told = {"max": "greatest value", "min": "smallest value", "range": "greatest less smallest value"}
    return [
        Metric(
            f"{angle.series.name}.{what}",
            body.track.subject,
            float(value[what]),
            "deg",
            None
            if angle.series.name in view.untrue
            else uncertainty.combined(always, *(noise[one] for one in places), *(aside[one] for one in places)),
            f"{told[what]}, at {' and '.join(f'{body.times[one]:.3f}' for one in places)} s; {how}",
            f"{angle.series.label}, {words[what]}",
        )
        for what, places in at.items()
    ]


def too_unsure(metrics: list[Metric]) -> bool:
    """Whether the joint's greatest or smallest angle might as well be any other."""
    return any(
        one.uncertainty is not None and one.uncertainty > _MOST_UNSURE_DEG
        for one in metrics
        if not one.name.endswith(".range")
    )


def _aside(degrees: float, tilt: float) -> float:
    """How far off an angle is whose plane is turned out of the picture: across the limb it is shortened by cos(tilt).

    Even sides of a bend taken, the tangent of half the angle shrinks by that (plane trigonometry).
    """
    half = np.radians(min(abs(degrees), 170.0)) / 2.0
    return float(abs(2.0 * np.degrees(np.arctan(np.tan(half) / np.cos(np.radians(min(tilt, 60.0)))) - half)))


def asymmetries(metrics: list[Metric]) -> list[Metric]:
    """`angle.<joint>.asymmetry` in per cent, from both sides' ranges of motion, where both move."""
    ranges = {metric.name: metric for metric in metrics if metric.name.endswith(".range")}
    found = []
    for joint in kinematics.JOINTS:
        left, right = (ranges.get(f"angle.{side}_{joint}.range") for side in ("left", "right"))
        if left is None or right is None or 0.5 * (left.value + right.value) < _LEAST_RANGE_DEG:
            continue
        found.append(
            Metric(
                f"angle.{joint}.asymmetry",
                left.subject,
                asymmetry.symmetry_index(left.value, right.value),
                "%",
                None
                if left.uncertainty is None or right.uncertainty is None
                else asymmetry.symmetry_uncertainty(left.value, right.value, left.uncertainty, right.uncertainty),
                "symmetry index of the ranges of motion, 100 (right - left) / mean (Robinson et al. 1987); 0 = alike",
                f"{joint.capitalize()}, right against left",
            )
        )
    return found


def _noise(body: Body, angle: JointSeries, at: int) -> float:
    """Degrees: landmark jitter left after filtering, pixel size, and what the frame rate may have missed of a peak."""
    rule = kinematics.JOINTS[angle.joint]
    segments = [tuple(f"{angle.side}_{end}" for end in ends) for ends in (rule.proximal, rule.distal)]
    lengths = [float(np.linalg.norm(body.points[b][at] - body.points[a][at])) for a, b in segments]
    sigma = [tuple(body.sigma[name] for name in ends) for ends in segments]
    missed = uncertainty.between_frames(body.times, angle.series.values, at)
    if min(lengths) <= 0:
        return missed
    if angle.joint == "ankle":
        both = [uncertainty.segment_angle((s[0], s[1]), length) for s, length in zip(sigma, lengths, strict=True)]
        return uncertainty.combined(*both, missed)
    # The joint itself is the landmark that both segments share: the shoulder's begins both, others' ends the first.
    shared = 0 if angle.joint == "shoulder" else 1
    bend = float(angle.series.values[at])
    bend = 180.0 - bend if angle.joint == "shoulder" else bend
    three = (sigma[0][1 - shared], sigma[0][shared], sigma[1][1])
    return uncertainty.combined(uncertainty.joint_angle(three, lengths[0], lengths[1], bend), missed)


def _how(body: Body, angle: JointSeries, view: View) -> str:
    rule = kinematics.JOINTS[angle.joint]
    cutoffs = [body.cutoffs_hz[f"{angle.side}_{name}"] for name in {*rule.proximal, *rule.distal}]
    known = [cutoff for cutoff in cutoffs if np.isfinite(cutoff)]
    if not known:
        smoothed = "not filtered"
    else:
        chosen = "given" if body.settings.cutoff_hz else "from residual analysis"
        span = f"{min(known):.1f}" if max(known) - min(known) < 0.05 else f"{min(known):.1f}-{max(known):.1f}"
        smoothed = f"landmarks through a zero-lag Butterworth of {span} Hz ({chosen})"
    seen = "; not seen squarely, so the uncertainty is unknown" if angle.series.name in view.untrue else ""
    return f"angle in {'space' if body.in_space else 'the picture plane'}, {smoothed}{seen}"
