"""Warnings where the camera does not look squarely at a joint, so that its angle in the picture is not the true one."""

from __future__ import annotations

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


def view_warnings(body: Body, joints: list[JointSeries]) -> tuple[str, ...]:
    """At most one sentence, naming the joints. Judged by the pose's world landmarks, without them by facing alone."""
    who = f"Athlete {body.track.subject}"
    advice = "Film square to the movement, or take the angles from depth (source = world)."
    if body.world is None:
        if np.mean(body.facing == 0) > _MOST_FRONTAL:
            return (
                f"{who} is mostly seen from the front or back: knee, hip and ankle angles in the picture mean "
                f"little. Film from the side.",
            )
        return ()
    off = []
    fewest = max(_FEWEST_BENT, round(_LEAST_SHARE * len(body.times)))
    for angle in joints:
        tilt = kinematics.plane_tilt(joint_points(body.world, angle.joint, angle.side), angle.joint, _BENT_DEG)
        known = tilt[np.isfinite(tilt)]
        if len(known) >= fewest and np.median(known) > _OFF_DEG:
            off.append((f"{angle.side} {angle.joint}", float(np.median(known))))
    if not off:
        return ()
    least, most = round(min(tilt for _, tilt in off)), round(max(tilt for _, tilt in off))
    span = f"{least}" if least == most else f"{least} to {most}"
    joined = ", ".join(name for name, _ in off)
    return (f"{who}: {joined} bend {span} degrees out of the picture plane, so these angles are not true. {advice}",)
