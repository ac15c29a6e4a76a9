"""Icons look as a pen of Qt's with round ends would draw them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from pytestqt.qtbot import QtBot

from coachvision.app import icons
from coachvision.app.tools import icons as tool_icons  # noqa: F401 - it adds the tools' icons

_SIDE = 48


def _empty() -> QImage:
    image = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _by_pen(name: str) -> QImage:
    image = _empty()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SIDE / 24, _SIDE / 24)
    painter.setPen(
        QPen(QColor("white"), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    for stroke in icons._STROKES[name]:
        path = QPainterPath(QPointF(stroke[0], stroke[1]))
        for x, y in zip(stroke[2::2], stroke[3::2], strict=True):
            path.lineTo(x, y)
        painter.drawPath(path)
    painter.end()
    return image


@pytest.mark.parametrize("name", list(icons._STROKES))
def test_drawn_as_by_a_round_pen(qtbot: QtBot, name: str) -> None:
    drawn, wanted = _empty(), _by_pen(name)
    painter = QPainter(drawn)
    icons.draw(painter, name, QRectF(0, 0, _SIDE, _SIDE), QColor("white"))
    painter.end()
    places = [(x, y) for x in range(_SIDE) for y in range(_SIDE)]
    off = [abs(drawn.pixelColor(x, y).alpha() - wanted.pixelColor(x, y).alpha()) for x, y in places]
    # Where two pieces meet, the edge between two pixels is a little bolder.
    assert max(off) < 80
    assert sum(off) / len(off) < 2
