"""Everyone followed in one video: takes people in, lets them go, keeps them apart. For `analyzer`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coachvision_pose import identity
from coachvision_pose.appearance import appearance
from coachvision_pose.detector import Detection
from coachvision_pose.roi import CutOut, Roi
from coachvision_pose.tracking import SURE_SCORE, Athlete, Sight

# So long after a loss the athlete is looked for near the place of it.
_MISSED_S = 1.0


@dataclass(frozen=True, eq=False)
class Answer:
    """What the landmark network said about one athlete's region."""

    athlete: Athlete
    sight: Sight
    cut: CutOut


class Crew:
    """active: those in view; everyone: all with at least one sight, in order of appearance; chosen: by the coach."""

    def __init__(self, people: int, least_score: float) -> None:
        self._people = people
        self._least_score = least_score
        self.active: list[Athlete] = []
        self.everyone: list[Athlete] = []
        self.chosen: Athlete | None = None

    @property
    def has_room(self) -> bool:
        """True while fewer people are followed than wanted."""
        return len(self.active) < self._people

    def admit(self, detections: Iterable[Detection]) -> None:
        """Follow those who are not followed yet, best first, as long as there is room."""
        for detection in detections:
            if self.has_room and not identity.is_followed(detection, self.active):
                self.active.append(Athlete(detection.roi))

    def missed(self, time_s: float) -> Athlete | None:
        """The known athlete lost most recently, if that was just now and in this shot."""
        lost = [one for one in self.lost if not one.cut_off and len(one.sights) >= identity.ESTABLISHED]
        latest = min(lost, key=lambda one: abs(time_s - one.last.time_s), default=None)
        return latest if latest is not None and abs(time_s - latest.last.time_s) <= _MISSED_S else None

    @property
    def lost(self) -> list[Athlete]:
        """Those seen before and out of view now."""
        return [athlete for athlete in self.everyone if athlete.roi is None]

    def cut(self) -> None:
        """The shot ended: nobody is followed any more; who comes next must be recognized."""
        for athlete in self.active:
            athlete.lose(cut=True)
        self.active = []

    def choose(self, roi: Roi, followed: Athlete | None) -> None:
        """The coach's athlete is in that region: `followed`, or whoever is found there now, ahead of all others."""
        if followed is not None:
            self.chosen = followed
            return
        athlete = Athlete(roi)
        if self.chosen is not None:
            self.chosen.lose()
            self.active = [other for other in self.active if other is not self.chosen]
            self.chosen.roi = roi
            athlete = self.chosen
        self.chosen = athlete
        self.active = [athlete, *self.active][: self._people]

    def alone(self, athlete: Athlete) -> Crew:
        """Another crew, by the same measure, of this one athlete."""
        crew = Crew(1, self._least_score)
        crew.active, crew.everyone = [athlete], [athlete]
        return crew

    def dismiss_all_but(self, athlete: Athlete) -> None:
        """Forget whoever else was found."""
        self.active = [other for other in self.active if other is athlete or not other.sights]
        self.everyone = [athlete]

    def receive(self, answers: Sequence[Answer]) -> None:
        """The network's answers for one frame, for some or all of the active athletes; of others they are ignored."""
        answers = [answer for answer in answers if answer.athlete in self.active]
        kept = self._apart([answer for answer in answers if answer.sight.pose.score >= self._least_score])
        asked = {answer.athlete for answer in answers}
        stay = [athlete for athlete in self.active if athlete not in asked]
        newcomers = []
        for answer in answers:
            athlete = answer.athlete
            athlete.calls += 1
            if answer not in kept:
                athlete.lose()
                continue
            if not athlete.sights:
                newcomers.append(athlete)
            athlete.see(answer.sight, answer.cut)
            stay.append(athlete)
        self.active = stay
        for newcomer in newcomers:
            self._recognize(newcomer)
        for athlete in [one for one in self.active if one.doubtful and one.last.pose.score >= SURE_SCORE]:
            self._recognize_again(athlete)

    def _recognize(self, found: Athlete) -> None:
        """Put the lost athlete who `found` is in its place, or take it in as somebody new."""
        if found is self.chosen:
            self.everyone.append(found)
            return
        mixed = identity.mixed_up(found, self.active, self.lost)
        if mixed is not None:
            robbed, hidden = mixed
            robbed.give_back(hidden)
            self.active = [hidden if athlete is robbed else athlete for athlete in self.active]
            known: Athlete | None = robbed
        else:
            known = identity.returned(found, self.lost)
        if known is None:
            self.everyone.append(found)
            return
        known.resume(found)
        self.active = [known if athlete is found else athlete for athlete in self.active]

    def _recognize_again(self, doubtful: Athlete) -> None:
        """Whoever was half hidden at first, behind a tree or at the edge, is seen well now: is it a lost one?"""
        doubtful.look_afresh()
        if doubtful is self.chosen or doubtful not in self.everyone:
            return
        known = identity.returned(doubtful, [one for one in self.lost if identity.never_together(one, doubtful)])
        if known is not None:
            known.resume(doubtful)
            self.everyone.remove(doubtful)
            self.active = [known if athlete is doubtful else athlete for athlete in self.active]

    @staticmethod
    def _apart(answers: Sequence[Answer]) -> list[Answer]:
        """One answer a body: where regions slid onto the same one, its owner's."""
        kept: list[Answer] = []
        for answer in answers:
            rival = next((other for other in kept if identity.same_pose(other.sight.pose, answer.sight.pose)), None)
            if rival is None:
                kept.append(answer)
                continue
            pair = (rival, answer)
            looks = [appearance(one.cut, one.sight.pose) for one in pair]
            winner = identity.owner([one.athlete for one in pair], [one.sight for one in pair], looks)
            kept[kept.index(rival)] = pair[winner]
        return kept
