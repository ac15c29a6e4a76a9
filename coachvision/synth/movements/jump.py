"""Counter-movement jumps whose centre of mass obeys gravity exactly. For the scenes.

On the ground the path of the centre of mass is given and the legs follow; at take-off it moves up with v = sqrt(2 g h)
and already accelerates with -g (no force left), so the path is smooth into the flight, which lasts T = 2 v / g =
sqrt(8 h / g) (Linthorne 2001, "Analysis of standing vertical jumps using a force platform").
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from coachvision.synth.body import Body
from coachvision.synth.movements.base import Balance, Flight, Span, Step, ease
from coachvision.synth.pose import GRAVITY, Limbs, Pose, centre_of_mass, joints

_DEEPEST_KNEE = 105.0


@dataclass(frozen=True)
class _Leg:
    """One span of the path of the centre of mass's height. coefficients: of a polynomial in time from its start."""

    start_s: float
    end_s: float
    coefficients: NDArray[np.float64]
    arms: tuple[float, float]

    def height(self, time_s: float) -> float:
        return float(np.polynomial.polynomial.polyval(time_s - self.start_s, self.coefficients))


def quintic(duration: float, start: tuple[float, float, float], end: tuple[float, float, float]) -> NDArray[np.float64]:
    """Coefficients of the fifth-order path between two states (place, speed, acceleration)."""
    t = duration
    known = np.array([start[0], start[1], start[2] / 2])
    left = np.array([[t**3, t**4, t**5], [3 * t**2, 4 * t**3, 5 * t**4], [6 * t, 12 * t**2, 20 * t**3]])
    right = np.array(
        [
            end[0] - known @ [1, t, t**2],
            end[1] - known @ [0, 1, 2 * t],
            end[2] - 2 * known[2],
        ]
    )
    return np.concatenate([known, np.linalg.solve(left, right)])


class Jumps:
    """One jump for each height, in metres, with a pause between them."""

    def __init__(self, body: Body, rng: np.random.Generator, heights: tuple[float, ...] = (0.3, 0.4, 0.25)) -> None:
        self._body = body
        self._balance = Balance(body, lambda knee: _posture(knee, 8.0))
        self._depth = float(rng.uniform(78.0, 95.0))
        self._swing = float(rng.uniform(-45.0, -30.0))
        self._raised = float(rng.uniform(85.0, 105.0))
        self.reps: tuple[Span, ...] = ()
        self.steps: tuple[Step, ...] = ()
        self._legs: list[_Leg] = []
        flights = []
        self._standing = self._crouch(0.0, 8.0)
        self._rest = self._height(self._standing)
        at = 0.7
        for height in heights:
            flights.append(self._plan(at, height))
            at = self._legs[-1].end_s + float(rng.uniform(0.6, 1.0))
        self.flights: tuple[Flight, ...] = tuple(flights)
        self.duration_s = at

    def _plan(self, at: float, height: float) -> Flight:
        """Down, up, (flight,) absorb, stand: the ground spans of one jump."""
        speed = float(np.sqrt(2.0 * GRAVITY * height))
        low = self._height(self._crouch(self._depth, self._swing))
        top = self._height(self._extended(1.0, self._raised))
        soft = self._height(self._crouch(0.75 * self._depth, 20.0))
        push = 1.9 * (top - low) / speed
        sink = 1.6 * (top - soft) / speed
        still = (0.0, 0.0)
        rise = speed**2 / (2.0 * (top - low))
        down_end = at + 0.55
        take_off = down_end + push
        landing = take_off + 2.0 * speed / GRAVITY
        absorbed = landing + sink
        self._legs += [
            _Leg(at, down_end, quintic(0.55, (self._rest, *still), (low, 0.0, rise)), (8.0, self._swing)),
            _Leg(
                down_end, take_off, quintic(push, (low, 0.0, rise), (top, speed, -GRAVITY)), (self._swing, self._raised)
            ),
            _Leg(landing, absorbed, quintic(sink, (top, -speed, -GRAVITY), (soft, 0.0, 0.0)), (self._raised, 40.0)),
            _Leg(absorbed, absorbed + 0.7, quintic(0.7, (soft, *still), (self._rest, *still)), (40.0, 8.0)),
        ]
        return Flight(take_off, landing, height)

    def pose(self, time_s: float) -> Pose:
        """In flight the body turns about its centre of mass, which falls freely; else the legs follow its path."""
        for flight in self.flights:
            if flight.take_off_s < time_s < flight.landing_s:
                return self._flying(flight, time_s)
        for leg in self._legs:
            if leg.start_s <= time_s <= leg.end_s:
                share = ease((time_s - leg.start_s) / (leg.end_s - leg.start_s))
                arms = leg.arms[0] + share * (leg.arms[1] - leg.arms[0])
                return self._reaching(leg.height(time_s), arms)
        return self._standing

    def contact(self, time_s: float, near: bool) -> bool:  # noqa: ARG002 - both feet leave together
        return not any(flight.take_off_s < time_s < flight.landing_s for flight in self.flights)

    def _flying(self, flight: Flight, time_s: float) -> Pose:
        since = time_s - flight.take_off_s
        leaving = self._extended(1.0, self._raised)
        start = centre_of_mass(self._body, leaving)
        tuck = 14.0 * float(np.sin(np.pi * since / flight.flight_time_s)) ** 2
        limbs = replace(leaving.near, knee=leaving.near.knee + tuck, hip=leaving.near.hip + 0.5 * tuck)
        bent = replace(leaving, near=limbs, far=replace(limbs, shoulder=leaving.far.shoulder))
        speed = GRAVITY * flight.flight_time_s / 2.0
        goal = start + np.array([0.0, speed * since - GRAVITY * since**2 / 2.0])
        now = centre_of_mass(self._body, bent)
        return bent.at(bent.x + float(goal[0] - now[0]), bent.y + float(goal[1] - now[1]))

    def _height(self, pose: Pose) -> float:
        return float(centre_of_mass(self._body, pose)[1])

    def _reaching(self, height: float, arms: float) -> Pose:
        """The crouch (bend > 0) or the rise on the toes (bend < 0) whose centre of mass is that high."""

        def posture(bend: float) -> Pose:
            return self._extended(-bend, arms) if bend < 0.0 else self._crouch(bend, arms)

        # Beyond -1, for the path may touch the take-off height from above by rounding.
        bend = brentq(lambda bend: self._height(posture(bend)) - height, -1.05, _DEEPEST_KNEE, xtol=1e-7)
        return posture(float(bend))

    def _crouch(self, knee: float, arms: float) -> Pose:
        """Flat feet, knee bent, in balance."""
        return self._balance.pose(knee, _posture(knee, arms))

    def _extended(self, toes: float, arms: float) -> Pose:
        """toes: 0 flat and straight, 1 as at take-off: heels raised, the toes where they were."""
        flat = self._crouch(0.0, arms)
        pose = replace(flat, near=replace(flat.near, ankle=-42.0 * toes), far=replace(flat.far, ankle=-42.0 * toes))
        slid = joints(self._body, flat, True)["foot_index"] - joints(self._body, pose, True)["foot_index"]
        return pose.at(pose.x + float(slid[0]), pose.y + float(slid[1]))


def _posture(knee: float, arms: float) -> Pose:
    ankle = 0.3 * knee
    near = Limbs(hip=knee - ankle, knee=knee, ankle=ankle, shoulder=arms, elbow=28.0)
    return Pose(near=near, far=replace(near, shoulder=arms - 5.0))
