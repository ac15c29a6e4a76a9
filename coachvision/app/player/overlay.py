"""Paints figures over the video: left and right told apart by hue and by line, the unsure faint. Used by the player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from coachvision.app.player.figures import Figure, JointAngle
from coachvision.app.theme import DARK
from coachvision.core.results import Series, Track
from coachvision.core.time import Timeline

# On a video, whatever the theme: bright hues that the colour-blind tell apart, over a dark edge.
_HUES = {"left": QColor(DARK.left), "right": QColor(DARK.right), "middle": QColor("#f2f4f5")}
_EDGE = QColor(0, 0, 0)
_LINES = {"left": Qt.PenStyle.SolidLine, "right": Qt.PenStyle.CustomDashLine, "middle": Qt.PenStyle.SolidLine}
# In units of the line's width; the caps are round and take one of the gap.
_DASHES = [2.0, 1.8]
_FAINTEST = 0.2
_ORDER = ("middle", "right", "left")
_TRAIL_S = 1.0
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
                _paint_trails(painter, to_widget, figure, index, self.shown.trailed)
            if self.shown.skeleton:
                _paint_skeleton(painter, to_widget, figure, index)
            if self.shown.angles:
                _paint_angles(painter, to_widget, figure, index)


def _level(sure: float) -> float:
    """Ten shades of certainty are as many as an eye tells apart."""
    return round(sure, 1)


def _faded(colour: QColor, sure: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(_FAINTEST + (1 - _FAINTEST) * min(max((sure - _FAINTEST) / 0.5, 0.0), 1.0))
    return faded


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    if style is Qt.PenStyle.CustomDashLine:
        pen.setDashPattern(_DASHES)
    return pen


def _paint_skeleton(painter: QPainter, to_widget: QTransform, figure: Figure, index: int) -> None:
    lines: dict[tuple[str, float], list[QLineF]] = {}
    for limb in figure.limbs(index):
        line = QLineF(to_widget.map(QPointF(*limb.a)), to_widget.map(QPointF(*limb.b)))
        lines.setdefault((limb.side, _level(limb.sure)), []).append(line)
    dots: dict[tuple[str, float], list[QPointF]] = {}
    for point, side, sure in figure.joints(index):
        dots.setdefault((side, _level(sure)), []).append(to_widget.map(QPointF(*point)))
    # Alike ones in one call each: this runs in the window's thread, at every frame.
    for (_, level), together in lines.items():
        painter.setPen(_pen(_faded(_EDGE, level * 0.6), 5.5))
        painter.drawLines(together)
    # Right under left: what the camera sees of both is told by the line, not by the order.
    for (side, level), together in sorted(lines.items(), key=lambda item: _ORDER.index(item[0][0])):
        painter.setPen(_pen(_faded(_HUES[side], level), 3.0, _LINES[side]))
        painter.drawLines(together)
    for (side, level), points in dots.items():
        # A round joint on the left, a square one on the right.
        cap = Qt.PenCapStyle.SquareCap if side == "right" else Qt.PenCapStyle.RoundCap
        for colour, width in ((_faded(_EDGE, level * 0.8), 8.5), (_faded(_HUES[side], level), 6.5)):
            pen = _pen(colour, width)
            pen.setCapStyle(cap)
            painter.setPen(pen)
            painter.drawPoints(points)


def _paint_trails(painter: QPainter, to_widget: QTransform, figure: Figure, index: int, names: Sequence[str]) -> None:
    for trail in figure.trails(index, names, _TRAIL_S):
        points = [to_widget.map(QPointF(float(x), float(y))) for x, y in trail.points]
        for k in range(1, len(points)):
            painter.setPen(_pen(_faded(_HUES[trail.side], _FAINTEST + 0.5 * k / len(points)), 2.5))
            painter.drawLine(points[k - 1], points[k])


def _paint_angles(painter: QPainter, to_widget: QTransform, figure: Figure, index: int) -> None:
    font = QFont(painter.font())
    font.setPixelSize(_LABEL_PX)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    taken: list[QRectF] = []
    # The surest first: where two joints coincide, the far side's number gives way.
    for angle in sorted(figure.angles(index), key=lambda a: -a.sure):
        _paint_arc(painter, to_widget, angle)
        text = f"{angle.degrees:.0f}°".replace("-", "−")
        place = _free_place(to_widget, angle, metrics.horizontalAdvance(text) + 12, metrics.height() + 4, taken)
        if place is None:
            continue
        taken.append(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_faded(QColor(12, 14, 16), 0.2 + 0.4 * angle.sure))
        painter.drawRoundedRect(place, 5, 5)
        painter.setPen(_faded(_HUES[angle.side], angle.sure))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _free_place(
    to_widget: QTransform, angle: JointAngle, width: float, height: float, taken: Sequence[QRectF]
) -> QRectF | None:
    """Beside the joint, on its open side away from both bones; elsewhere around it where that is taken."""
    at = to_widget.map(QPointF(*angle.at))
    middle = QPointF((angle.above[0] + angle.below[0]) / 2, (angle.above[1] + angle.below[1]) / 2)
    towards = QLineF(to_widget.map(middle), at)
    away = towards.angle() if towards.length() > 1 else 0.0
    for turn in (0, 60, -60, 120, -120, 180):
        spoke = QLineF.fromPolar(16 + width / 2, away + turn)
        place = QRectF(0, 0, width, height)
        place.moveCenter(at + spoke.p2())
        if not any(place.intersects(other) for other in taken):
            return place
    return None


def _paint_arc(painter: QPainter, to_widget: QTransform, angle: JointAngle) -> None:
    if angle.zero is None:
        return
    at = to_widget.map(QPointF(*angle.at))
    first = QLineF(at, to_widget.map(QPointF(*angle.zero)))
    second = QLineF(at, to_widget.map(QPointF(*angle.below)))
    radius = min(22.0, 0.45 * min(first.length(), second.length()))
    if radius < 4:
        return
    sweep = (second.angle() - first.angle() + 180) % 360 - 180
    steps = max(2, int(abs(sweep) / 6))
    rim = [at + QLineF.fromPolar(radius, first.angle() + sweep * k / steps).p2() for k in range(steps + 1)]
    colour = _faded(_HUES[angle.side], angle.sure)
    painter.setPen(_pen(colour, 1.2, Qt.PenStyle.CustomDashLine))
    painter.drawLine(at, rim[0] + (rim[0] - at) * 0.3)
    painter.setPen(_pen(colour, 1.6))
    painter.drawPolyline(QPolygonF(rim))
