"""The inspector's page of notes: name, athlete, and a text that keeps itself. For the inspector."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from coachvision.app.about import AboutFields
from coachvision.app.parts import label, named
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

# A crash loses nothing older than 2 s.
_PAUSE_MS = 700


class NotesPage(QWidget):
    """changed: (session, its notes), a moment after the last key and when the coach goes elsewhere."""

    changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        self.about = AboutFields(self)
        column.addWidget(self.about)
        self.text = named(_Text(self), tr("Notes"))
        self.text.setPlaceholderText(tr("What you saw, what to work on. The search finds it."))
        self.text.left.connect(self.keep)
        self.text.textChanged.connect(self._typed)
        column.addWidget(self.text, 1)
        column.addWidget(label(tr("Kept as you type."), "muted"))
        self._session = ""
        self._kept = ""
        self._showing = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.keep)

    def show_notes(self, session: str, notes: str) -> None:
        """A session's notes; what is being typed into the same session's stays."""
        if session == self._session and (self.text.toPlainText() != self._kept or notes == self._kept):
            return
        self.keep()
        self._session, self._kept = session, notes
        self._showing = True
        self.text.setPlainText(notes)
        self._showing = False

    def keep(self) -> None:
        """Keep what was typed, now."""
        self._pause.stop()
        text = self.text.toPlainText()
        if self._session and text != self._kept:
            self._kept = text
            self.changed.emit(self._session, text)

    def _typed(self) -> None:
        # Not started anew with each key: who types without a pause is kept, too.
        if not self._showing and not self._pause.isActive():
            self._pause.start()


class _Text(QPlainTextEdit):
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The coach goes elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()
