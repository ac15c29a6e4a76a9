"""How squarely the camera looks at each joint: where it does not, the angle in the picture is not the true one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coachvision.plugins.api import kinematics
from coachvision_angles.body import Body
from coachvision_angles.series import JointSeries, joint_points

# At 45 degrees off, a knee bent by 60 degrees seems bent by about 45: twice the pose network's own error (7 degrees).
_OFF_DEG = 45.0
# Depth is noisy, and the more so the straighter the joint: judged where it bends this far, in a tenth of the frames.
_BENT_DEG = 35.0
_LEAST_SHARE = 0.1
_FEWEST_BENT = 5
_MOST_FRONTAL = 0.5
_SAGITTAL = ("knee", "hip", "ankle")
_ADVICE = "Film square to the movement. Angles from the estimated depth (source “world” of Angles) are a rough help."


@dataclass(frozen=True)
class View:
    """tilts: degrees out of the picture plane, by name of the series, where it could be judged.

    untrue: series whose angles in the picture are not to be believed. warnings: what to tell the coach, or nothing.
    """

    tilts: dict[str, float] = field(default_factory=dict)
    untrue: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()


def judge(body: Body, joints: list[JointSeries]) -> View:
    """Judged by the depth of the pose's world landmarks; without them, by which way the athlete faces alone."""
    if body.in_space:
        return View()
    who = f"Athlete {body.track.subject}"
    if body.world is None:
        if np.mean(body.facing == 0) <= _MOST_FRONTAL:
            return View()
        untrue = frozenset(angle.series.name for angle in joints if angle.joint in _SAGITTAL)
        said = f"{who} is mostly seen from the front or back: knee, hip and ankle angles in the picture mean little."
        return View({}, untrue, (f"{said} Film from the side.",))
    tilts = {}
    fewest = max(_FEWEST_BENT, round(_LEAST_SHARE * len(body.times)))
    for angle in joints:
        tilt = kinematics.plane_tilt(joint_points(body.world, angle.joint, angle.side), angle.joint, _BENT_DEG)
        known = tilt[np.isfinite(tilt)]
        if len(known) >= fewest:
            tilts[angle.series.name] = float(np.median(known))
    off = [angle for angle in joints if tilts.get(angle.series.name, 0.0) > _OFF_DEG]
    if not off:
        return View(tilts)
    degrees = sorted(round(tilts[angle.series.name]) for angle in off)
    span = f"{degrees[0]}" if degrees[0] == degrees[-1] else f"{degrees[0]} to {degrees[-1]}"
    joined = ", ".join(f"{angle.side} {angle.joint}" for angle in off)
    one = len(off) == 1
    said = (
        f"{who}: {joined} {'moves' if one else 'move'} {span} degrees out of the picture plane, "
        f"so {'this angle is' if one else 'these angles are'} not true."
    )
    return View(tilts, frozenset(angle.series.name for angle in off), (f"{said} {_ADVICE}",))
