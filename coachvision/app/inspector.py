"""The session's right-hand side: numbers, and the pages that others add. For the session's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from coachvision.app.activity import doing_words
from coachvision.app.notes import NotesPage
from coachvision.app.numbers import numbers_page
from coachvision.app.parts import area, button, label, named
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, TIGHT, WIDE, worn
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Opened
    from coachvision.app.tagging.desk import TagDesk

WIDTH = 328


class Inspector(QWidget):
    """analyze_wanted: the coach asks for the numbers. notes_changed: (session, text)."""

    analyze_wanted = Signal()
    notes_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None
        self._dressed = worn()
        area("inspector", self)
        self.setFixedWidth(WIDTH)
        self._job: Job | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        self._state = _State(self)
        self._state.button.clicked.connect(self._act)
        column.addWidget(self._state)
        column.addWidget(tabs, 1)
        tabs.tabBar().setAccessibleName(tr("About this session"))
        self._area = named(QScrollArea(), tr("Numbers"))
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tabs.addTab(self._area, tr("Numbers"))
        self.notes = NotesPage(self)
        self.notes.changed.connect(self.notes_changed)
        tabs.addTab(self.notes, tr("Notes"))
        self.tabs = tabs

    def add_page(self, page: QWidget, title: str) -> None:
        """One more page, behind those there are."""
        self.tabs.addTab(page, title)

    def show_session(self, opened: Opened) -> None:
        """The numbers and events of a session."""
        self._opened = opened
        self._show_numbers()
        self._refresh()

    def add_tags(self, desk: TagDesk) -> None:
        """The page of events; and the board's editor, which is there while the board is edited."""

        def count(events: int) -> None:
            title = f"{tr('Events')} {events}" if events else tr("Events")
            self.tabs.setTabText(self.tabs.indexOf(desk.events), title)

        def edit(shown: bool) -> None:
            at = self.tabs.indexOf(desk.editor)
            if shown:
                self.tabs.setCurrentIndex(at if at >= 0 else self.tabs.addTab(desk.editor, tr("Board")))
            elif at >= 0:
                self.tabs.removeTab(at)
                self.tabs.setCurrentWidget(desk.events)
            # Alone while it is there: five tabs would not fit.
            self.tabs.tabBar().setVisible(not shown)

        self.tabs.insertTab(1, desk.events, tr("Events"))
        desk.events.counted.connect(count)
        desk.editor_shown.connect(edit)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: left and right in its colours."""
        if event.type() == QEvent.Type.StyleChange and self._opened is not None and self._dressed is not worn():
            self._dressed = worn()
            # Not now: Qt walks through the very widgets that would be replaced.
            QTimer.singleShot(0, self, self._show_numbers)
        super().changeEvent(event)

    def _show_numbers(self) -> None:
        if self._opened is not None:
            self._area.setWidget(numbers_page(self._opened))

    def work(self, job: Job | None) -> None:
        """What is going on with this session, or nothing."""
        self._job = job
        self._refresh()

    def _refresh(self) -> None:
        if self._job is not None:
            self._state.tell(doing_words(self._job), tr("Cancel"), enabled=not self._job.cancelled())
        elif self._opened is not None and not self._opened.session.runs:
            self._state.tell(tr("Not analyzed yet"), tr("Analyze"), enabled=self._opened.film is not None)
        else:
            self._state.hide()

    def _act(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._refresh()
        else:
            self.analyze_wanted.emit()


class _State(QWidget):
    """One line: what is going on, and what can be done about it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP + TIGHT, WIDE, GAP)
        self._text = label(kind="muted")
        self.button = button("")
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.hide()

    def tell(self, text: str, verb: str, *, enabled: bool) -> None:
        """Show it."""
        self._text.setText(text)
        self.button.setText(verb)
        self.button.setEnabled(enabled)
        self.show()
