"""Layers over the video: asked first, told where on the video, and alone until the button is let go."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QTransform
from pytestqt.qtbot import QtBot

from coachvision.app.player.canvas import VideoCanvas
from coachvision.video.frame_server_slots import Picture
from tests.app.conftest import PATIENCE_MS

_LEFT = Qt.MouseButton.LeftButton


class _Notes:
    """A layer that writes down what it is told; it uses what lies in the left half of the video."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float, float]] = []
        self.painted: list[int] = []

    def paint(self, painter: QPainter, to_widget: QTransform, index: int) -> None:
        assert painter.isActive()
        assert to_widget.isInvertible()
        self.painted.append(index)

    def _note(self, what: str, at: QPointF) -> bool:
        self.told.append((what, round(at.x()), round(at.y())))
        return at.x() < 160

    def press(self, _event: QMouseEvent, at: QPointF) -> bool:
        return self._note("press", at)

    def move(self, _event: QMouseEvent, at: QPointF) -> bool:
        return self._note("move", at)

    def release(self, _event: QMouseEvent, at: QPointF) -> bool:
        return self._note("release", at)

    def double_click(self, _event: QMouseEvent, at: QPointF) -> bool:
        return self._note("double", at)


def test_a_layer_uses_the_mouse_before_the_canvas_in_pixels_of_the_video(qtbot: QtBot) -> None:
    canvas = VideoCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(640, 360)
    canvas.show()
    canvas.open(320, 180)
    canvas.show_picture(Picture(1, 7, True, np.zeros((180, 320, 4), np.uint8)))
    notes = _Notes()
    canvas.add_layer(notes)
    clicked: list[QPointF] = []
    canvas.clicked.connect(clicked.append)
    qtbot.waitUntil(lambda: 7 in notes.painted, timeout=PATIENCE_MS)
    qtbot.mousePress(canvas, _LEFT, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(400, 120))
    qtbot.mouseRelease(canvas, _LEFT, pos=QPoint(400, 120))
    assert [note for note in notes.told if note[0] == "press"] == [("press", 50, 50)]
    assert notes.told[-1] == ("release", 200, 60)
    assert not clicked
    qtbot.mouseClick(canvas, _LEFT, pos=QPoint(500, 100))
    assert [(round(at.x()), round(at.y())) for at in clicked] == [(250, 50)]
