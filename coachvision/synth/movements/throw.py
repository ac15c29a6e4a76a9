"""An underarm throw on the spot: the ball leaves with the hand's own velocity. For the scenes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coachvision.synth.ball import Throw
from coachvision.synth.body import Body
from coachvision.synth.movements.base import Balance, Flight, Span, Step, ease
from coachvision.synth.movements.jump import quintic
from coachvision.synth.pose import Limbs, Pose, along, joints

_BACK = -55.0
_FINISH = 110.0


class Throwing:
    """Swing back, throw, follow through. The arm is straight: its tip moves across it at length times rate."""

    def __init__(self, body: Body, speed: float, launch_deg: float) -> None:
        self._body = body
        self._balance = Balance(body, self._posture)
        self._reach = body.upper_arm + body.forearm + 0.75 * body.hand
        stand = self._balance.pose(10.0)
        self._lean = stand.lean
        self._stand = stand
        # Directions of the arm in the room: at release it points `launch_deg` forward of down.
        turning = float(np.degrees(speed / self._reach))
        swing_s = 2.0 * (launch_deg - _BACK) / turning
        stop_s = 2.0 * (_FINISH - launch_deg) / turning
        self._marks = np.cumsum([0.6, 0.6, swing_s, stop_s])
        self._paths = (
            quintic(0.6, (8.0, 0.0, 0.0), (_BACK, 0.0, 0.0)),
            quintic(swing_s, (_BACK, 0.0, 0.0), (launch_deg, turning, 0.0)),
            quintic(stop_s, (launch_deg, turning, 0.0), (_FINISH, 0.0, 0.0)),
        )
        release_s = float(self._marks[2])
        release = self._hand(release_s)
        self.throw = Throw(release_s, (float(release[0]), float(release[1])), speed, launch_deg, self._hand)
        self.duration_s = self.throw.landing_s
        self.reps: tuple[Span, ...] = ()
        self.flights: tuple[Flight, ...] = ()
        self.steps: tuple[Step, ...] = ()

    def end(self, x: float) -> None:
        """Stop where the ball lands, or before, where it passes x (metres along the floor)."""
        self.duration_s = min(self.throw.landing_s, self.throw.passes(x))

    def pose(self, time_s: float) -> Pose:
        """Standing, the throwing arm where the time has it."""
        near = self._stand.near
        limbs = Limbs(near.hip, near.knee, near.ankle, self._arm(time_s) + self._lean, 0.0)
        return Pose(self._lean, 0.0, limbs, self._stand.far, self._stand.x, self._stand.y)

    def contact(self, time_s: float, near: bool) -> bool:  # noqa: ARG002 - both feet stay down
        return True

    def _arm(self, time_s: float) -> float:
        """Direction of the arm from straight down, degrees."""
        at = int(np.searchsorted(self._marks, time_s, side="right"))
        if at == 0:
            return 8.0
        if at == len(self._marks):
            return _FINISH - 40.0 * ease((time_s - float(self._marks[-1])) / 1.5)
        since = time_s - float(self._marks[at - 1])
        return float(np.polynomial.polynomial.polyval(since, self._paths[at - 1]))

    def _hand(self, time_s: float) -> NDArray[np.float64]:
        """(2,) the palm, where the ball's centre is held."""
        shoulder = joints(self._body, self._stand, True)["shoulder"]
        return np.asarray(shoulder + self._reach * along(self._arm(time_s)))

    def _posture(self, knee: float) -> Pose:
        limbs = Limbs(hip=0.7 * knee, knee=knee, ankle=0.3 * knee, shoulder=6.0, elbow=12.0)
        return Pose(near=limbs, far=limbs)
