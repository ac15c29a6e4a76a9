"""The protocol of a movement and the words in which it tells the truth. For movements, scenes and truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy.optimize import brentq

from coachvision.synth.body import Body
from coachvision.synth.pose import Limbs, Pose, centre_of_mass, joints, standing_on


@dataclass(frozen=True)
class Span:
    """One repetition: from leaving the start posture to being back in it. depth_deg: its largest knee flexion."""

    start_s: float
    end_s: float
    depth_deg: float


@dataclass(frozen=True)
class Flight:
    """One jump. height_m: rise of the centre of mass from take-off to the top."""

    take_off_s: float
    landing_s: float
    height_m: float

    @property
    def flight_time_s(self) -> float:
        """Time off the ground."""
        return self.landing_s - self.take_off_s


@dataclass(frozen=True)
class Step:
    """One foot on the floor, from strike to toe-off. near: the foot nearer to the camera."""

    near: bool
    strike_s: float
    off_s: float


class Movement(Protocol):
    """A posture for every time from 0 to `duration_s`, and what happens meanwhile."""

    @property
    def duration_s(self) -> float: ...
    @property
    def reps(self) -> tuple[Span, ...]: ...
    @property
    def flights(self) -> tuple[Flight, ...]: ...
    @property
    def steps(self) -> tuple[Step, ...]: ...

    def pose(self, time_s: float) -> Pose:
        """The athlete at that time."""
        ...

    def contact(self, time_s: float, near: bool) -> bool:
        """Whether that foot bears on the floor."""
        ...


def ease(share: float) -> float:
    """0 to 1 with rest at both ends: the minimum-jerk path (Flash and Hogan 1985)."""
    s = min(max(share, 0.0), 1.0)
    return s * s * s * (10.0 - 15.0 * s + 6.0 * s * s)


class Balance:
    """The lean of the trunk that holds the centre of mass over the feet, for a family of postures by knee flexion.

    posture: knee degrees -> Pose. The balance is solved on a grid once and read off between: it need not be exact.
    """

    def __init__(self, body: Body, posture: Callable[[float], Pose], deepest: float = 125.0) -> None:
        self._body = body
        self._posture = posture
        self._knees = np.linspace(0.0, deepest, 14)
        self._leans = np.array([_solved_lean(body, posture(float(knee))) for knee in self._knees])

    def pose(self, knee: float, posture: Pose | None = None) -> Pose:
        """The family's posture of that knee angle (or another one), leaning and standing on its feet."""
        lean = float(np.interp(knee, self._knees, self._leans))
        return standing_on(self._body, leaning(posture or self._posture(knee), lean))


def _solved_lean(body: Body, pose: Pose) -> float:
    """Degrees for which the centre of mass lies a fifth of the foot before the ankle, as in quiet standing."""

    def ahead(lean: float) -> float:
        placed = standing_on(body, leaning(pose, lean))
        ankle = joints(body, placed, True)["ankle"]
        return float(centre_of_mass(body, placed)[0] - ankle[0]) - 0.2 * body.foot

    return float(brentq(ahead, -60.0, 90.0, xtol=0.01))


def leaning(pose: Pose, lean: float) -> Pose:
    """The posture with another lean of the trunk: legs and arms keep their directions in the room."""
    more = lean - pose.lean

    def turned(limbs: Limbs) -> Limbs:
        return replace(limbs, hip=limbs.hip + more, shoulder=limbs.shoulder + more)

    return replace(pose, lean=lean, near=turned(pose.near), far=turned(pose.far))
