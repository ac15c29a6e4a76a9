"""Paints drawings over the video with Qt: every line over a dark edge, so that it reads on snow and in a dark hall.

For the tools' layer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from coachvision.core.picture import Point
from coachvision.core.scene import Shown
from coachvision.core.strokes import Badge, Dim, Dot, Lens, Part, Stroke, Words

# Not see-through: that takes Qt three times as long, at every frame.
_EDGE = QColor(14, 16, 20)
_PLATE = QColor(12, 14, 16, 200)
_TEXT_PX = 15
_BADGE_PX = 13.0
_HEAD = 4.2
_SIDES = {"right": (14.0, 0.0), "above": (0.0, -18.0)}


class Brush:
    """Paints onto one frame. unit: how many widget pixels a line of width 1 is wide.

    areas: where words and badges of each drawing were painted, in the widget: what a click there means.
    """

    def __init__(
        self, painter: QPainter, to_widget: QTransform, picture: QImage | None, size: tuple[int, int], unit: float
    ) -> None:
        self._painter = painter
        self._map = to_widget
        self._picture = picture
        self._size = size
        self._unit = unit
        self.areas: dict[str, list[QRectF]] = {}

    def paint(self, shown: Iterable[Shown]) -> None:
        """All of them, the lowest first; what darkens the picture lies under everything else."""
        several = list(shown)
        for one in several:
            for part in one.parts:
                if isinstance(part, Dim):
                    self._dim(part, one.opacity)
        for one in several:
            self._painter.setOpacity(one.opacity)
            for part in one.parts:
                self._part(one, part)
        self._painter.setOpacity(1.0)

    def _part(self, one: Shown, part: Part) -> None:
        colour, width = QColor(one.drawing.style.colour), one.drawing.style.width * self._unit
        if isinstance(part, Stroke):
            self._stroke(part, colour, width)
        elif isinstance(part, Words):
            self._note(one, self._words(part, colour))
        elif isinstance(part, Badge):
            self._note(one, self._badge(part, colour))
        elif isinstance(part, Dot):
            self._dot(part, colour, width)
        elif isinstance(part, Lens):
            self._lens(part)

    def _note(self, one: Shown, area: QRectF) -> None:
        self.areas.setdefault(one.drawing.id, []).append(area)

    def _at(self, point: Point) -> QPointF:
        return self._map.map(QPointF(*point))

    def _stroke(self, stroke: Stroke, colour: QColor, width: float) -> None:
        line = QPolygonF([self._at(point) for point in stroke.points])
        width *= stroke.weight
        if stroke.fill:
            fill = QColor(colour)
            fill.setAlphaF(stroke.fill)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(fill)
            self._painter.drawPolygon(line)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        if width <= 0 or line.count() < 2:
            return
        head = self._head(line, width) if stroke.head else None
        if head is not None:
            # The line ends inside the head, so that its tip stays sharp.
            line = QPolygonF([*line.toList()[:-1], (head.at(0) * 0.35 + (head.at(1) + head.at(2)) * 0.325)])
        draw = self._painter.drawPolygon if stroke.closed else self._painter.drawPolyline
        # Between so many points a corner is not seen.
        join = Qt.PenJoinStyle.RoundJoin if line.count() < 9 else Qt.PenJoinStyle.BevelJoin
        for ink, extra in ((_EDGE, 2.0), (colour, 0.0)):
            pen = QPen(ink, width + extra, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, join)
            if stroke.dashed:
                pen.setDashPattern([3.0, 3.0])
            self._painter.setPen(pen)
            if line.count() == 2:
                # Three times as fast as a polyline of two points.
                self._painter.drawLine(line.first(), line.last())
            else:
                draw(line)
        if head is not None:
            self._painter.setPen(QPen(_EDGE, 2.0))
            self._painter.setBrush(colour)
            self._painter.drawPolygon(head)
            self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _head(self, line: QPolygonF, width: float) -> QPolygonF | None:
        tip, before = line.last(), line.at(line.count() - 2)
        dx, dy = tip.x() - before.x(), tip.y() - before.y()
        length = math.hypot(dx, dy)
        if length < 1:
            return None
        size = min(_HEAD * width + 6, length)
        ux, uy = dx / length * size, dy / length * size
        back = QPointF(tip.x() - ux, tip.y() - uy)
        side = QPointF(-uy * 0.45, ux * 0.45)
        return QPolygonF([tip, back + side, back - side])

    def _font(self, size: float) -> QFont:
        font = QFont(self._painter.font())
        font.setPixelSize(max(9, round(_TEXT_PX * size)))
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _words(self, words: Words, colour: QColor) -> QRectF:
        font = self._font(words.size)
        self._painter.setFont(font)
        metrics = QFontMetricsF(font)
        lines = words.text.split("\n")
        wide = max(metrics.horizontalAdvance(line) for line in lines) + 14
        tall = metrics.lineSpacing() * len(lines) + 6
        at = self._at(words.at)
        plate = QRectF(0, 0, wide, tall)
        if words.side == "corner":
            plate.moveTopLeft(at)
        elif words.side == "away":
            away = at - self._at(words.beyond)
            length = max(1e-6, math.hypot(away.x(), away.y()))
            ux, uy = away.x() / length, away.y() / length
            # As far as the plate's own edge in that direction, and a little more.
            clear = 6 + min(wide / 2 / max(abs(ux), 1e-6), tall / 2 / max(abs(uy), 1e-6))
            plate.moveCenter(at + QPointF(ux * clear, uy * clear))
        else:
            dx, dy = _SIDES[words.side]
            plate.moveCenter(at + QPointF(dx + (wide / 2 if words.side == "right" else 0), dy))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(_PLATE)
        self._painter.drawRoundedRect(plate, 5, 5)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(_readable(colour))
        self._painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words.text)
        return plate

    def _badge(self, badge: Badge, colour: QColor) -> QRectF:
        at = self._at(badge.at)
        radius = _BADGE_PX
        self._painter.setPen(QPen(_EDGE, 2.0))
        self._painter.setBrush(colour)
        self._painter.drawEllipse(at, radius, radius)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setFont(self._font(1.0))
        self._painter.setPen(QColor("#000000") if colour.lightnessF() > 0.45 else QColor("#ffffff"))
        area = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        self._painter.drawText(area, Qt.AlignmentFlag.AlignCenter, badge.text)
        return area

    def _dot(self, dot: Dot, colour: QColor, width: float) -> None:
        at = self._at(dot.at)
        for ink, extra in ((_EDGE, 2.0), (colour, 0.0)):
            self._painter.setPen(QPen(ink, width * 0.8 + extra))
            self._painter.drawEllipse(at, 7.0, 7.0)
        self._painter.setPen(QPen(colour, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self._painter.drawPoint(at)

    def _dim(self, dim: Dim, opacity: float) -> None:
        whole = QPainterPath()
        whole.addRect(self._map.mapRect(QRectF(0, 0, *self._size)))
        light = QPainterPath()
        light.addPolygon(QPolygonF([self._at(point) for point in dim.outline]))
        light.closeSubpath()
        self._painter.fillPath(whole.subtracted(light), QBrush(QColor(0, 0, 0, round(165 * opacity))))

    def _lens(self, lens: Lens) -> None:
        if self._picture is None:
            return
        source, at = self._at(lens.source), self._at(lens.at)
        scale = math.sqrt(abs(self._map.determinant()))
        glass = QPainterPath()
        glass.addEllipse(at, lens.radius * scale, lens.radius * scale)
        self._painter.save()
        self._painter.setClipPath(glass, Qt.ClipOperation.IntersectClip)
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._painter.fillPath(glass, QColor(0, 0, 0))
        around = QTransform.fromTranslate(-source.x(), -source.y())
        around *= QTransform.fromScale(lens.zoom, lens.zoom)
        around *= QTransform.fromTranslate(at.x(), at.y())
        self._painter.setTransform(self._map * around, True)
        self._painter.drawImage(QRectF(0, 0, *self._size), self._picture)
        self._painter.restore()


def _readable(colour: QColor) -> QColor:
    """Of that hue, and light enough for the dark plate."""
    return (
        colour
        if colour.lightnessF() >= 0.5
        else QColor.fromHslF(max(0.0, colour.hslHueF()), colour.hslSaturationF(), 0.7)
    )
