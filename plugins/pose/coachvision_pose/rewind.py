"""Follows one athlete from the first sight back to the start of the video. For `analyzer`.

Time runs backward here; all rules on speed and distance use its magnitude, so the crew's rules serve as they are.
"""

from __future__ import annotations

from coachvision.plugins.api import Frame
from coachvision_pose import identity
from coachvision_pose.crew import Crew
from coachvision_pose.follower import Follower
from coachvision_pose.landmarker import Landmarker
from coachvision_pose.search import Search
from coachvision_pose.steady import SteadyRegion
from coachvision_pose.tracking import Athlete, Sight

# The first sights that tell the athlete's speed at the moment of turning round.
_RUN_UP = 30
# Two athletes are one person where their poses agree in this share of the frames in which both were seen.
_AGREEMENT = 0.5


class Rewind:
    """Feed it frames in falling order, then call `join`."""

    def __init__(self, athlete: Athlete, crew: Crew, search: Search, landmarker: Landmarker, *, patient: bool) -> None:
        """patient: look for the athlete again after a loss; else the first loss ends it, and nobody is searched."""
        self._patient = patient
        self._athlete = athlete
        first = athlete.sights[0]
        self._mirror = Athlete(SteadyRegion().follow(first.pose.alignment))
        self._mirror.looks = athlete.looks
        self._mirror.sights = athlete.sights[:_RUN_UP][::-1]
        self._run_up = len(self._mirror.sights)
        self._crew = crew.alone(self._mirror)
        self._follower = Follower(self._crew, search, landmarker, far=patient)

    def frame(self, frame: Frame) -> bool:
        """False once the athlete is lost, or, with patience, was away for too long to be recognized."""
        self._follower.frame(frame, search=self._patient)
        self._crew.dismiss_all_but(self._mirror)
        if not self._patient:
            return self._mirror.roi is not None
        return abs(self._mirror.last.time_s - frame.time_s) <= identity.AWAY_S

    def join(self, everyone: list[Athlete]) -> None:
        """Put the earlier sights before the athlete's own, and take in whoever turned out to be the same person."""
        self._follower.close()
        athlete = self._athlete
        earlier = self._mirror.sights[self._run_up :][::-1]
        athlete.calls += self._mirror.calls
        athlete.sights = earlier + athlete.sights
        for other in [other for other in everyone if other is not athlete and _same_person(other, athlete)]:
            everyone.remove(other)
            athlete.calls += other.calls
            athlete.sights = _united(athlete.sights, other.sights)


def _same_person(one: Athlete, other: Athlete) -> bool:
    seen = {sight.index: sight.pose for sight in other.sights}
    both = [identity.same_pose(sight.pose, seen[sight.index]) for sight in one.sights if sight.index in seen]
    return bool(both) and sum(both) >= _AGREEMENT * len(both)


def _united(own: list[Sight], others: list[Sight]) -> list[Sight]:
    by_index = {sight.index: sight for sight in [*others, *own]}
    return [by_index[index] for index in sorted(by_index)]
