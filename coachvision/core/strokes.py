"""What a drawing looks like at a moment, as strokes that any painter can paint: in the window and in exports alike.

Places are upright pixels of the video; widths, letters and badges are the painter's business, so that they keep their
size whatever the zoom.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from coachvision.core import picture
from coachvision.core.calibration import Calibration
from coachvision.core.drawing import Drawing
from coachvision.core.picture import Point
from coachvision.core.units import Units, show_length, show_speed

# An arc around an angle's corner reaches this far along the shorter side.
_ARC = 0.32
# A magnifier's glass and a new one's, as a share of the picture's height.
_GLASS = 0.14
_MOST_LINES = 100


@dataclass(frozen=True)
class Stroke:
    """A line over points. fill: opacity of its inside. head: an arrow's head at the end. weight: of the width."""

    points: tuple[Point, ...]
    closed: bool = False
    dashed: bool = False
    fill: float = 0.0
    head: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class Words:
    """Text on a plate. side: where it stands from its place: `right`, `above`, `away`, `corner` (its top left).

    beyond: for `away`: a place on the other side of `at` from which the plate keeps clear.
    """

    text: str
    at: Point
    side: str = "right"
    size: float = 1.0
    beyond: Point = (0.0, 0.0)


@dataclass(frozen=True)
class Badge:
    """A number in a disc."""

    text: str
    at: Point


@dataclass(frozen=True)
class Dot:
    """A small ring that marks a place. sure: False where it is a guess."""

    at: Point
    sure: bool = True


@dataclass(frozen=True)
class Dim:
    """All but the inside of an outline is darkened."""

    outline: tuple[Point, ...]


@dataclass(frozen=True)
class Lens:
    """The picture around `source`, enlarged `zoom` times, in a disc around `at` of that radius in pixels."""

    source: Point
    at: Point
    radius: float
    zoom: float


Part = Stroke | Words | Badge | Dot | Dim | Lens


class Moment(Protocol):
    """What strokes are made from, besides the drawing and its points."""

    @property
    def pts(self) -> int:
        """The frame's."""
        ...

    @property
    def height(self) -> int:
        """Of the picture, pixels."""
        ...

    @property
    def calibration(self) -> Calibration | None:
        """From pixels to metres, or None."""
        ...

    @property
    def units(self) -> Units:
        """The coach's."""
        ...

    def seconds(self, pts: int) -> float:
        """Real seconds from the first frame."""
        ...

    def trail(self, drawing: Drawing) -> Sequence[Point]:
        """Where a track has been up to now, oldest first."""
        ...

    def speed(self, drawing: Drawing) -> float | None:
        """A track's speed now: metres a second where calibrated, else pixels a second; None where unknown."""
        ...


def parts(drawing: Drawing, points: Sequence[Point], moment: Moment) -> Iterator[Part]:
    """The drawing, back to front. points: where its own points are now."""
    return _MAKERS[drawing.kind](drawing, points, moment)


def length_words(a: Point, b: Point, moment: Moment) -> str:
    """A distance as the coach reads it: in his units, or in pixels without a calibration."""
    if moment.calibration is None:
        return f"{picture.distance(a, b):.0f} px"
    length, _ = moment.calibration.length(a, b)
    # Beyond a plane's horizon there is no length.
    return show_length(length, moment.units.length) if math.isfinite(length) else "–"


def speed_words(speed: float, moment: Moment) -> str:
    """A speed as the coach reads it."""
    return f"{speed:.0f} px/s" if moment.calibration is None else show_speed(speed, moment.units.speed)


def degrees(value: float) -> str:
    """`123°`, with a real minus."""
    return f"{value:.0f}°".replace("-", "−") if math.isfinite(value) else "–"


def glass_radius(drawing: Drawing, height: int) -> float:
    """Of a magnifier, pixels."""
    return drawing.numbers.get("radius", _GLASS * height)


def elapsed(drawing: Drawing, moment: Moment) -> float:
    """Seconds that a stopwatch shows: it stands at nought before its start, and from its stop on."""
    start = moment.seconds(drawing.key_pts)
    now = moment.seconds(moment.pts)
    stop = drawing.numbers.get("stop_pts")
    if stop is not None:
        now = min(now, moment.seconds(int(stop)))
    return max(0.0, now - start)


