"""What is drawn over a frame, as numbers: limbs, joint angles, trails of one athlete. No window here.

Looked up by frame number, so that a frame always carries its own skeleton.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
_SIDES = ("middle", "right", "left")


# So many shades of certainty are told apart at a glance; what is alike is painted in one go.
SHADES = (0.3, 0.6, 1.0)


@dataclass(frozen=True, eq=False)
class Marks:
    """Lines (n, 4: from x, y to x, y) or points (n, 2) of one side and about equally sure, upright pixels.

    side: left, right or middle. sure: one of `SHADES`, the next one up.
    """

    side: str
    sure: float
    places: NDArray[np.float32]


@dataclass(frozen=True)
class JointAngle:
    """An angle to write beside its joint. above, below: the other ends of the bones it is measured between.

    zero: a point in whose direction from the joint the lower bone would lie at 0 degrees, None where no line tells it.
    """

    at: tuple[float, float]
    above: tuple[float, float]
    below: tuple[float, float]
    zero: tuple[float, float] | None
    degrees: float
    side: str
    sure: float


@dataclass(frozen=True, eq=False)
class Trail:
    """Where a landmark was in the last moments, (n, 2) upright pixels, oldest first."""

    points: NDArray[np.float32]
    side: str


class Figure:
    """One athlete's track and angles on a video's frames. whole: tell of everything as if it were sure."""

    def __init__(self, timeline: Timeline, track: Track, series: Sequence[Series], joints: Sequence[str]) -> None:
        """joints: whose angles are written, of knee, hip, elbow, ankle."""
        self.whole = False
        self._timeline = timeline
        self._track = track
        self._row = _rows(timeline, track.pts)
        place = {name: k for k, name in enumerate(track.names)}
        bones = [(place[a], place[b], _side(a, b)) for a, b in BONES if a in place and b in place]
        self._bones = np.array([(a, b) for a, b, _ in bones], np.int64).reshape(-1, 2)
        self._bone_sides = np.array([_SIDES.index(side) for _, _, side in bones], np.int64)
        dots = [(k, side_of(name)) for name, k in place.items() if not _inside_face(name)]
        self._dots = np.array([k for k, _ in dots], np.int64)
        self._dot_sides = np.array([_SIDES.index(side) for _, side in dots], np.int64)
        self._angles: list[tuple[tuple[int, int, int], str, Series, NDArray[np.int64]]] = []
        for one in series:
            side, _, joint = one.name.removeprefix(_PREFIX).partition("_")
            if one.subject != track.subject or not one.name.startswith(_PREFIX) or joint not in joints:
                continue
            names = [f"{side}_{part}" for part in _ARMS.get(joint, ())]
            if names and all(name in place for name in names):
                above, at, below = (place[name] for name in names)
                self._angles.append(((above, at, below), side, one, _rows(timeline, one.pts)))

    def limbs(self, index: int) -> list[Marks]:
        """The lines of a frame, uncertain ones included."""
        row = int(self._row[index])
        if row < 0:
            return []
        points, sure = self._track.points[row], self._sure(row)
        lines = points[self._bones].reshape(-1, 4)
        return _grouped(lines, sure[self._bones].min(axis=1), self._bone_sides)

    def joints(self, index: int) -> list[Marks]:
        """The dots of a frame."""
        row = int(self._row[index])
        if row < 0:
            return []
        return _grouped(self._track.points[row][self._dots], self._sure(row)[self._dots], self._dot_sides)

    def _sure(self, row: int) -> NDArray[np.float32]:
        """(landmarks,) how sure each is, 0 where it is not to be drawn."""
        sure = np.nan_to_num(self._track.confidence[row])
        known = np.isfinite(self._track.points[row]).all(axis=1) & (sure >= _GUESS)
        return np.where(known, np.float32(1) if self.whole else sure, np.float32(0))

    def angles(self, index: int) -> Iterator[JointAngle]:
        """The angles of a frame, where both the number and its joint are known."""
        row = int(self._row[index])
        if row < 0:
            return
        points, sure = self._track.points[row], self._track.confidence[row]
        for (above, at, below), side, series, rows in self._angles:
            value = float(series.values[rows[index]]) if rows[index] >= 0 else float("nan")
            three = points[[above, at, below]]
            if np.isfinite(value) and np.isfinite(three).all() and sure[[above, at, below]].min() >= _GUESS:
                # Straight is 0, but for the ankle, whose neutral is square to the shin.
                zero = None if series.name.endswith("_ankle") else _xy(2 * three[1] - three[0])
                least = 1.0 if self.whole else float(sure[[above, at, below]].min())
                yield JointAngle(_xy(three[1]), _xy(three[0]), _xy(three[2]), zero, value, side, least)

    def trails(self, index: int, names: Sequence[str], seconds: float) -> Iterator[Trail]:
        """The way of those landmarks in the seconds before a frame; gaps are left out."""
        first = self._timeline.index_at(float(self._timeline.seconds[index]) - seconds)
        rows = self._row[first : index + 1]
        rows = rows[rows >= 0]
        for name in names:
            if name in self._track.names:
                k = self._track.names.index(name)
                points = self._track.points[rows, k]
                known = np.isfinite(points).all(axis=1) & (self._track.confidence[rows, k] >= _GUESS)
                if known.sum() > 1:
                    yield Trail(points[known], side_of(name))

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


def _grouped(places: NDArray[np.float32], sure: NDArray[np.float32], sides: NDArray[np.int64]) -> list[Marks]:
    """(n, 2 or 4) places together by side and shade; what is not sure at all is left out."""
    shades = np.searchsorted(np.array(SHADES) + 1e-6, sure)
    groups = np.where(sure > 0, sides * len(SHADES) + np.minimum(shades, len(SHADES) - 1), -1)
    found = []
    for group in np.unique(groups[groups >= 0]).tolist():
        side, shade = divmod(group, len(SHADES))
        found.append(Marks(_SIDES[side], SHADES[shade], places[groups == group]))
    return found


def _rows(timeline: Timeline, pts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(frames,) the row of `pts` that belongs to each frame, -1 where none does."""
    rows = np.full(len(timeline), -1, np.int64)
    if len(pts):
        at = np.clip(np.searchsorted(pts, timeline.pts), 0, len(pts) - 1)
        same = pts[at] == timeline.pts
        rows[same] = at[same]
    return rows


def _xy(point: NDArray[np.float32]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _side(a: str, b: str) -> str:
    return side_of(a) if side_of(a) == side_of(b) else "middle"


def _inside_face(name: str) -> bool:
    return any(part in name for part in ("eye", "mouth", "pinky", "index", "thumb")) and "foot" not in name
