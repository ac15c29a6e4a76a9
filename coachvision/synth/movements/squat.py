"""Squats: feet flat, the centre of mass over the feet, arms reaching forward on the way down. For the scenes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coachvision.synth.body import Body
from coachvision.synth.movements.base import Balance, Flight, Span, Step, ease
from coachvision.synth.pose import Limbs, Pose

_STANDING_KNEE = 4.0


class Squats:
    """`reps` squats of different depth and pace, drawn from the seed, with a short rest between them."""

    def __init__(self, body: Body, rng: np.random.Generator, reps: int = 5, *, pace: float = 1.0) -> None:
        self._ankle_share = float(rng.uniform(0.27, 0.33))
        self._reach = float(rng.uniform(45.0, 75.0))
        self._balance = Balance(body, self._posture)
        spans, at = [], 0.8
        for _ in range(reps):
            down_up = float(rng.uniform(1.7, 2.6)) / pace
            spans.append(Span(at, at + down_up, float(rng.uniform(88.0, 112.0))))
            at += down_up + float(rng.uniform(0.3, 0.7)) / pace
        self.reps: tuple[Span, ...] = tuple(spans)
        self.flights: tuple[Flight, ...] = ()
        self.steps: tuple[Step, ...] = ()
        self.duration_s = at + 0.5

    def pose(self, time_s: float) -> Pose:
        """Standing, or somewhere in a repetition."""
        for rep in self.reps:
            if rep.start_s <= time_s <= rep.end_s:
                share = (time_s - rep.start_s) / (rep.end_s - rep.start_s)
                depth = ease(min(share, 1.0 - share) / 0.5)
                return self._balance.pose(_STANDING_KNEE + depth * (rep.depth_deg - _STANDING_KNEE))
        return self._balance.pose(_STANDING_KNEE)

    def contact(self, time_s: float, near: bool) -> bool:  # noqa: ARG002 - both feet stay down
        return True

    def _posture(self, knee: float) -> Pose:
        """Flat feet: the ankle gives as much as the shank leans; the thigh follows from knee and shank."""
        ankle = self._ankle_share * knee
        down = min(knee / 90.0, 1.0)
        arm = 4.0 + self._reach * down
        near = Limbs(hip=knee - ankle, knee=knee, ankle=ankle, shoulder=arm, elbow=14.0 + 6.0 * down)
        return Pose(near=near, far=replace(near, shoulder=arm - 5.0))
