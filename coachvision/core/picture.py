"""Plain geometry on the picture (x right, y down, pixels): angles, distances, outlines. For drawings; no I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]

_AROUND = 64


def angle_between(a: Point, vertex: Point, b: Point) -> float:
    """Degrees from 0 to 180 between the lines from a vertex to two points; NaN where one of them is the vertex."""
    first, second = (a[0] - vertex[0], a[1] - vertex[1]), (b[0] - vertex[0], b[1] - vertex[1])
    if math.hypot(*first) == 0 or math.hypot(*second) == 0:
        return math.nan
    cross = first[0] * second[1] - first[1] * second[0]
    dot = first[0] * second[0] + first[1] * second[1]
    # The arc tangent stays exact near 0 and 180, where the arc cosine does not.
    return math.degrees(math.atan2(abs(cross), dot))


def angle_from_horizontal(start: Point, end: Point) -> float:
    """Degrees from -180 to 180 of a line from horizontal to the right, counter-clockwise positive as seen."""
    dx, dy = end[0] - start[0], start[1] - end[1]
    return math.nan if dx == dy == 0 else math.degrees(math.atan2(dy, dx))


def angle_from_vertical(start: Point, end: Point) -> float:
    """Degrees from 0 to 180 between a line and straight up."""
    return angle_between((start[0], start[1] - 1.0), start, end)


def distance(a: Point, b: Point) -> float:
    """Pixels."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def distance_to_line(at: Point, a: Point, b: Point) -> float:
    """Pixels from a point to the nearest of the stretch between two others."""
    along = (b[0] - a[0], b[1] - a[1])
    length = along[0] ** 2 + along[1] ** 2
    share = 0.0 if length == 0 else ((at[0] - a[0]) * along[0] + (at[1] - a[1]) * along[1]) / length
    share = min(max(share, 0.0), 1.0)
    return distance(at, (a[0] + share * along[0], a[1] + share * along[1]))


def distance_to_lines(at: Point, points: Sequence[Point], *, closed: bool = False) -> float:
    """Pixels from a point to the nearest of a line over several points; infinite without any."""
    if len(points) == 1:
        return distance(at, points[0])
    stretches = list(pairwise(points))
    if closed and len(points) > 2:
        stretches.append((points[-1], points[0]))
    return min((distance_to_line(at, a, b) for a, b in stretches), default=math.inf)


def ellipse(a: Point, b: Point) -> tuple[Point, ...]:
    """The outline of the ellipse that fills the box between two corners."""
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    across, down = abs(b[0] - a[0]) / 2, abs(b[1] - a[1]) / 2
    turns = [2 * math.pi * k / _AROUND for k in range(_AROUND)]
    return tuple((x + across * math.cos(turn), y + down * math.sin(turn)) for turn in turns)


def circle(centre: Point, radius: float) -> tuple[Point, ...]:
    """The outline of a circle."""
    x, y = centre
    return ellipse((x - radius, y - radius), (x + radius, y + radius))


def arc(vertex: Point, first: Point, second: Point, radius: float) -> tuple[Point, ...]:
    """The shorter arc around a vertex from the direction of one point to that of another."""
    start = math.atan2(first[1] - vertex[1], first[0] - vertex[0])
    end = math.atan2(second[1] - vertex[1], second[0] - vertex[0])
    sweep = (end - start + math.pi) % (2 * math.pi) - math.pi
    steps = max(2, int(abs(math.degrees(sweep)) / 5))
    turns = [start + sweep * k / steps for k in range(steps + 1)]
    return tuple((vertex[0] + radius * math.cos(turn), vertex[1] + radius * math.sin(turn)) for turn in turns)


def inside(at: Point, outline: Sequence[Point]) -> bool:
    """Whether a point lies within a closed outline (even-odd rule)."""
    within = False
    for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], *outline[:1]], strict=True):
        if (y1 > at[1]) != (y2 > at[1]) and at[0] < (x2 - x1) * (at[1] - y1) / (y2 - y1) + x1:
            within = not within
    return within


def plane_point(corners: Sequence[Point], across: float, along: float) -> Point | None:
    """Where a place of the unit square is seen, given where its corners (0,0) (1,0) (1,1) (0,1) are; None: at infinity.

    The projective map of a square onto a quadrilateral in closed form (Heckbert 1989, section 2.2).
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    determinant = dx1 * dy2 - dx2 * dy1
    if determinant == 0:
        return None
    g, h = (sx * dy2 - dx2 * sy) / determinant, (dx1 * sy - sx * dy1) / determinant
    depth = g * across + h * along + 1.0
    if depth <= 1e-9:
        return None
    x = (x1 - x0 + g * x1) * across + (x3 - x0 + h * x3) * along + x0
    y = (y1 - y0 + g * y1) * across + (y3 - y0 + h * y3) * along + y0
    return x / depth, y / depth
