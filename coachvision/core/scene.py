"""All drawings of a film at a moment: which are seen, how much, where their points are. Anyone may call it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coachvision.core import cleaning
from coachvision.core.calibration import Calibration
from coachvision.core.derivatives import speed as speed_of
from coachvision.core.drawing import KINDS, Anchor, Drawing, Joint, Seen, Target, Tracked
from coachvision.core.picture import Point
from coachvision.core.results import Track
from coachvision.core.strokes import Part, parts
from coachvision.core.time import Timeline
from coachvision.core.units import Units

# Below this the pose network does not know either: nothing follows a guess.
SEEN = 0.15
TRAIL_S = 2.0
_FEWEST = 5


@dataclass(frozen=True, eq=False)
class Shown:
    """A drawing at a moment. points: where its own points are. opacity: 0..1, of the style and the fading together."""

    drawing: Drawing
    points: tuple[Point, ...]
    opacity: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """What drawings need to know of a film. tracks: of the athletes (corrected); height: of the picture, pixels."""

    timeline: Timeline
    height: int
    drawings: Sequence[Drawing] = ()
    tracks: Sequence[Track] = ()
    calibration: Calibration | None = None
    units: Units = field(default_factory=Units)
    _speeds: dict[str, tuple[tuple[Seen, ...], NDArray[np.float64]]] = field(default_factory=dict, repr=False)

    def shown(self, pts: int) -> Iterator[Shown]:
        """Every drawing that is seen on that frame, the oldest (lowest) first."""
        moment = At(self, pts)
        now = self.timeline.seconds_of(pts)
        for drawing in self.drawings:
            opacity = drawing.style.opacity * drawing.visibility(now, self.timeline.seconds_of(drawing.key_pts))
            points = self.points(drawing, pts) if opacity > 0 else None
            if points is not None:
                yield Shown(drawing, points, opacity, tuple(parts(drawing, points, moment)))

    def points(self, drawing: Drawing, pts: int) -> tuple[Point, ...] | None:
        """Where a drawing's points are on a frame; None where it follows what is not seen there."""
        if drawing.kind == "track":
            now = self.place(Tracked(drawing.id), pts)
            return (now,) if now is not None else ()
        found = [anchor.place if anchor.to is None else self.place(anchor.to, pts) for anchor in drawing.points]
        if any(point is None for point in found):
            return None
        places = [point for point in found if point is not None]
        return _kept_together(drawing.points, places) if KINDS[drawing.kind].rigid else tuple(places)

    def place(self, target: Target, pts: int) -> Point | None:
        """Where a joint or a tracked point is on a frame, or None."""
        if isinstance(target, Joint):
            return self._joint(target, pts)
        path = self._paths.get(target.drawing)
        return _on_path(path, pts) if path else None

    def joints(self, pts: int) -> Iterator[tuple[Joint, Point]]:
        """Every landmark that is seen on a frame."""
        for track in self.tracks:
            at = _row(track, pts)
            if at is None:
                continue
            for k, name in enumerate(track.names):
                if _good(track, at, k):
                    yield Joint(track.subject, name), (float(track.points[at, k, 0]), float(track.points[at, k, 1]))

    def speeds(self, drawing: Drawing) -> NDArray[np.float64]:
        """(n,) speeds along a track's path: m/s with a calibration, else px/s; NaN where it is too short to tell.

        Of the path filtered without lag, as the landmarks are (`core.cleaning`).
        """
        known = self._speeds.get(drawing.id)
        # A track that is being followed grows from one picture to the next.
        if known is None or known[0] is not drawing.path:
            known = self._speeds[drawing.id] = (drawing.path, self._speed(drawing.path))
        return known[1]

    @property
    def _paths(self) -> Mapping[str, tuple[Seen, ...]]:
        return {drawing.id: drawing.path for drawing in self.drawings if drawing.kind == "track"}

    def _joint(self, joint: Joint, pts: int) -> Point | None:
        for track in self.tracks:
            if track.subject == joint.subject and joint.landmark in track.names:
                at, k = _row(track, pts), track.names.index(joint.landmark)
                if at is not None and _good(track, at, k):
                    return float(track.points[at, k, 0]), float(track.points[at, k, 1])
        return None

    def _speed(self, path: tuple[Seen, ...]) -> NDArray[np.float64]:
        if len(path) < _FEWEST:
            return np.full(len(path), np.nan)
        times = self.timeline.times_of(np.array([seen.pts for seen in path], np.int64))
        points = np.array([[[seen.x, seen.y]] for seen in path])
        clean = cleaning.clean(times, points, np.ones((len(path), 1)), cleaning.Cleaning()).values[:, 0]
        return speed_of(times, clean if self.calibration is None else self.calibration.to_metres(clean))


