"""One movement after the other, on one spot. For the scenes."""

from __future__ import annotations

from dataclasses import replace

from coachvision.synth.movements.base import Flight, Movement, Span, Step, ease
from coachvision.synth.pose import Limbs, Pose

_BLEND_S = 0.5


class InTurn:
    """The first movement, half a second to pass from its last posture to the next one's first, then the second."""

    def __init__(self, first: Movement, second: Movement) -> None:
        self._first, self._second = first, second
        self._starts = first.duration_s + _BLEND_S
        self.duration_s = self._starts + second.duration_s
        self.reps: tuple[Span, ...] = first.reps + tuple(
            Span(rep.start_s + self._starts, rep.end_s + self._starts, rep.depth_deg) for rep in second.reps
        )
        self.flights: tuple[Flight, ...] = first.flights + tuple(
            Flight(flight.take_off_s + self._starts, flight.landing_s + self._starts, flight.height_m)
            for flight in second.flights
        )
        self.steps: tuple[Step, ...] = first.steps + tuple(
            Step(step.near, step.strike_s + self._starts, step.off_s + self._starts) for step in second.steps
        )

    def pose(self, time_s: float) -> Pose:
        """Of the movement whose turn it is, or between the two."""
        if time_s >= self._starts:
            return self._second.pose(time_s - self._starts)
        if time_s <= self._first.duration_s:
            return self._first.pose(time_s)
        share = ease((time_s - self._first.duration_s) / _BLEND_S)
        return _between(self._first.pose(self._first.duration_s), self._second.pose(0.0), share)

    def contact(self, time_s: float, near: bool) -> bool:
        if time_s >= self._starts:
            return self._second.contact(time_s - self._starts, near)
        return self._first.contact(min(time_s, self._first.duration_s), near)


def _between(one: Pose, other: Pose, share: float) -> Pose:
    def mixed(a: float, b: float) -> float:
        return a + share * (b - a)

    def limbs(a: Limbs, b: Limbs) -> Limbs:
        return Limbs(
            mixed(a.hip, b.hip), mixed(a.knee, b.knee), mixed(a.ankle, b.ankle),
            mixed(a.shoulder, b.shoulder), mixed(a.elbow, b.elbow),
        )  # fmt: skip

    return replace(
        one,
        lean=mixed(one.lean, other.lean),
        nod=mixed(one.nod, other.nod),
        near=limbs(one.near, other.near),
        far=limbs(one.far, other.far),
        x=mixed(one.x, other.x),
        y=mixed(one.y, other.y),
    )
