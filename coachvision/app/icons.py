"""Icons as drawn strokes on a 24 px grid: sharp at any size, in the colour of the text beside them. For `app` alone.

A pen with round ends would need enums of Qt's that take a tenth of an empty window's start to make. So a stroke is
filled: a disc on each of its points, and what lies between two discs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from math import hypot

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

# Of a stroke's width.
_HALF = 0.9
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
    "library": ((4, 4, 10, 4, 10, 10, 4, 10, 4, 4), (14, 4, 20, 4, 20, 10, 14, 10, 14, 4),
                (4, 14, 10, 14, 10, 20, 4, 20, 4, 14), (14, 14, 20, 14, 20, 20, 14, 20, 14, 14)),
    "compare": ((3, 6, 10.5, 6, 10.5, 18, 3, 18, 3, 6), (13.5, 6, 21, 6, 21, 18, 13.5, 18, 13.5, 6)),
    "recent": ((12, 4, 18, 6.5, 20, 12, 18, 17.5, 12, 20, 6, 17.5, 4, 12, 6, 6.5, 12, 4), (12, 8, 12, 12, 15, 14)),
    "check": ((5, 13, 10, 18, 19, 6),),
    "camera": ((3, 7, 15, 7, 15, 17, 3, 17, 3, 7), (15, 11, 21, 8, 21, 16, 15, 13)),
    "playlists": ((4, 6, 14, 6), (4, 11, 14, 11), (4, 16, 10, 16), (15, 12, 21, 15.5, 15, 19, 15, 12)),
    "progress": ((4, 4, 4, 20, 20, 20), (7, 16, 11, 11, 14, 13, 20, 6), (16, 6, 20, 6, 20, 10)),
    "activity": ((3, 13, 7, 13, 10, 5, 14, 19, 17, 11, 21, 11),),
    "account": ((8, 8, 9, 5, 12, 4, 15, 5, 16, 8, 15, 11, 12, 12, 9, 11, 8, 8),
                (4, 20, 6, 16, 12, 14.5, 18, 16, 20, 20)),
    "folder": ((3, 6, 9, 6, 11, 8, 21, 8, 21, 18, 3, 18, 3, 6),),
    "tag": ((4, 4, 12, 4, 20, 12, 12, 20, 4, 12, 4, 4), (8, 8, 8.5, 8.5)),
    "export": ((12, 15, 12, 4), (7, 8.5, 12, 3.5, 17, 8.5), (4, 14, 4, 20, 20, 20, 20, 14)),
    "drop": ((12, 3, 12, 14), (7, 9.5, 12, 14.5, 17, 9.5), (4, 15, 4, 20, 20, 20, 20, 15)),
}  # fmt: skip


def add(strokes: Mapping[str, tuple[tuple[float, ...], ...]]) -> None:
    """More icons, by name, for those who have some of their own."""
    _STROKES.update(strokes)


@cache
def icon(name: str, colour: str, *, checked: str = "") -> QIcon:
    """The icon of that name. checked: its colour while its button is on, where that is another."""
    made = QIcon()
    states = (QIcon.State.Off, QIcon.State.On) if checked else (QIcon.State.Off,)
    for scale, state in ((s, on) for s in (1, 2) for on in states):
        picture = QPixmap(24 * scale, 24 * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(QColor(0, 0, 0, 0))
        painter = QPainter(picture)
        draw(painter, name, QRectF(0, 0, 24, 24), QColor(checked if checked and state is QIcon.State.On else colour))
        painter.end()
        made.addPixmap(picture, QIcon.Mode.Normal, state)
    return made


def draw(painter: QPainter, name: str, place: QRectF, colour: QColor) -> None:
    """Stroke the icon into a square of the painter's."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(place.width() / 24, place.height() / 24)
    # Made by a pen: a brush's own constructor looks at all that it may be given, those enums among it.
    pen = QPen()
    pen.setColor(colour)
    brush = pen.brush()
    for stroke in _STROKES[name]:
        points = list(zip(stroke[::2], stroke[1::2], strict=True))
        for x, y in points:
            disc = QPainterPath()
            disc.addEllipse(QPointF(x, y), _HALF, _HALF)
            painter.fillPath(disc, brush)
        for (x, y), (to_x, to_y) in pairwise(points):
            length = hypot(to_x - x, to_y - y)
            across, along = _HALF * (to_y - y) / length, _HALF * (to_x - x) / length
            line = QPainterPath()
            corners = ((x - across, y + along), (to_x - across, to_y + along), (to_x + across, to_y - along),
                       (x + across, y - along))  # fmt: skip
            line.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
            painter.fillPath(line, brush)
    painter.restore()
