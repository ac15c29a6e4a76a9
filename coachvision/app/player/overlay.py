"""Paints figures over the video: left and right told apart by hue and by line, the unsure faint. Used by the player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import atan2, cos, hypot, pi, radians, sin, tau

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from coachvision.app.player.figures import SHADES, Figure, JointAngle, Place
from coachvision.app.theme import DARK
from coachvision.core.results import Series, Track
from coachvision.core.time import Timeline

# On a video, whatever the theme: bright hues that the colour-blind tell apart, over a dark edge.
_HUES = {"left": QColor(DARK.left), "right": QColor(DARK.right), "middle": QColor("#f2f4f5")}
_EDGE = QColor(0, 0, 0)
# Of the right side's lines, pixels: drawn and left out.
_DASH, _GAP = 8.0, 4.5
_FAINTEST = 0.2
_ORDER = ("middle", "right", "left")
_TRAIL_S = 1.0
_TRAIL_STEPS = 5
_LABEL_PX = 13


@dataclass(frozen=True)
class Shown:
    """What is drawn. confidence: the unsure faint. joints: whose angles. trailed: landmarks that leave a trail."""

    skeleton: bool = True
    angles: bool = True
    trails: bool = False
    confidence: bool = True
    joints: tuple[str, ...] = ("knee", "hip")
    trailed: tuple[str, ...] = ("left_wrist", "right_wrist", "left_ankle", "right_ankle")


class Overlay:
    """All athletes of one video."""

    def __init__(self) -> None:
        self.shown = Shown()
        self._given: tuple[Timeline, Sequence[Track], Sequence[Series]] | None = None
        self._figures: list[Figure] = []

    def set(self, timeline: Timeline, tracks: Sequence[Track], series: Sequence[Series]) -> None:
        """What an analysis found. Tracks without landmarks of a body draw nothing."""
        self._given = (timeline, tracks, series)
        self._figures = [Figure(timeline, track, series, self.shown.joints) for track in tracks]

    def clear(self) -> None:
        """Nothing is known (yet)."""
        self._given = None
        self._figures = []

    def show(self, **changes: object) -> None:
        """Change fields of `shown`."""
        self.shown = replace(self.shown, **changes)  # type: ignore[arg-type] # names are checked by the dataclass
        if self._given is not None:
            self.set(*self._given)

    def box(self, index: int) -> QRectF | None:
        """Around all athletes of a frame, upright pixels."""
        boxes = [box for figure in self._figures if (box := figure.box(index)) is not None]
        if not boxes:
            return None
        left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
        return QRectF(QPointF(left, top), QPointF(max(b[2] for b in boxes), max(b[3] for b in boxes)))

    def paint(self, painter: QPainter, to_widget: QTransform, index: int) -> None:
        """Draw over that frame. Lines keep their width whatever the zoom."""
        for figure in self._figures:
            figure.whole = not self.shown.confidence
        if self.shown.trails:
            _paint_trails(painter, to_widget, self._figures, index, self.shown.trailed)
        if self.shown.skeleton:
            _paint_skeleton(painter, to_widget, self._figures, index)
        if self.shown.angles:
            for figure in self._figures:
                _paint_angles(painter, to_widget, figure, index)


def _level(sure: float) -> float:
    return next((shade for shade in SHADES if sure <= shade), SHADES[-1])


def _mapped(to_widget: QTransform, places: Sequence[Place]) -> list[Place]:
    """Places of the video as places of the widget."""
    a, b, c, d = to_widget.m11(), to_widget.m12(), to_widget.m21(), to_widget.m22()
    right, down = to_widget.dx(), to_widget.dy()
    return [(a * x + c * y + right, b * x + d * y + down) for x, y in places]


@cache
def _hue(name: str, sure: float) -> QColor:
    """A side's colour, or the edge's, so faint."""
    faded = QColor(_HUES.get(name, _EDGE))
    faded.setAlphaF(_FAINTEST + (1 - _FAINTEST) * min(max((sure - _FAINTEST) / 0.5, 0.0), 1.0))
    return faded


@cache
def _pen(name: str, sure: float, width: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.FlatCap) -> QPen:
    """Flat ends are painted six times faster than round ones; the joints cover them."""
    return QPen(_hue(name, sure), width, Qt.PenStyle.SolidLine, cap)


def _paint_skeleton(painter: QPainter, to_widget: QTransform, figures: Sequence[Figure], index: int) -> None:
    """All athletes together, alike lines in one call each: this runs in the window's thread, at every frame."""
    lines: dict[tuple[str, float], list[QLineF]] = {}
    edges: dict[float, list[QLineF]] = {}
    dots: dict[tuple[str, float], list[QPointF]] = {}
    for figure in figures:
        posture = figure.posture(index)
        if posture is None:
            continue
        at = _mapped(to_widget, posture.places)
        for (side, sure), bones in posture.limbs.items():
            whole = [QLineF(*at[a], *at[b]) for a, b in bones]
            edges.setdefault(sure, []).extend(whole)
            shown = [piece for a, b in bones for piece in _dashed(*at[a], *at[b])] if side == "right" else whole
            lines.setdefault((side, sure), []).extend(shown)
        for alike, joints in posture.joints.items():
            dots.setdefault(alike, []).extend(QPointF(*at[k]) for k in joints)
    for level, together in sorted(edges.items()):
        painter.setPen(_pen("edge", level * 0.7, 5.5))
        painter.drawLines(together)
    # Right under left: what the camera sees of both is told by the line, not by the order.
    for (side, level), together in sorted(lines.items(), key=_lowest_first):
        painter.setPen(_pen(side, level, 3.0))
        painter.drawLines(together)
    for (side, level), points in sorted(dots.items(), key=_lowest_first):
        # A round joint on the left, a square one on the right.
        cap = Qt.PenCapStyle.SquareCap if side == "right" else Qt.PenCapStyle.RoundCap
        for name, sure, width in (("edge", level * 0.8, 8.5), (side, level, 6.5)):
            painter.setPen(_pen(name, sure, width, cap))
            painter.drawPoints(points)


