"""Forward kinematics of the synthetic athlete in the sagittal plane. For the movements, the drawing and the truth.

World: metres, x forward (the way the athlete faces), y up, the floor at y = 0. Angles in degrees with the conventions
of the whole program: knee, hip, elbow 0 = straight, flexion positive; ankle dorsiflexion positive from neutral.
Segment directions are measured from straight down, forward positive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coachvision.synth.body import Body

Point = NDArray[np.float64]

GRAVITY = 9.80665  # m/s2, standard


@dataclass(frozen=True)
class Limbs:
    """Joint angles of one side, in degrees. shoulder: upper arm against the trunk, forward positive."""

    hip: float = 0.0
    knee: float = 0.0
    ankle: float = 0.0
    shoulder: float = 0.0
    elbow: float = 0.0


@dataclass(frozen=True)
class Pose:
    """lean: trunk forward of vertical; nod: head against the vertical, down positive; x, y: the middle of the hips."""

    lean: float = 0.0
    nod: float = 0.0
    near: Limbs = field(default_factory=Limbs)
    far: Limbs = field(default_factory=Limbs)
    x: float = 0.0
    y: float = 0.0

    def at(self, x: float, y: float) -> Pose:
        """The same posture with the hips elsewhere."""
        return replace(self, x=x, y=y)

    def side(self, near: bool) -> Limbs:
        """The limbs nearer to, or farther from, the camera."""
        return self.near if near else self.far


def along(degrees: float) -> Point:
    """(2,) unit vector of a segment whose direction is given from straight down, forward positive."""
    radians = math.radians(degrees)
    return np.array([math.sin(radians), -math.cos(radians)])


@dataclass(frozen=True)
class Directions:
    """Where each segment points, from straight down, forward positive (foot: pitch of the sole, toes up positive)."""

    trunk: float
    thigh: float
    shank: float
    foot: float
    upper_arm: float
    forearm: float


def directions(pose: Pose, near: bool) -> Directions:
    """Segment directions of one side, from the joint angles."""
    limbs = pose.side(near)
    thigh = limbs.hip - pose.lean
    shank = thigh - limbs.knee
    upper_arm = limbs.shoulder - pose.lean
    return Directions(-pose.lean, thigh, shank, shank + limbs.ankle, upper_arm, upper_arm + limbs.elbow)


def joints(body: Body, pose: Pose, near: bool) -> dict[str, Point]:
    """Joint centres and end points of one side, world metres, by BlazePose's names without the side."""
    to = directions(pose, near)
    hip = np.array([pose.x, pose.y])
    shoulder = hip - body.trunk * along(to.trunk)
    elbow = shoulder + body.upper_arm * along(to.upper_arm)
    wrist = elbow + body.forearm * along(to.forearm)
    knee = hip + body.thigh * along(to.thigh)
    ankle = knee + body.shank * along(to.shank)
    sole, down = along(to.foot + 90.0), along(to.foot)
    return {
        "shoulder": shoulder,
        "elbow": elbow,
        "wrist": wrist,
        "index": wrist + 0.8 * body.hand * along(to.forearm + 6.0),
        "hip": hip,
        "knee": knee,
        "ankle": ankle,
        "heel": ankle + body.ankle_height * down - body.heel_back * sole,
        "foot_index": ankle + body.ankle_height * down + (body.foot - body.heel_back) * sole,
    }


def head_tilt(pose: Pose) -> float:
    """How far the face looks down, in degrees: the neck takes back most of the trunk's lean."""
    return 0.35 * pose.lean + pose.nod


def head_centre(body: Body, pose: Pose) -> Point:
    """The middle of the head, halfway from chin to crown, carried over the shoulders by the neck."""
    shoulder = np.array([pose.x, pose.y]) - body.trunk * along(-pose.lean)
    neck = 0.5 * (pose.lean + head_tilt(pose)) + 8.0
    return np.asarray(shoulder - 0.117 * body.height * along(-neck))


# Share of body mass and place of the centre along the segment, proximal = 0 (Winter 2009, table 4.1).
_MASSES: Mapping[str, tuple[float, float, str, str]] = {
    "thigh": (0.100, 0.433, "hip", "knee"),
    "shank": (0.0465, 0.433, "knee", "ankle"),
    "foot": (0.0145, 0.5, "heel", "foot_index"),
    "upper_arm": (0.028, 0.436, "shoulder", "elbow"),
    "forearm_hand": (0.022, 0.682, "elbow", "wrist"),
}
_TRUNK_MASS, _TRUNK_CENTRE = 0.497, 0.5
_HEAD_MASS = 0.081


def centre_of_mass(body: Body, pose: Pose) -> Point:
    """(2,) world metres of the whole body's centre of mass: the sum over segments."""
    total = np.zeros(2)
    hip = np.array([pose.x, pose.y])
    shoulder = hip
    for near in (True, False):
        points = joints(body, pose, near)
        shoulder = points["shoulder"]
        for mass, share, start, end in _MASSES.values():
            total += mass * (points[start] + share * (points[end] - points[start]))
    total += _TRUNK_MASS * (hip + _TRUNK_CENTRE * (shoulder - hip))
    return np.asarray(total + _HEAD_MASS * head_centre(body, pose))


def lowest(body: Body, pose: Pose, near: bool) -> Point:
    """The point of one shoe nearest to the floor: the heel or the toe."""
    points = joints(body, pose, near)
    heel, toe = points["heel"], points["foot_index"]
    return heel if heel[1] <= toe[1] else toe


def standing_on(body: Body, pose: Pose, ankle_x: float = 0.0) -> Pose:
    """The same posture put down: the near foot's lowest point touches the floor, its ankle is at `ankle_x`."""
    raised = pose.at(0.0, 0.0)
    ankle = joints(body, raised, True)["ankle"]
    return pose.at(ankle_x - float(ankle[0]), -float(lowest(body, raised, True)[1]))
