"""The sheet of keys that `?` shows over the window; any key or click puts it away. For the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from coachvision.app.parts import area, label
from coachvision.app.theme import GAP, WIDE

KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Playing",
        (
            ("Space or K", "Play, pause"),
            ("← →", "One frame back, on"),
            ("Shift + ← →", "Ten frames"),
            ("Ctrl + ← →", "One second"),
            ("Home, End", "First, last frame"),
            ("↑ ↓", "Faster, slower"),
        ),
    ),
    (
        "Anywhere",
        (
            ("Ctrl + O", "Add videos"),
            ("Ctrl + F", "Search"),
            ("Esc", "Back to the library"),
            ("Ctrl + ,", "Settings"),
            ("F", "Full screen"),
            ("?", "This sheet"),
        ),
    ),
    ("In the library", (("Enter", "Open"), ("Delete", "Put into the trash"))),
)


class KeySheet(QWidget):
    """Covers its parent with what the keys do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        self.setAccessibleName("Keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = QVBoxLayout(self)
        panel = area("surface", QWidget())
        outer.addWidget(panel, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(panel)
        column.setContentsMargins(2 * WIDE, 2 * WIDE, 2 * WIDE, 2 * WIDE)
        column.setSpacing(GAP)
        column.addWidget(label("Keys", "heading"))
        for name, keys in KEYS:
            column.addSpacing(GAP)
            column.addWidget(label(name, "section"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(2 * WIDE)
            grid.setColumnMinimumWidth(0, 140)
            grid.setColumnMinimumWidth(1, 220)
            for row, (key, what) in enumerate(keys):
                grid.addWidget(label(key), row, 0)
                grid.addWidget(label(what, "muted"), row, 1)
            column.addLayout(grid)
        parent.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Show it, or put it away."""
        if self.isVisible():
            self._leave()
            return
        self.setGeometry(self._under.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._under.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The window shows dimly through."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 150))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key puts it away."""
        event.accept()
        self._leave()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """So does a click."""
        self._leave()

    def _leave(self) -> None:
        self.hide()
        self._under.setFocus()
