"""What lies over the video: the door for drawing tools and whatever else paints on it or uses the mouse there."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF
from PySide6.QtGui import QMouseEvent, QPainter, QTransform


class Layer(Protocol):
    """Something that lies over the video: paints, and may use the mouse before the canvas does.

    Each handler is given the place in the video's upright pixels and returns True where it used the event.
    """

    def paint(self, painter: QPainter, to_widget: QTransform, index: int) -> None:
        """Paint over that frame; `to_widget` maps upright pixels of the video to the widget."""
        ...

    def press(self, event: QMouseEvent, at: QPointF) -> bool:
        """A button went down. Who uses it is alone told of the moves until the release."""
        ...

    def move(self, event: QMouseEvent, at: QPointF) -> bool:
        """The mouse moved; with no button down, too."""
        ...

    def release(self, event: QMouseEvent, at: QPointF) -> bool:
        """A button went up."""
        ...

    def double_click(self, event: QMouseEvent, at: QPointF) -> bool:
        """The second press of a double click."""
        ...