def _lowest_first(alike: tuple[tuple[str, float], object]) -> tuple[int, float]:
    """The same order in every frame, however sure its sides are; the sure over the unsure."""
    side, level = alike[0]
    return _ORDER.index(side), level


def _dashed(x: float, y: float, to_x: float, to_y: float) -> list[QLineF]:
    """A broken line as its pieces: the painter's own dashes take ten times as long."""
    length = hypot(to_x - x, to_y - y)
    if length < _DASH:
        return [QLineF(x, y, to_x, to_y)]
    across, down = (to_x - x) / length, (to_y - y) / length
    pieces = []
    at = 0.0
    while at < length:
        end = min(at + _DASH, length)
        pieces.append(QLineF(x + across * at, y + down * at, x + across * end, y + down * end))
        at += _DASH + _GAP
    return pieces


def _paint_trails(
    painter: QPainter, to_widget: QTransform, figures: Sequence[Figure], index: int, names: Sequence[str]
) -> None:
    """Fainter the longer ago."""
    lines: dict[tuple[str, int], list[QLineF]] = {}
    for figure in figures:
        for trail in figure.trails(index, names, _TRAIL_S):
            points = _mapped(to_widget, trail.places)
            pieces = [QLineF(*a, *b) for a, b in pairwise(points)]
            for step in range(_TRAIL_STEPS):
                first, last = (len(pieces) * k // _TRAIL_STEPS for k in (step, step + 1))
                lines.setdefault((trail.side, step), []).extend(pieces[first:last])
    for (side, step), together in lines.items():
        painter.setPen(_pen(side, _FAINTEST + 0.5 * (step + 1) / _TRAIL_STEPS, 2.5))
        painter.drawLines(together)


def _paint_angles(painter: QPainter, to_widget: QTransform, figure: Figure, index: int) -> None:
    font = QFont(painter.font())
    font.setPixelSize(_LABEL_PX)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    taken: list[QRectF] = []
    seen = QRectF(painter.window())
    # The surest first: where two joints coincide, the far side's number gives way.
    for angle in sorted(figure.angles(index), key=lambda a: -a.sure):
        _paint_arc(painter, to_widget, angle)
        text = f"{angle.degrees:.0f}°".replace("-", "−")
        place = _free_place(to_widget, angle, metrics.horizontalAdvance(text) + 12, metrics.height() + 4, taken, seen)
        if place is None:
            continue
        taken.append(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_hue("edge", 0.2 + 0.4 * _level(angle.sure)))
        painter.drawRoundedRect(place, 5, 5)
        painter.setPen(_hue(angle.side, _level(angle.sure)))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _free_place(
    to_widget: QTransform, angle: JointAngle, width: float, height: float, taken: Sequence[QRectF], seen: QRectF
) -> QRectF | None:
    """Beside the joint, on its open side away from both bones; elsewhere around it where that is taken or not seen."""
    free = None
    at = to_widget.map(QPointF(*angle.at))
    middle = QPointF((angle.above[0] + angle.below[0]) / 2, (angle.above[1] + angle.below[1]) / 2)
    towards = QLineF(to_widget.map(middle), at)
    away = towards.angle() if towards.length() > 1 else 0.0
    for turn in (0, 60, -60, 120, -120, 180):
        spoke = QLineF.fromPolar(16 + width / 2, away + turn)
        place = QRectF(0, 0, width, height)
        place.moveCenter(at + spoke.p2())
        if not any(place.intersects(other) for other in taken):
            if seen.contains(place):
                return place
            free = free or place
    return free


def _paint_arc(painter: QPainter, to_widget: QTransform, angle: JointAngle) -> None:
    if angle.zero is None:
        return
    (x, y), (zero_x, zero_y), (below_x, below_y) = _mapped(to_widget, (angle.at, angle.zero, angle.below))
    radius = min(22.0, 0.45 * min(hypot(zero_x - x, zero_y - y), hypot(below_x - x, below_y - y)))
    if radius < 4:
        return
    first = atan2(zero_y - y, zero_x - x)
    sweep = (atan2(below_y - y, below_x - x) - first + pi) % tau - pi
    steps = max(2, int(abs(sweep) / radians(10)))
    turns = [first + sweep * k / steps for k in range(steps + 1)]
    level = _level(angle.sure)
    painter.setPen(_pen(angle.side, level, 1.2))
    painter.drawLine(QLineF(x, y, x + 1.3 * radius * cos(first), y + 1.3 * radius * sin(first)))
    painter.setPen(_pen(angle.side, level, 1.6))
    painter.drawPolyline([QPointF(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns])
