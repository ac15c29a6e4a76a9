"""Drawings on the picture: what each kind is made of, when it is seen, what its points follow. Plain data, no I/O.

Anyone may call it: the window and the exports draw what `scene` makes of it, the library keeps `shape` as JSON.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

VERSION = 1
# A freehand line or a path of more points than this was not made by a hand or a tracker.
MOST_POINTS = 200_000

Gesture = Literal["place", "drag", "points", "free"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of drawing. least, most: how many points. gesture: how it is made with the mouse.

    rigid: where one point follows something, the others keep their distance to it. whole: seen all through the film,
    unless the coach says otherwise.
    """

    title: str
    least: int
    most: int
    gesture: Gesture
    rigid: bool = False
    whole: bool = False


KINDS: Mapping[str, Kind] = {
    "line": Kind("Line", 2, 2, "drag"),
    "arrow": Kind("Arrow", 2, 2, "drag"),
    "rectangle": Kind("Rectangle", 2, 2, "drag", rigid=True),
    "ellipse": Kind("Ellipse", 2, 2, "drag", rigid=True),
    "freehand": Kind("Freehand", 2, MOST_POINTS, "free", rigid=True),
    "text": Kind("Text", 1, 1, "place"),
    "marker": Kind("Numbered marker", 1, 1, "place"),
    "spotlight": Kind("Spotlight", 2, 2, "drag", rigid=True),
    "magnifier": Kind("Magnifier", 2, 2, "drag"),
    "angle": Kind("Angle", 3, 3, "points", whole=True),
    "horizontal": Kind("Angle to horizontal", 2, 2, "drag", whole=True),
    "vertical": Kind("Angle to vertical", 2, 2, "drag", whole=True),
    "distance": Kind("Distance", 2, 2, "drag"),
    "stopwatch": Kind("Stopwatch", 1, 1, "place", whole=True),
    "grid": Kind("Grid", 2, 2, "drag", rigid=True, whole=True),
    "plane": Kind("Perspective grid", 4, 4, "points", whole=True),
    "track": Kind("Track", 0, 0, "place", whole=True),
}


@dataclass(frozen=True, slots=True)
class Joint:
    """A landmark of an athlete's pose."""

    subject: int
    landmark: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """The point that a drawing of kind `track` follows."""

    drawing: str


Target = Joint | Tracked


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point of a drawing in upright pixels: its own place, or where it was on the key frame of what it follows."""

    x: float
    y: float
    to: Target | None = None

    @property
    def place(self) -> tuple[float, float]:
        """Its own place."""
        return self.x, self.y


@dataclass(frozen=True, slots=True)
class Seen:
    """A moment of a track: the frame's pts, the place in upright pixels, how sure (0..1; 1 where the coach set it)."""

    pts: int
    x: float
    y: float
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Style:
    """colour: `#rrggbb`. width: of lines, for a picture seen 720 high. opacity: 0..1."""

    colour: str = "#ffd23f"
    width: float = 3.0
    opacity: float = 1.0


@dataclass(frozen=True)
class Drawing:
    """One drawing. key_pts: the frame it was made on. whole: seen all through; else fading in `fade_s` around its key.

    text: what a text says. numbers: by name: `number` of a marker, `rows`, `columns` of a grid, `zoom`, `radius` of a
    magnifier, `stop_pts` of a stopwatch. path: of a track, in order of time.
    """

    id: str
    kind: str
    points: tuple[Anchor, ...]
    key_pts: int
    whole: bool = False
    fade_s: float = 1.0
    style: Style = field(default_factory=Style)
    text: str = ""
    note: str = ""
    hidden: bool = False
    numbers: Mapping[str, float] = field(default_factory=dict)
    path: tuple[Seen, ...] = ()

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise ValueError(f"there is no drawing of kind {self.kind!r}")
        if not kind.least <= len(self.points) <= kind.most:
            raise ValueError(f"a drawing of kind {self.kind} cannot have {len(self.points)} points")
        told = [v for point in self.points for v in point.place] + [v for s in self.path for v in (s.x, s.y, s.sure)]
        told += [self.fade_s, self.style.width, self.style.opacity, *self.numbers.values()]
        if not all(math.isfinite(value) for value in told):
            raise ValueError("a number of a drawing is not finite")
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.style.colour):
            raise ValueError(f"{self.style.colour!r} is no colour")
        if any(later.pts <= earlier.pts for earlier, later in pairwise(self.path)):
            raise ValueError("the path of a track must go forward in time")

    @property
    def title(self) -> str:
        """What to call it in a list."""
        number = self.numbers.get("number")
        kind = KINDS[self.kind].title
        return self.text.strip().split("\n")[0] or (f"{kind} {number:.0f}" if number else kind)

    def shape(self) -> dict[str, Any]:
        """Everything but id and kind, as JSON."""
        return {
            "version": VERSION,
            "key_pts": self.key_pts,
            "whole": self.whole,
            "fade_s": self.fade_s,
            "points": [_packed(point) for point in self.points],
            "colour": self.style.colour,
            "width": self.style.width,
            "opacity": self.style.opacity,
            "text": self.text,
            "note": self.note,
            "hidden": self.hidden,
            "numbers": dict(self.numbers),
            "path": [[seen.pts, seen.x, seen.y, seen.sure] for seen in self.path],
        }

    @classmethod
    def from_shape(cls, drawing: str, kind: str, shape: Mapping[str, Any]) -> Drawing:
        """The drawing that `shape` tells of. Raises ValueError for anything else (a newer version's, say)."""
        try:
            if shape["version"] > VERSION:
                raise ValueError("this drawing was made by a newer CoachVision")
            return cls(
                id=drawing,
                kind=kind,
                points=tuple(_unpacked(point) for point in shape["points"]),
                key_pts=int(shape["key_pts"]),
                whole=bool(shape["whole"]),
                fade_s=float(shape["fade_s"]),
                style=Style(str(shape["colour"]), float(shape["width"]), float(shape["opacity"])),
                text=str(shape["text"]),
                note=str(shape["note"]),
                hidden=bool(shape["hidden"]),
                numbers={str(name): float(value) for name, value in shape["numbers"].items()},
                path=tuple(Seen(int(p), float(x), float(y), float(s)) for p, x, y, s in shape["path"]),
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"this is no shape of a drawing: {error!r}") from error

    def visibility(self, seconds: float, key_seconds: float) -> float:
        """How much of it is seen at a time, 0..1, given the time of its key frame. On the key frame always 1."""
        if self.hidden:
            return 0.0
        away = abs(seconds - key_seconds)
        if self.whole or away < 1e-9:
            return 1.0
        return max(0.0, 1.0 - away / self.fade_s) if self.fade_s > 0 else 0.0

    def follows(self, drawing: str) -> bool:
        """Whether a point of it follows that track."""
        return any(point.to == Tracked(drawing) for point in self.points)


def _packed(point: Anchor) -> list[Any]:
    if isinstance(point.to, Joint):
        return [point.x, point.y, "joint", point.to.subject, point.to.landmark]
    if isinstance(point.to, Tracked):
        return [point.x, point.y, "track", point.to.drawing]
    return [point.x, point.y]


def _unpacked(packed: Any) -> Anchor:
    x, y, *rest = packed
    if not rest:
        return Anchor(float(x), float(y))
    what, *to = rest
    if what == "joint" and len(to) == 2:
        return Anchor(float(x), float(y), Joint(int(to[0]), str(to[1])))
    if what == "track" and len(to) == 1:
        return Anchor(float(x), float(y), Tracked(str(to[0])))
    raise ValueError(f"a point of a drawing follows {what!r}, which is unknown")
