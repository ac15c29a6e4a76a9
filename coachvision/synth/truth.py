"""What is known about a synthetic scene. For whoever measures against it: tests, benchmarks, the demo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision.core.time import Timeline
from coachvision.synth.ball import Throw
from coachvision.synth.body import Body
from coachvision.synth.camera import Camera
from coachvision.synth.movements import Flight, Movement, Span, Step
from coachvision.synth.pose import Pose, along, head_centre, head_tilt, joints
from coachvision.synth.shapes import FACE

Values = NDArray[np.float64]

JOINTS = ("shoulder", "elbow", "wrist", "index", "hip", "knee", "ankle", "heel", "foot_index")
ANGLES = ("hip", "knee", "ankle", "elbow")


@dataclass(frozen=True)
class Truth:
    """Everything by frame, in the order of `timeline`; times in seconds from the first frame.

    landmarks: BlazePose name -> (n, 2) upright px, both sides. angles: `angle.<side>_<joint>` -> (n,) degrees (knee,
    hip, elbow 0 = straight, ankle 0 = neutral, flexion positive). in_view: (n,) the whole athlete is in the picture.
    contact: side -> (n,) the foot bears on the floor. near: the side turned to the camera. px_per_m: scale in the
    athlete's middle plane. ball_px, ball_m: (n, 2) its centre, in the hand until `throw.release_s`; metres
    x forward, y up from the floor.
    """

    timeline: Timeline
    near: str
    px_per_m: float
    height_m: float
    landmarks: dict[str, Values]
    angles: dict[str, Values]
    in_view: NDArray[np.bool_]
    contact: dict[str, NDArray[np.bool_]]
    reps: tuple[Span, ...] = ()
    jumps: tuple[Flight, ...] = ()
    steps: tuple[Step, ...] = ()
    ball_px: Values | None = None
    ball_m: Values | None = None
    throw: Throw | None = None

    @property
    def far(self) -> str:
        """The side turned away from the camera."""
        return "right" if self.near == "left" else "left"

    @property
    def cadence(self) -> float:
        """Steps a minute: the mean over the strikes of both feet; 0 with fewer than two."""
        strikes = sorted(step.strike_s for step in self.steps)
        return 60.0 * (len(strikes) - 1) / (strikes[-1] - strikes[0]) if len(strikes) > 1 else 0.0


def landmarks(body: Body, pose: Pose, camera: Camera, sides: dict[bool, str]) -> dict[str, Values]:
    """BlazePose name -> (2,) px, for the joints and the face. sides: by nearness."""
    found: dict[str, Values] = {}
    for is_near, side in sides.items():
        way = -1.0 if is_near else 1.0
        points = joints(body, pose, is_near)
        for name in JOINTS:
            arm = name in ("shoulder", "elbow", "wrist", "index")
            found[f"{side}_{name}"] = camera.pixels(
                points[name], way * (body.half_shoulders if arm else body.half_hips)
            )
    head, tilt, size = head_centre(body, pose), head_tilt(pose), 0.130 * body.height
    for name, (down, forward) in FACE.items():
        at = camera.pixels(head + size * (down * along(-tilt) + forward * along(90.0 - tilt)))
        if name == "nose":
            found[name] = at
        else:
            for side in sides.values():
                found[f"mouth_{side}" if name == "mouth" else f"{side}_{name}"] = at
    return found


def angles(pose: Pose, sides: dict[bool, str]) -> dict[str, float]:
    """`angle.<side>_<joint>` -> degrees."""
    return {
        f"angle.{side}_{joint}": float(getattr(pose.side(is_near), joint))
        for is_near, side in sides.items()
        for joint in ANGLES
    }


def of_movement(
    body: Body, movement: Movement, poses: list[Pose], camera: Camera, timeline: Timeline, ball: Throw | None = None
) -> Truth:
    """The truth of one athlete before one camera. poses: of every frame."""
    near = "right" if camera.facing > 0 else "left"
    sides = {True: near, False: "left" if near == "right" else "right"}
    points = [landmarks(body, pose, camera, sides) for pose in poses]
    bent = [angles(pose, sides) for pose in poses]
    tracks = {name: np.array([frame[name] for frame in points]) for name in points[0]}
    everything = np.stack(list(tracks.values()))
    limits = np.array([camera.width, camera.height])
    margin = 0.08 * body.height * camera.px_per_m
    inside = np.all((everything > margin * 0.5) & (everything < limits - margin * 0.5), axis=(0, 2))
    flown = None if ball is None else np.array([ball.position(float(time)) for time in timeline.seconds])
    return Truth(
        timeline=timeline,
        near=near,
        px_per_m=camera.px_per_m,
        height_m=body.height,
        landmarks=tracks,
        angles={name: np.array([frame[name] for frame in bent]) for name in bent[0]},
        in_view=np.asarray(inside),
        contact={
            side: np.array([movement.contact(float(time), is_near) for time in timeline.seconds])
            for is_near, side in sides.items()
        },
        reps=movement.reps,
        jumps=movement.flights,
        steps=tuple(step for step in movement.steps if step.strike_s <= timeline.seconds[-1]),
        ball_m=flown,
        ball_px=None if flown is None else camera.pixels(flown),
        throw=ball,
    )
