"""Joint and segment angles from landmarks, in the conventions of docs/conventions.md. Anyone may call it.

Image points are (t, 2) pixels with y down; angles are degrees, counter-clockwise positive as the picture is seen.
World points are (t, 3) metres, x right, y down, z away from the camera.

Knee, hip, elbow and shoulder: 0 = straight (arm along the trunk), flexion positive. Ankle: 0 = foot square to the
shank, dorsiflexion positive. These signs need to know which way the athlete faces (`core.view.facing`): +1 towards
the right edge of the picture, -1 towards the left, 0 towards or away from the camera, where flexion and
hyperextension look alike and the plain angle (0..180) is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coachvision.core.filters import runs

Values = NDArray[np.float64]
JointName = Literal["knee", "hip", "elbow", "shoulder", "ankle"]


@dataclass(frozen=True)
class Joint:
    """proximal, distal: landmarks (without side) at the ends of the two segments, given from start to end.

    sign: +1 where flexion turns the distal segment counter-clockwise in an athlete who faces right, -1 where clockwise;
    0 where flexion has no side, since the limb also turns about its own length. lowest: the angles lie from here to
    360 degrees above, a range put where no joint can have its ends.
    possible: what lies outside, no body does, not even a dancer's: landmarks are wrong there, or seen end on.
    circles: the joint can go all the way round, and is followed beyond the range without a jump.
    """

    proximal: tuple[str, str]
    distal: tuple[str, str]
    sign: int
    lowest: float
    possible: tuple[float, float] = (-np.inf, np.inf)
    circles: bool = False


JOINTS: dict[JointName, Joint] = {
    "knee": Joint(("hip", "knee"), ("knee", "ankle"), -1, -120.0, (-30.0, 180.0)),
    "hip": Joint(("shoulder", "hip"), ("hip", "knee"), 1, -120.0, (-90.0, 180.0)),
    # The forearm turns about the upper arm, so that a bent elbow may point either way in the picture.
    "elbow": Joint(("shoulder", "elbow"), ("elbow", "wrist"), 0, -120.0),
    "shoulder": Joint(("shoulder", "hip"), ("shoulder", "elbow"), 1, -90.0, circles=True),
    "ankle": Joint(("ankle", "knee"), ("heel", "foot_index"), 1, -180.0, (-80.0, 60.0)),
}

# From first to second landmark; every segment but the foot points up in an athlete who stands, arms hanging.
SEGMENTS: dict[str, tuple[str, str]] = {
    "thigh": ("knee", "hip"),
    "shank": ("ankle", "knee"),
    "foot": ("heel", "foot_index"),
    "upper_arm": ("elbow", "shoulder"),
    "forearm": ("wrist", "elbow"),
}
_SEGMENT_LOWEST = -90.0


def direction(start: NDArray[np.floating], end: NDArray[np.floating]) -> Values:
    """(t,) degrees of the line from start to end above the horizontal, -180..180, NaN where the points coincide."""
    dx, dy = _differences(start, end)
    return np.where((dx == 0) & (dy == 0), np.nan, np.degrees(np.arctan2(-dy, dx)))


def _differences(start: NDArray[np.floating], end: NDArray[np.floating]) -> tuple[Values, Values]:
    step = np.asarray(end, dtype=np.float64) - np.asarray(start, dtype=np.float64)
    return step[..., 0], step[..., 1]


def wrapped(degrees: Values, lowest: float = -180.0) -> Values:
    """The same angles within `lowest` (included) and 360 degrees above it (excluded)."""
    return np.asarray((degrees - lowest) % 360.0 + lowest, dtype=np.float64)


def unwrapped(degrees: Values, lowest: float = -180.0) -> Values:
    """The same angles with no step of more than 180 degrees within an unbroken run of values.

    Each run is moved by whole turns so that its median lies within `lowest` and 360 degrees above: one false turn in
    a run does not shift those after it.
    """
    smooth = np.array(degrees, dtype=np.float64)
    for run in runs(np.isfinite(smooth)):
        turned = np.unwrap(smooth[run], period=360.0)
        middle = float(np.median(turned))
        smooth[run] = turned + (wrapped(np.array(middle), lowest) - middle)
    return smooth


def nearest_turn(degrees: Values, reference: Values) -> Values:
    """The same angles moved by whole turns next to `reference`; unmoved where there is none."""
    turns = np.round((np.asarray(reference) - degrees) / 360.0)
    return np.asarray(degrees + 360.0 * np.nan_to_num(turns), dtype=np.float64)


def segment_angle(start: NDArray[np.floating], end: NDArray[np.floating]) -> Values:
    """(t,) degrees of a segment from the horizontal, counter-clockwise positive, without jumps (see `unwrapped`)."""
    return unwrapped(direction(start, end), _SEGMENT_LOWEST)


def joint_angle(
    joint: JointName, points: Mapping[str, NDArray[np.floating]], facing: NDArray[np.signedinteger]
) -> Values:
    """(t,) degrees of one joint in the picture plane.

    points: (t, 2) of the landmarks of the joint's two segments, by name without side. facing: (t,) +1, -1 or 0.
    """
    rule = JOINTS[joint]
    proximal = direction(points[rule.proximal[0]], points[rule.proximal[1]])
    distal = direction(points[rule.distal[0]], points[rule.distal[1]])
    turn = wrapped(distal - proximal)
    sign = rule.sign * np.asarray(facing)
    signed = np.where(sign == 0, np.abs(turn), sign * turn)
    if joint == "ankle":
        # Facing right, the shank stands 90 degrees counter-clockwise of the foot.
        signed = wrapped(np.where(sign == 0, 90.0 - np.abs(turn), 90.0 + sign * turn), rule.lowest)
        return np.asarray(signed)
    return unwrapped(signed, rule.lowest) if rule.circles else wrapped(signed, rule.lowest)


def joint_angle_3d(
    joint: JointName, points: Mapping[str, NDArray[np.floating]], leftwards: NDArray[np.floating]
) -> Values:
    """(t,) degrees of one joint in space, from world landmarks (t, 3); no need to know where the athlete faces.

    Knee, elbow and shoulder: the angle between their segments, 0..180 (hyperextension cannot be told). Ankle: 90 less
    the angle between shank and foot. Hip: flexion in the athlete's own sagittal plane, i.e. the first angle of Grood
    and Suntay (1983), -180..180. leftwards: (t, 3) from the right to the left hip.
    """
    rule = JOINTS[joint]
    proximal = _step3(points, rule.proximal)
    distal = _step3(points, rule.distal)
    if joint == "hip":
        # Facing right: left is away (+z), down the trunk is +y, and their cross product is +x, forwards.
        forwards = np.cross(proximal, np.asarray(leftwards, dtype=np.float64))
        down = _normal(np.cross(np.asarray(leftwards, dtype=np.float64), forwards))
        ahead = np.sum(distal * _normal(forwards), axis=-1)
        return np.asarray(np.degrees(np.arctan2(ahead, np.sum(distal * down, axis=-1))), dtype=np.float64)
    angle = np.degrees(np.arctan2(np.linalg.norm(np.cross(proximal, distal), axis=-1), np.sum(proximal * distal, -1)))
    return np.asarray(90.0 - angle if joint == "ankle" else angle, dtype=np.float64)


def possible(joint: JointName, degrees: Values) -> Values:
    """The same angles, NaN where no body can have them (see `Joint.possible`)."""
    low, high = JOINTS[joint].possible
    return np.where((degrees >= low) & (degrees <= high), degrees, np.nan)


def out_of_picture(start: NDArray[np.floating], end: NDArray[np.floating]) -> Values:
    """(t,) degrees, 0..90, between a segment and the picture plane, from world landmarks (t, 3)."""
    step = np.asarray(end, dtype=np.float64) - np.asarray(start, dtype=np.float64)
    flat = np.hypot(step[..., 0], step[..., 1])
    return np.asarray(np.degrees(np.arctan2(np.abs(step[..., 2]), flat)), dtype=np.float64)


def plane_tilt(points: Mapping[str, NDArray[np.floating]], joint: JointName, least_bend: float = 20.0) -> Values:
    """(t,) degrees between the plane in which a joint bends and the picture plane; 0 = the camera sees the true angle.

    points: world landmarks (t, 3). NaN where the joint bends by less than `least_bend` degrees: a straight limb has no
    plane, and looks straight from wherever it is seen.
    """
    rule = JOINTS[joint]
    normal = np.cross(_step3(points, rule.proximal), _step3(points, rule.distal))
    lengths = np.linalg.norm(normal, axis=-1)
    proximal = np.linalg.norm(_step3(points, rule.proximal), axis=-1)
    distal = np.linalg.norm(_step3(points, rule.distal), axis=-1)
    enough = lengths > np.sin(np.radians(least_bend)) * proximal * distal
    share = np.divide(np.abs(normal[:, 2]), lengths, out=np.full(len(lengths), np.nan), where=enough)
    return np.asarray(np.degrees(np.arccos(np.clip(share, 0.0, 1.0))), dtype=np.float64)


def _step3(points: Mapping[str, NDArray[np.floating]], ends: tuple[str, str]) -> Values:
    return np.asarray(points[ends[1]], dtype=np.float64) - np.asarray(points[ends[0]], dtype=np.float64)


def _normal(vectors: Values) -> Values:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.full_like(vectors, np.nan), where=lengths > 0))
