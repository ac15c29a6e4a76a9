"""The sheet of keys that `?` shows over the window, from `keymap`; a key or a click puts it away. For the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.parts import area, label
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.words import tr

# Groups in the columns of the sheet.
_COLUMNS = (
    (keymap.PLAYING,),
    (keymap.DRAWING, keymap.TAGGING, keymap.COMPARING, keymap.CAPTURING, keymap.LIBRARY),
    (keymap.ANYWHERE,),
)

# In quarters of what is seen.
_SCROLLED_BY = {
    key.value: quarters
    for key, quarters in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, -1), (Qt.Key.Key_PageDown, 4), (Qt.Key.Key_PageUp, -4))
}


class _Rows(QScrollArea):
    """As large as its rows where there is room; never squeezes them, but scrolls."""

    def __init__(self, rows: QWidget) -> None:
        super().__init__()
        self._all = rows
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """Room for all rows, and for the bar beside them."""
        return self._all.sizeHint() + QSize(self.verticalScrollBar().sizeHint().width(), 0)


class KeySheet(QWidget):
    """Covers its parent with what the keys do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        self.setAccessibleName(tr("Keys"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._outer = QVBoxLayout(self)
        self._panel: QWidget | None = None
        parent.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Show it, or put it away."""
        if self.isVisible():
            self._leave()
            return
        self._make()
        self.setGeometry(self._under.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def _make(self) -> None:
        """Anew each time: keys can be changed."""
        if self._panel is not None:
            self._panel.deleteLater()
        self._panel = area("surface", QWidget())
        self._outer.addWidget(self._panel, 0, Qt.AlignmentFlag.AlignCenter)
        outer = QVBoxLayout(self._panel)
        outer.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        outer.setSpacing(GAP)
        outer.addWidget(label(tr("Keys"), "heading"))
        self.about = label(kind="muted")
        outer.addWidget(self.about)
        body = QWidget()
        body.setObjectName("body")
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, GAP, 0)
        columns.setSpacing(WIDE)
        self._rows = _Rows(body)
        outer.addWidget(self._rows)
        rows = dict(keymap.sheet())
        for groups in _COLUMNS:
            grid = QGridLayout()
            grid.setHorizontalSpacing(WIDE)
            grid.setVerticalSpacing(TIGHT)
            for group in groups:
                row = grid.rowCount()
                grid.setRowMinimumHeight(row, GAP)
                grid.addWidget(label(tr(group), "section"), row + 1, 0, 1, 2)
                for at, (key, what) in enumerate(rows[group], row + 2):
                    grid.addWidget(label(key), at, 0)
                    grid.addWidget(label(what, "muted"), at, 1)
            grid.setRowStretch(grid.rowCount(), 1)
            columns.addLayout(grid)
        self._rows.setWidget(body)
        self._tell(0, self._rows.verticalScrollBar().maximum())
        self._rows.verticalScrollBar().rangeChanged.connect(self._tell)

    def _tell(self, _least: int, most: int) -> None:
        """What puts it away, and what does not where there is more than is seen."""
        away = (
            tr("↑ and ↓ scroll; any other key or a click puts this away.")
            if most
            else tr("Any key or a click puts this away.")
        )
        self.about.setText(f"{tr('All of them can be changed in the settings.')} {away}")

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
        """Any key puts it away, but for those that show the rest of it."""
        event.accept()
        bar = self._rows.verticalScrollBar()
        if bar.maximum() and (steps := _SCROLLED_BY.get(event.key())):
            bar.setValue(bar.value() + steps * bar.pageStep() // 4)
        else:
            self._leave()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """So does a click."""
        self._leave()

    def _leave(self) -> None:
        self.hide()
        self._under.setFocus()
