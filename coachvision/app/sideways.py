"""A row of buttons that is longer than its room: no button is cut, arrows lead to those that are not seen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from coachvision.app.parts import button, named, plainly
from coachvision.app.theme import TIGHT
from coachvision.words import tr

# What an arrow takes at the least.
ARROW = 28


class Sideways(QScrollArea):
    """Goes sideways with the wheel and the arrows, which lie over what would be cut at either end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.earlier, self.later = self._arrow("‹", tr("Before these")), self._arrow("›", tr("More"))
        self.earlier.clicked.connect(self._go_back)
        self.later.clicked.connect(self._go_on)
        bar = self.horizontalScrollBar()
        bar.valueChanged.connect(self.cover)
        bar.rangeChanged.connect(self.cover)

    def cover(self) -> None:
        """Lay the arrows over what is not seen whole."""
        bar, room = self.horizontalScrollBar(), self.viewport().width()
        spans = self._spans()
        left = bar.value() > 0
        right = bar.value() < bar.maximum()
        seen_from = min((start for start, _ in spans if start >= ARROW), default=room) if left else 0
        seen_to = max((end for _, end in spans if end <= room - ARROW), default=0) if right else room
        self.earlier.setVisible(left)
        self.later.setVisible(right)
        self.earlier.setGeometry(0, 0, max(ARROW, seen_from - TIGHT), self.height())
        start = min(room - ARROW, max(seen_to + TIGHT, self.earlier.width() if left else 0))
        self.later.setGeometry(start, 0, room - start, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room."""
        super().resizeEvent(event)
        self.cover()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().x() or event.angleDelta().y()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - turned // 2)
        event.accept()

    def _go_on(self) -> None:
        """The first that is not seen whole becomes the first that is."""
        start = min((start for start, end in self._spans() if end > self.later.x()), default=0)
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() + max(1, start - ARROW - TIGHT))

    def _go_back(self) -> None:
        """The last that is not seen whole becomes the last that is."""
        end = max((end for start, end in self._spans() if start < self.earlier.width()), default=0)
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() + min(-1, end - self.viewport().width() + ARROW + TIGHT))

    def _spans(self) -> list[tuple[int, int]]:
        """Where each part of the row begins and ends, as it is scrolled now."""
        body = self.widget()
        if body is None:
            return []
        parts = body.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        seen = [part for part in parts if not part.isHidden()]
        return [(at, at + part.width()) for part in seen for at in [part.mapTo(self.viewport(), QPoint(0, 0)).x()]]

    def _arrow(self, sign: str, name: str) -> QPushButton:
        made = named(button(sign, "arrow"), name)
        made.setParent(self)
        made.setToolTip(plainly(name))
        # The keys go through the buttons themselves, each of which comes into view.
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.hide()
        return made
