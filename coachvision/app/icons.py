"""Icons as drawn strokes on a 24 px grid: sharp at any size, in the colour of the text beside them. For `app` alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

# Polylines by name: x, y, x, y ...
_STROKES: dict[str, tuple[tuple[float, ...], ...]] = {
    "back": ((19, 12, 5, 12), (11, 6, 5, 12, 11, 18)),
    "add": ((12, 5, 12, 19), (5, 12, 19, 12)),
    "close": ((6, 6, 18, 18), (18, 6, 6, 18)),
    "film": ((4, 5, 20, 5, 20, 19, 4, 19, 4, 5), (10, 9, 15, 12, 10, 15, 10, 9)),
    "sliders": ((4, 8, 20, 8), (4, 16, 20, 16), (9, 5, 9, 11), (15, 13, 15, 19)),
    "keys": ((3, 7, 21, 7, 21, 17, 3, 17, 3, 7), (7, 11, 8, 11), (11, 11, 12, 11), (15, 11, 17, 11), (8, 14, 16, 14)),
    "bin": ((5, 7, 19, 7), (9, 7, 10, 4, 14, 4, 15, 7), (7, 7, 8, 20, 16, 20, 17, 7)),
    "again": ((19, 12, 17.5, 16, 14, 18.5, 10, 18.5, 6.5, 16, 5, 12, 6.5, 8, 10, 5.5, 14, 5.5, 18, 9),
              (18, 4, 18, 9, 13, 9)),
    "drop": ((12, 3, 12, 14), (7, 9.5, 12, 14.5, 17, 9.5), (4, 15, 4, 20, 20, 20, 20, 15)),
}  # fmt: skip


def icon(name: str, colour: str) -> QIcon:
    """The icon of that name."""
    made = QIcon()
    for scale in (1, 2):
        picture = QPixmap(24 * scale, 24 * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw(painter, name, QRectF(0, 0, 24, 24), QColor(colour))
        painter.end()
        made.addPixmap(picture)
    return made


def draw(painter: QPainter, name: str, place: QRectF, colour: QColor) -> None:
    """Stroke the icon into a square of the painter's."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(place.width() / 24, place.height() / 24)
    pen = QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in _STROKES[name]:
        path = QPainterPath(QPointF(stroke[0], stroke[1]))
        for x, y in zip(stroke[2::2], stroke[3::2], strict=True):
            path.lineTo(x, y)
        painter.drawPath(path)
    painter.restore()