def _line(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    yield Stroke(tuple(points))


def _arrow(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    yield Stroke(tuple(points), head=True)


def _rectangle(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    (x1, y1), (x2, y2) = points
    yield Stroke(((x1, y1), (x2, y1), (x2, y2), (x1, y2)), closed=True)


def _ellipse(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    yield Stroke(picture.ellipse(points[0], points[1]), closed=True)


def _text(drawing: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    yield Words(drawing.text or "Text", points[0], "corner", 1.25)


def _marker(drawing: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    yield Badge(f"{drawing.numbers.get('number', 1):.0f}", points[0])


def _spotlight(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    outline = picture.circle(points[0], max(1.0, picture.distance(points[0], points[1])))
    yield Dim(outline)
    yield Stroke(outline, closed=True, weight=0.7)


def _magnifier(drawing: Drawing, points: Sequence[Point], moment: Moment) -> Iterator[Part]:
    source, at = points
    radius, zoom = glass_radius(drawing, moment.height), max(1.0, drawing.numbers.get("zoom", 2.5))
    small = radius / zoom
    away = picture.distance(source, at)
    yield Stroke(picture.circle(source, small), closed=True, weight=0.7)
    if away > radius + small:
        ux, uy = (at[0] - source[0]) / away, (at[1] - source[1]) / away
        start = source[0] + ux * small, source[1] + uy * small
        yield Stroke((start, (at[0] - ux * radius, at[1] - uy * radius)), weight=0.5)
    yield Lens(source, at, radius, zoom)
    yield Stroke(picture.circle(at, radius), closed=True)


def _angle(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    a, vertex, b = points
    yield Stroke((a, vertex, b))
    yield from _corner(vertex, a, b, picture.angle_between(a, vertex, b))


def _horizontal(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    start, end = points
    level = (start[0] + picture.distance(start, end) * 0.7, start[1])
    yield Stroke((start, end))
    yield Stroke((start, level), dashed=True, weight=0.6)
    yield from _corner(start, level, end, picture.angle_from_horizontal(start, end))


def _vertical(_: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    start, end = points
    upright = (start[0], start[1] - picture.distance(start, end) * 0.7)
    yield Stroke((start, end))
    yield Stroke((start, upright), dashed=True, weight=0.6)
    yield from _corner(start, upright, end, picture.angle_from_vertical(start, end))


def _corner(vertex: Point, first: Point, second: Point, value: float) -> Iterator[Part]:
    radius = _ARC * min(picture.distance(vertex, first), picture.distance(vertex, second))
    rim = picture.arc(vertex, first, second, radius)
    yield Stroke((vertex, *rim), closed=True, fill=0.25, weight=0.0)
    yield Stroke(rim, weight=0.7)
    middle = rim[len(rim) // 2]
    yield Words(degrees(value), middle, "away", beyond=vertex)


def _distance(_: Drawing, points: Sequence[Point], moment: Moment) -> Iterator[Part]:
    a, b = points
    yield Stroke((a, b))
    length = picture.distance(a, b)
    if length > 0:
        # A bar at each end, square to the line.
        reach = min(0.06 * length, 0.02 * moment.height) + 2
        ux, uy = (a[1] - b[1]) / length * reach, (b[0] - a[0]) / length * reach
        for x, y in (a, b):
            yield Stroke(((x - ux, y - uy), (x + ux, y + uy)))
    yield Words(length_words(a, b, moment), ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), "above")


def _stopwatch(drawing: Drawing, points: Sequence[Point], moment: Moment) -> Iterator[Part]:
    yield Words(f"{elapsed(drawing, moment):.3f} s", points[0], "corner", 1.25)


def _grid(drawing: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    (x1, y1), (x2, y2) = points
    yield from _mesh(drawing, lambda u, v: (x1 + (x2 - x1) * u, y1 + (y2 - y1) * v))


def _plane(drawing: Drawing, points: Sequence[Point], __: Moment) -> Iterator[Part]:
    yield from _mesh(drawing, lambda u, v: picture.plane_point(points, u, v))
    yield Stroke(tuple(points), closed=True)


def _mesh(drawing: Drawing, place: Callable[[float, float], Point | None]) -> Iterator[Part]:
    columns = min(max(1, int(drawing.numbers.get("columns", 6))), _MOST_LINES)
    rows = min(max(1, int(drawing.numbers.get("rows", 4))), _MOST_LINES)
    lines = [((k / columns, 0.0), (k / columns, 1.0), k in (0, columns)) for k in range(columns + 1)]
    lines += [((0.0, k / rows), (1.0, k / rows), k in (0, rows)) for k in range(rows + 1)]
    for (u1, v1), (u2, v2), edge in lines:
        a, b = place(u1, v1), place(u2, v2)
        if a is not None and b is not None:
            yield Stroke((a, b), weight=1.0 if edge else 0.5)


def _track(drawing: Drawing, points: Sequence[Point], moment: Moment) -> Iterator[Part]:
    been = moment.trail(drawing)
    if not been:
        return
    if len(been) > 1:
        yield Stroke(tuple(been))
    if points:
        now = points[0]
        yield Dot(now)
        speed = moment.speed(drawing)
        words = [drawing.text] if drawing.text else []
        words += [speed_words(speed, moment)] if speed is not None else []
        if words:
            yield Words("  ".join(words), now, "right", 0.9)


_MAKERS: dict[str, Callable[[Drawing, Sequence[Point], Moment], Iterator[Part]]] = {
    "line": _line, "arrow": _arrow, "rectangle": _rectangle, "ellipse": _ellipse, "freehand": _line, "text": _text,
    "marker": _marker, "spotlight": _spotlight, "magnifier": _magnifier, "angle": _angle, "horizontal": _horizontal,
    "vertical": _vertical, "distance": _distance, "stopwatch": _stopwatch, "grid": _grid, "plane": _plane,
    "track": _track,
}  # fmt: skip
