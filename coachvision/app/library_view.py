"""The library's screen: cards, search as one types, and what to do while there is none. For the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QListView, QStackedLayout, QVBoxLayout, QWidget

from coachvision.app import icons, keymap
from coachvision.app.cards import CARD_ROLE, PICTURE, CardDelegate, CardModel
from coachvision.app.parts import button, label
from coachvision.app.screens import Desk, Screen
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, WIDE, worn

if TYPE_CHECKING:
    from coachvision.services.cards import SessionCard

PAGE = 60
# Typing goes on while the last letter's answer comes: one search for a burst of keys.
_TYPING_MS = 60


class LibraryView(Screen):
    """opened: a session's id. add_wanted: the coach wants to choose files. remove_wanted: (id, name)."""

    opened = Signal(str)
    add_wanted = Signal()
    demo_wanted = Signal()
    remove_wanted = Signal(str, str)
    search_hint = "Search names, notes, tags"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._actions, tasks = desk.actions, desk.tasks
        self._search = ""
        self._asked = 0
        self.model = CardModel(self)
        self.model.more_wanted.connect(self._more)
        self.list = _Cards(self)
        self.list.setModel(self.model)
        self.list.clicked.connect(self._open)
        keymap.pass_letters(self.list)
        keymap.bind(self.list, {"library.open": self._open_current, "library.trash": self._remove_current})
        self._empty = _Empty(self)
        self._empty.add_wanted.connect(self.add_wanted)
        self._empty.demo_wanted.connect(self.demo_wanted)
        self._nothing = label(kind="muted", centred=True)
        self._stack = QStackedLayout(self)
        for page in (QWidget(self), self.list, self._empty, self._nothing):
            self._stack.addWidget(page)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        tasks.changed.connect(lambda: self._work(tasks.shown))
        desk.bridge.session_saved.connect(self.saved)
        desk.bridge.session_deleted.connect(self.gone)

    def open(self) -> None:
        """The keys go to the cards."""
        self.list.setFocus()

    def search(self, text: str) -> None:
        """Show the sessions that fit what was typed."""
        self._search = text
        self._typing.start()

    def refresh(self) -> None:
        """Read the first page again."""
        self._asked += 1
        asked = self._asked

        def take(cards: list[SessionCard]) -> None:
            # An older search's answer must not replace a newer one's.
            if asked == self._asked:
                self.model.replace(cards, more=len(cards) == PAGE)
                self._choose_page()

        self._actions.cards(self._search, 0, PAGE, take)

    def arrive(self, jobs: list[Job], paths: list[Path]) -> None:
        """Videos are being added: they are seen at once."""
        for job, path in zip(jobs, paths, strict=True):
            self.model.arrive(job, path)
        self._choose_page()

    def saved(self, session: str) -> None:
        """A session was made or changed."""

        def put(card: SessionCard) -> None:
            self.list.cards.forget(card.sheet)
            self.model.put(card)
            self._choose_page()

        self._actions.card(session, put)

    def gone(self, session: str) -> None:
        """A session went to the trash."""
        self.model.take(session)
        self._choose_page()

    def _more(self, offset: int) -> None:
        asked = self._asked

        def take(cards: list[SessionCard]) -> None:
            if asked == self._asked:
                self.model.append(cards, more=len(cards) == PAGE)

        self._actions.cards(self._search, offset, PAGE, take)

    def _work(self, jobs: list[Job]) -> None:
        self.model.work(jobs)
        self._choose_page()

    def _choose_page(self) -> None:
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.list)
        elif self._search.strip():
            self._nothing.setText(f"No session fits “{self._search.strip()}”.")
            self._stack.setCurrentWidget(self._nothing)
        elif self._asked:
            self._stack.setCurrentWidget(self._empty)

    def _open(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if card is not None:
            self.opened.emit(card.id)

    def _open_current(self) -> None:
        self._open(self.list.currentIndex())

    def _remove_current(self) -> None:
        card = self.list.currentIndex().data(CARD_ROLE)
        if card is not None:
            self.remove_wanted.emit(card.id, card.name)


class _Cards(QListView):
    """The grid. The mouse over a card's picture scrubs its film."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cards = CardDelegate(self)
        self.setItemDelegate(self.cards)
        self.setAccessibleName("Sessions")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(GAP)
        self.setViewportMargins(GAP, GAP, 0, 0)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse over the pictures."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._scrub(self.indexAt(event.position().toPoint()), event.position().x())
        elif event.type() == QEvent.Type.Leave:
            self._scrub(QModelIndex(), 0.0)
        return super().eventFilter(watched, event)

    def _scrub(self, index: QModelIndex, x: float) -> None:
        card = index.data(CARD_ROLE) if index.isValid() else None
        share = 0.0
        if card is not None:
            share = min(1.0, max(0.0, (x - self.visualRect(index).left() - GAP) / PICTURE.width()))
        before, self.cards.hover = self.cards.hover, ("" if card is None else card.id, share)
        if before != self.cards.hover:
            self.viewport().update()


class _Empty(QWidget):
    """An empty library: what to do."""

    add_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(GAP)
        column.addStretch(2)
        self._icon = label(centred=True)
        column.addWidget(self._icon)
        column.addSpacing(GAP)
        heading = label("Drop a video here", "heading", centred=True)
        column.addWidget(heading)
        text = "It opens at once, and its angles and numbers follow by themselves.\nNothing leaves this computer."
        column.addWidget(label(text, "muted", centred=True))
        column.addSpacing(WIDE)
        add = button("Choose videos …", "accent")
        add.clicked.connect(self.add_wanted)
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignCenter)
        show = button("Try it with a drawn athlete", "quiet")
        show.clicked.connect(self.demo_wanted)
        column.addWidget(show, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the icon in its colour."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self._icon.setPixmap(icons.icon("drop", worn().muted).pixmap(48, 48))
