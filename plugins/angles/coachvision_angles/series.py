"""Angle series of one athlete: joints by side, segments, the trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import Series, kinematics
from coachvision_angles.body import SIDES, Body

Values = NDArray[np.float64]

_MEANS = {
    "knee": "knee flexion",
    "hip": "hip flexion",
    "elbow": "elbow flexion",
    "shoulder": "shoulder flexion",
    "ankle": "ankle dorsiflexion",
}


# A segment that points at the camera by more than this shows a quarter of its length or less, and noise turns it about.
_END_ON_DEG = 75.0


@dataclass(frozen=True, eq=False)
class JointSeries:
    """One joint of one side and its angle over time."""

    joint: kinematics.JointName
    side: str
    series: Series


def joint_series(body: Body) -> list[JointSeries]:
    """Every joint that was ever seen."""
    found = []
    for joint in kinematics.JOINTS:
        for side in SIDES:
            values = _joint(body, body.points, joint, side)
            if np.isfinite(values).any():
                raw = kinematics.nearest_turn(_joint(body, body.raw, joint, side), values)
                series = _series(body, f"angle.{side}_{joint}", values, raw, f"{side.title()} {_MEANS[joint]}")
                found.append(JointSeries(joint, side, series))
    return found


def segment_series(body: Body) -> list[Series]:
    """Segments in the picture plane, from the horizontal; none in space, where no plane is given."""
    if body.in_space:
        return []
    ends = {
        f"{side}_{name}": (f"{side}_{start}", f"{side}_{end}")
        for name, (start, end) in kinematics.SEGMENTS.items()
        for side in SIDES
    }
    found = []
    for name, (start, end) in ends.items():
        values = kinematics.segment_angle(body.points[start], body.points[end])
        raw = kinematics.direction(body.raw[start], body.raw[end])
        found.append((name, values, raw))
    found.append(
        (
            "trunk",
            kinematics.segment_angle(_middle(body.points, "hip"), _middle(body.points, "shoulder")),
            kinematics.direction(_middle(body.raw, "hip"), _middle(body.raw, "shoulder")),
        )
    )
    return [
        _series(body, f"segment.{name}", values, kinematics.nearest_turn(raw, values), _words(name))
        for name, values, raw in found
        if np.isfinite(values).any()
    ]


def joint_points(points: dict[str, Values], joint: kinematics.JointName, side: str) -> dict[str, Values]:
    """The landmarks of a joint's two segments, by name without side."""
    rule = kinematics.JOINTS[joint]
    return {name: points[f"{side}_{name}"] for name in (*rule.proximal, *rule.distal)}


def _joint(body: Body, points: dict[str, Values], joint: kinematics.JointName, side: str) -> Values:
    of_joint = joint_points(points, joint, side)
    if body.in_space:
        angles = kinematics.joint_angle_3d(joint, of_joint, points["left_hip"] - points["right_hip"])
    else:
        angles = kinematics.joint_angle(joint, of_joint, body.facing)
        angles[_end_on(body, joint, side)] = np.nan
    return kinematics.possible(joint, angles)


def _end_on(body: Body, joint: kinematics.JointName, side: str) -> NDArray[np.bool_]:
    """Where the camera looks along one of the joint's segments, so that its direction in the picture says nothing."""
    rule = kinematics.JOINTS[joint]
    hidden = np.zeros(len(body.times), dtype=bool)
    if body.world is not None:
        for start, end in (rule.proximal, rule.distal):
            out = kinematics.out_of_picture(body.world[f"{side}_{start}"], body.world[f"{side}_{end}"])
            hidden |= np.nan_to_num(out) > _END_ON_DEG
    return hidden


def _middle(points: dict[str, Values], part: str) -> Values:
    return 0.5 * (points[f"left_{part}"] + points[f"right_{part}"])


def _words(segment: str) -> str:
    return f"{segment.replace('_', ' ').capitalize()} from horizontal"


def _series(body: Body, name: str, values: Values, raw: Values, label: str) -> Series:
    return Series(name, body.track.subject, "deg", body.track.pts, values, raw, label)
