"""One athlete followed through a video: the region for the next frame, and everything seen so far. For `analyzer`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision_pose.appearance import Histogram, appearance
from coachvision_pose.landmarker import COUNT, Pose
from coachvision_pose.roi import CutOut, Roi
from coachvision_pose.steady import SteadyRegion

Floats = NDArray[np.float32]

# How sure the network is of a body that it sees whole; where much of it is hidden, its clothes are the tree's.
SURE_SCORE = 0.95
# How often the clothes are looked at, and how much of a new look is taken.
_LOOK_EVERY_S = 0.3
_LOOK_SHARE = 0.2
# Speed is taken over this long: shorter is noise of the landmarks, longer misses a turn.
_SPEED_OVER_S = 0.2
_SPEED_HOLDS_S = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """One athlete in one frame."""

    index: int
    pts: int
    time_s: float
    pose: Pose

    @property
    def hips(self) -> Floats:
        """(2,) pixels, the centre between the hips."""
        hips: Floats = self.pose.values[COUNT, :2]
        return hips

    @property
    def size(self) -> float:
        """Diameter of the circle around the body, pixels."""
        return self.pose.size


class Athlete:
    """roi: where to look in the next frame, None while lost. calls: landmark-network calls spent on this athlete."""

    def __init__(self, roi: Roi) -> None:
        self.roi: Roi | None = roi
        self.sights: list[Sight] = []
        self.calls = 0
        self.looks: Histogram | None = None
        self.cut_off = False
        self._cut: CutOut | None = None
        self._steady = SteadyRegion()
        self._looked_s = -np.inf
        self._doubtful = False

    def see(self, sight: Sight, cut: CutOut) -> None:
        """A pose found in the frame after the last sight; cut: where."""
        if not self.sights:
            self._doubtful = sight.pose.score < SURE_SCORE
        self.sights.append(sight)
        self._cut = cut
        self.cut_off = False
        self.roi = self._steady.follow(sight.pose.alignment)
        if abs(sight.time_s - self._looked_s) >= _LOOK_EVERY_S:
            self._looked_s = sight.time_s
            look = appearance(cut, sight.pose)
            self.looks = look if self.looks is None else self.looks + _LOOK_SHARE * (look - self.looks)

    @property
    def doubtful(self) -> bool:
        """Whether no sight yet showed the clothes well enough to tell who it is."""
        return self._doubtful

    def look_afresh(self) -> None:
        """Forget what the clothes looked like while the athlete was seen badly."""
        self.looks = self.look_now()
        self._looked_s = self.last.time_s
        self._doubtful = False

    def lose(self, *, cut: bool = False) -> None:
        """Not in the picture any more, for now; cut: the shot ended."""
        self.roi = self._cut = None
        self.cut_off = self.cut_off or cut
        self._steady = SteadyRegion()

    def look_now(self) -> Histogram:
        """The clothes in the latest sight. Raises ValueError while lost."""
        if self._cut is None:
            raise ValueError("the athlete is out of view")
        return appearance(self._cut, self.last.pose)

    def give_back(self, hidden: Athlete) -> None:
        """All that was seen since `hidden` was lost was `hidden`: hand it over, and be lost since then instead."""
        given = [sight for sight in self.sights if sight.index > hidden.last.index]
        self.sights = self.sights[: len(self.sights) - len(given)]
        self.calls -= len(given)
        hidden.sights += given
        hidden.calls += len(given)
        hidden.roi, hidden._steady, hidden._cut = self.roi, self._steady, self._cut
        self.lose()

    def resume(self, other: Athlete) -> None:
        """`other`, found after this one was lost, is this one: take over what was seen of it."""
        self.sights += other.sights
        self.calls += other.calls
        self.roi, self._steady = other.roi, other._steady
        self._looked_s, self._cut = other._looked_s, other._cut
        self.cut_off = False

    @property
    def last(self) -> Sight:
        """The latest sight. Raises IndexError before the first."""
        return self.sights[-1]

    def expected(self, time_s: float) -> NDArray[np.float64]:
        """(2,) pixels: where the hips should be then. Speed holds for a moment: people stop and turn out of sight."""
        return self.last.hips + self.speed() * min(abs(time_s - self.last.time_s), _SPEED_HOLDS_S)

    def speed(self) -> NDArray[np.float64]:
        """(2,) pixels a second of the hips just before the latest sight."""
        last = self.last
        for sight in reversed(self.sights[-64:]):
            elapsed = abs(last.time_s - sight.time_s)
            if elapsed >= _SPEED_OVER_S:
                return np.asarray((last.hips - sight.hips) / elapsed, np.float64)
        return np.zeros(2)
