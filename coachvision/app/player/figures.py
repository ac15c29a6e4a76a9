"""What is drawn over a frame, as numbers: limbs, joint angles, trails of one athlete. No window here.

Looked up by frame number, so that a frame always carries its own skeleton.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from coachvision.core.landmarks import BONES, side_of
from coachvision.core.results import Series, Track
from coachvision.core.time import Timeline

# Below this the network does not know either: nothing is drawn.
_GUESS = 0.15
# The bones between which a joint's angle is measured: (above, joint, below).
_ARMS = {
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "ankle": ("knee", "ankle", "foot_index"),
}
_PREFIX = "angle."
# Of one trail: more are not told apart, and each is a line to paint.
_TRAIL_PLACES = 40

Place = tuple[float, float]


# So many shades of certainty are told apart at a glance; what is alike is painted in one go.
SHADES = (0.3, 0.6, 1.0)


@dataclass(frozen=True, eq=False)
class Posture:
    """An athlete in one frame. places: of all landmarks, upright pixels; only those that are named below are known.

    limbs: from which to which. joints: where a dot stands. Both by side (left, right or middle) and how sure they are,
    one of `SHADES`, the next one up.
    """

    places: list[Place]
    limbs: dict[tuple[str, float], list[tuple[int, int]]]
    joints: dict[tuple[str, float], list[int]]


@dataclass(frozen=True)
class JointAngle:
    """An angle to write beside its joint. above, below: the other ends of the bones it is measured between.

    zero: a point in whose direction from the joint the lower bone would lie at 0 degrees, None where no line tells it.
    """

    at: Place
    above: Place
    below: Place
    zero: Place | None
    degrees: float
    side: str
    sure: float


@dataclass(frozen=True, eq=False)
class Trail:
    """Where a landmark was in the last moments, upright pixels, oldest first."""

    places: list[Place]
    side: str


class Figure:
    """One athlete's track and angles on a video's frames. whole: tell of everything as if it were sure."""

    def __init__(self, timeline: Timeline, track: Track, series: Sequence[Series], joints: Sequence[str]) -> None:
        """joints: whose angles are written, of knee, hip, elbow, ankle."""
        self.whole = False
        self._timeline = timeline
        self._track = track
        self._row = _rows(timeline, track.pts)
        self._place = place = {name: k for k, name in enumerate(track.names)}
        self._bones = [(place[a], place[b], _side(a, b)) for a, b in BONES if a in place and b in place]
        self._dots = [(k, side_of(name)) for name, k in place.items() if not _inside_face(name)]
        self._read: tuple[int, list[Place], list[float]] = (-1, [], [])
        self._angles: list[tuple[tuple[int, int, int], str, Series, NDArray[np.int64]]] = []
        for one in series:
            side, _, joint = one.name.removeprefix(_PREFIX).partition("_")
            if one.subject != track.subject or not one.name.startswith(_PREFIX) or joint not in joints:
                continue
            names = [f"{side}_{part}" for part in _ARMS.get(joint, ())]
            if names and all(name in place for name in names):
                above, at, below = (place[name] for name in names)
                self._angles.append(((above, at, below), side, one, _rows(timeline, one.pts)))

    def posture(self, index: int) -> Posture | None:
        """Lines and dots of a frame, uncertain ones included; None where nobody is seen."""
        row = int(self._row[index])
        if row < 0:
            return None
        places, sure = self._known(row)
        most = len(SHADES) - 1
        shades = [SHADES[most if self.whole else min(bisect_left(SHADES, one), most)] if one else 0.0 for one in sure]
        limbs: dict[tuple[str, float], list[tuple[int, int]]] = {}
        joints: dict[tuple[str, float], list[int]] = {}
        for a, b, side in self._bones:
            if shade := min(shades[a], shades[b]):
                limbs.setdefault((side, shade), []).append((a, b))
        for k, side in self._dots:
            if shade := shades[k]:
                joints.setdefault((side, shade), []).append(k)
        return Posture(places, limbs, joints)

    def _known(self, row: int) -> tuple[list[Place], list[float]]:
        """Where each landmark is, and how sure that is: 0 where it is not to be drawn."""
        if self._read[0] != row:
            # Some thirty numbers: plain ones are reckoned with faster than arrays.
            places = [(x, y) for x, y in self._track.points[row].tolist()]
            sure = [
                one if one >= _GUESS and isfinite(x) and isfinite(y) else 0.0
                for one, (x, y) in zip(self._track.confidence[row].tolist(), places, strict=True)
            ]
            self._read = (row, places, sure)
        return self._read[1], self._read[2]

    def angles(self, index: int) -> Iterator[JointAngle]:
        """The angles of a frame, where both the number and its joint are known."""
        row = int(self._row[index])
        if row < 0:
            return
        places, sure = self._known(row)
        for (above, at, below), side, series, rows in self._angles:
            value = float(series.values[rows[index]]) if rows[index] >= 0 else float("nan")
            least = min(sure[above], sure[at], sure[below])
            if isfinite(value) and least:
                (x, y), (from_x, from_y) = places[at], places[above]
                # Straight is 0, but for the ankle, whose neutral is square to the shin.
                zero = None if series.name.endswith("_ankle") else (2 * x - from_x, 2 * y - from_y)
                yield JointAngle((x, y), places[above], places[below], zero, value, side, 1.0 if self.whole else least)

    def trails(self, index: int, names: Sequence[str], seconds: float) -> Iterator[Trail]:
        """The way of those landmarks in the seconds before a frame; gaps are left out."""
        first = self._timeline.index_at(float(self._timeline.seconds[index]) - seconds)
        # Of a fast camera's frames some, the same ones from frame to frame: else the trail would tremble.
        step = (index - first) // _TRAIL_PLACES + 1
        rows = self._row[np.append(np.arange(first + -first % step, index, step), index)]
        rows = rows[rows >= 0]
        marks = [self._place[name] for name in names if name in self._place]
        points, sure = self._track.points[rows][:, marks], self._track.confidence[rows][:, marks]
        known = np.isfinite(points).all(axis=2) & (sure >= _GUESS)
        for k, mark in enumerate(marks):
            places = [(x, y) for x, y in points[known[:, k], k].tolist()]
            if len(places) > 1:
                yield Trail(places, side_of(self._track.names[mark]))

    def box(self, index: int) -> tuple[float, float, float, float] | None:
        """(left, top, right, bottom) of the athlete in a frame, or None where nobody is seen."""
        row = int(self._row[index])
        if row < 0:
            return None
        points = self._track.points[row]
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return None
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def _rows(timeline: Timeline, pts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(frames,) the row of `pts` that belongs to each frame, -1 where none does."""
    rows = np.full(len(timeline), -1, np.int64)
    if len(pts):
        at = np.clip(np.searchsorted(pts, timeline.pts), 0, len(pts) - 1)
        same = pts[at] == timeline.pts
        rows[same] = at[same]
    return rows


def _side(a: str, b: str) -> str:
    return side_of(a) if side_of(a) == side_of(b) else "middle"


def _inside_face(name: str) -> bool:
    return any(part in name for part in ("eye", "mouth", "pinky", "index", "thumb")) and "foot" not in name