@dataclass(frozen=True, eq=False)
class At:
    """A scene on one frame: what `strokes` asks."""

    scene: Scene
    pts: int

    @property
    def height(self) -> int:
        """Of the picture, pixels."""
        return self.scene.height

    @property
    def calibration(self) -> Calibration | None:
        """From pixels to metres, or None."""
        return self.scene.calibration

    @property
    def units(self) -> Units:
        """The coach's."""
        return self.scene.units

    def seconds(self, pts: int) -> float:
        """Real seconds from the first frame."""
        return self.scene.timeline.seconds_of(pts)

    def trail(self, drawing: Drawing) -> Sequence[Point]:
        """Where a track has been in the last two seconds, oldest first; nothing once it is over."""
        path = drawing.path
        if not path or self.pts < path[0].pts:
            return ()
        now = self.seconds(self.pts)
        if now - self.seconds(path[-1].pts) > TRAIL_S:
            return ()
        return [(s.x, s.y) for s in path if s.pts <= self.pts and now - self.seconds(s.pts) <= TRAIL_S]

    def speed(self, drawing: Drawing) -> float | None:
        """A track's speed on this frame, or None."""
        for seen, value in zip(drawing.path, self.scene.speeds(drawing), strict=True):
            if seen.pts == self.pts:
                return float(value) if math.isfinite(value) else None
        return None


def _kept_together(anchors: Sequence[Anchor], places: Sequence[Point]) -> tuple[Point, ...]:
    """Points that follow nothing go along with the mean of those that do."""
    moves = [
        (place[0] - anchor.x, place[1] - anchor.y)
        for anchor, place in zip(anchors, places, strict=True)
        if anchor.to is not None
    ]
    if not moves:
        return tuple(places)
    dx, dy = sum(move[0] for move in moves) / len(moves), sum(move[1] for move in moves) / len(moves)
    return tuple(
        place if anchor.to is not None else (place[0] + dx, place[1] + dy)
        for anchor, place in zip(anchors, places, strict=True)
    )


def _row(track: Track, pts: int) -> int | None:
    at = int(np.searchsorted(track.pts, pts))
    return at if at < len(track.pts) and int(track.pts[at]) == pts else None


def _good(track: Track, at: int, k: int) -> bool:
    # What the coach has placed is sure, whatever the network thought.
    placed = track.corrected is not None and bool(track.corrected[at, k])
    return (placed or float(track.confidence[at, k]) >= SEEN) and bool(np.isfinite(track.points[at, k]).all())


def _on_path(path: tuple[Seen, ...], pts: int) -> Point | None:
    """Where a path is at a pts: between two of its moments on the straight line; None before and after it."""
    if not path[0].pts <= pts <= path[-1].pts:
        return None
    at = int(np.searchsorted([seen.pts for seen in path], pts))
    later = path[at]
    if later.pts == pts:
        return later.x, later.y
    earlier = path[at - 1]
    share = (pts - earlier.pts) / (later.pts - earlier.pts)
    return earlier.x + share * (later.x - earlier.x), earlier.y + share * (later.y - earlier.y)
