"""Fingers on the video: one is the mouse, two zoom and move the picture. For the canvas.

Qt's own pinch tells of each movement twice, and who takes touches gets no mouse from Qt any more: both are done here.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent


class Touched(Protocol):
    """What fingers do to a canvas."""

    def mousePressEvent(self, event: QMouseEvent) -> None: ...

    def mouseMoveEvent(self, event: QMouseEvent) -> None: ...

    def mouseReleaseEvent(self, event: QMouseEvent) -> None: ...

    def let_go(self) -> None:
        """What the first finger began ends without effect."""
        ...

    def zoom_at(self, factor: float, at: QPointF) -> None: ...

    def move_by(self, way: QPointF) -> None: ...


class Fingers:
    """On one canvas."""

    def __init__(self, canvas: Touched) -> None:
        self._canvas = canvas
        self._mouse = False
        self._apart: tuple[float, QPointF] | None = None

    def take(self, event: QTouchEvent) -> None:
        """A touch event of the canvas's."""
        down = [point for point in event.points() if point.state() != QEventPoint.State.Released]
        if event.type() == QEvent.Type.TouchCancel:
            self._drop_mouse()
            self._apart = None
        elif len(down) >= 2:
            self._drop_mouse()
            self._pinch(down[0].position(), down[1].position())
        elif self._apart is None:
            self._as_mouse(event)
        if event.type() == QEvent.Type.TouchEnd:
            # One finger left of two is not the mouse: it would draw where the other was lifted.
            self._apart = None
        event.accept()

    def _pinch(self, one: QPointF, other: QPointF) -> None:
        way = other - one
        apart, middle = max(1.0, (way.x() ** 2 + way.y() ** 2) ** 0.5), (one + other) / 2
        if self._apart is not None:
            before, at = self._apart
            self._canvas.zoom_at(apart / before, middle)
            self._canvas.move_by(middle - at)
        self._apart = (apart, middle)

    def _as_mouse(self, event: QTouchEvent) -> None:
        point = event.points()[0]
        if event.type() == QEvent.Type.TouchBegin:
            self._mouse = True
            self._canvas.mousePressEvent(_mouse(QEvent.Type.MouseButtonPress, point, event))
        elif self._mouse and event.type() == QEvent.Type.TouchUpdate:
            self._canvas.mouseMoveEvent(_mouse(QEvent.Type.MouseMove, point, event))
        elif self._mouse:
            self._mouse = False
            self._canvas.mouseReleaseEvent(_mouse(QEvent.Type.MouseButtonRelease, point, event))

    def _drop_mouse(self) -> None:
        if self._mouse:
            self._mouse = False
            self._canvas.let_go()


def _mouse(kind: QEvent.Type, point: QEventPoint, event: QTouchEvent) -> QMouseEvent:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    return QMouseEvent(
        kind, point.position(), point.globalPosition(), none if kind == QEvent.Type.MouseMove else left,
        none if kind == QEvent.Type.MouseButtonRelease else left, event.modifiers(),
    )  # fmt: skip
