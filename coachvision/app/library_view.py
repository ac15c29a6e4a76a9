"""The library's screen: cards, search as one types, filters, clips that came together. For the window."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from coachvision.app import keymap, library_actions
from coachvision.app.card_list import CardList
from coachvision.app.cards import CardModel
from coachvision.app.empty_library import EmptyLibrary
from coachvision.app.library_actions import Names
from coachvision.app.library_bars import FilterBar, SelectionBar
from coachvision.app.library_chosen import Chosen
from coachvision.app.naming import Clip, NamingPanel
from coachvision.app.parts import label
from coachvision.app.screens import SEARCH_LIBRARY, Desk, Screen
from coachvision.app.spans_panel import SpansPanel
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.tasks import Job
    from coachvision.services.cards import SessionCard

# Typing goes on while the last letter's answer comes: one search for a burst of keys.
_TYPING_MS = 30
_TOGETHER = 2


class LibraryView(Screen):
    """opened: a session's id. add_wanted: the coach wants to choose files. demo_wanted: the drawn athlete.
    stood: once, when the first that was read of the library is on screen.
    """

    opened = Signal(str)
    add_wanted = Signal()
    demo_wanted = Signal()
    stood = Signal()
    search_hint = SEARCH_LIBRARY

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._search = ""
        self.asked = self.answered = 0
        self._read = self._stands = False
        self._came: list[tuple[Job, Path]] = []
        self._names = Names()
        self.model = CardModel(self)
        self.model.wanted.connect(self._read_cards)
        self.list = CardList(self.model, self)
        self.chosen = Chosen(self.desk, self.model, self.list)
        self.filters = FilterBar(self)
        self.selection = SelectionBar(self)
        self.naming = NamingPanel(self)
        self.spans = SpansPanel(self)
        self._empty = EmptyLibrary(self)
        self._nothing = label(kind="muted", centred=True)
        self._stack = QStackedWidget()
        for page in (QWidget(self), self.list, self._empty, self._nothing):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in (
            (self.filters, 0),
            (self.naming, 0),
            (self.spans, 0),
            (self._stack, 1),
            (self.selection, 0),
        ):
            column.addWidget(widget, stretch)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self._connect()

    def _connect(self) -> None:
        self.list.opened.connect(self.opened)
        self.list.chosen.connect(lambda: self.selection.tell(len(self.list.ids())))
        self.filters.changed.connect(self.refresh)
        self._empty.add_wanted.connect(self.add_wanted)
        self._empty.demo_wanted.connect(self.demo_wanted)
        self._empty.record_wanted.connect(lambda: self.desk.go("capture"))
        self._empty.account_wanted.connect(lambda: self.desk.go("account"))
        self.desk.account.stood.connect(self._empty.tell)
        self.selection.analyzed.connect(self.chosen.analyze)
        self.selection.compared.connect(lambda: self.desk.compare(*self.list.ids()[:2]))
        self.selection.tagged.connect(self.chosen.tag)
        self.selection.athlete_named.connect(lambda name: self.chosen.name([(one, name) for one in self.list.ids()]))
        self.selection.exported.connect(self.chosen.export)
        self.selection.trashed.connect(self.chosen.trash)
        self.selection.dropped.connect(self.list.clearSelection)
        self.desk.actions.long_came.connect(self.spans.ask)
        self.spans.kept.connect(self.desk.actions.keep_spans)
        self.spans.whole.connect(lambda recording: self.desk.actions.analyze(recording.session_id, recording.name))
        self.spans.opened.connect(self.opened)
        self.naming.named.connect(self.chosen.name)
        self.naming.team_wanted.connect(self._add_team)
        self.naming.finished.connect(self.naming.hide)
        self.desk.tasks.changed.connect(self._work)
        self.desk.bridge.session_saved.connect(self.saved)
        self.desk.bridge.session_deleted.connect(self.gone)
        keymap.pass_letters(self.list)
        keymap.bind(
            self.list,
            {
                "library.open": self._open_current,
                "library.trash": self.chosen.trash,
                "library.all": self.list.selectAll,
                "library.analyze": self.chosen.analyze,
                "library.tag": self._ask_for_tag,
                "library.export": self._ask_for_format,
                "window.back": self._choose_none,
            },
        )

    @property
    def settled(self) -> bool:
        """Whether what is shown answers what was last asked."""
        return self._read and self.answered == self.asked and not self._typing.isActive()

    @property
    def pause_ms(self) -> int:
        """How long a letter waits for the next before the search begins."""
        return self._typing.interval()

    def open(self) -> None:
        """The keys go to the cards."""
        self._read_names()
        self.list.setFocus()

    def shut_down(self) -> None:
        """End the thread that loads pictures."""
        self.list.pictures.close()

    def search(self, text: str) -> None:
        """Show the sessions that fit what was typed."""
        self._search = text
        self._typing.start()

    def refresh(self) -> None:
        """Read again which sessions there are."""
        self.asked += 1
        asked = self.asked

        def take(ids: list[str]) -> None:
            # An older search's answer must not replace a newer one's.
            if asked == self.asked:
                self._read, self.answered = True, asked
                self.model.show(ids)
                self.filters.tell(len(ids))
                self._choose_page()
                if not ids:
                    self._stand()

        today = date.today()  # noqa: DTZ011 - the coach's own day
        self._wanted = self.filters.filter(self._search, today)
        library_actions.ids(self.desk.actions, self._wanted, take)
        self._read_names()

    def arrive(self, jobs: list[Job], paths: list[Path]) -> None:
        """Videos are being added: they are seen at once."""
        for job, path in zip(jobs, paths, strict=True):
            self.model.arrive(job, path)
        if len(jobs) >= _TOGETHER:
            self._came = list(zip(jobs, paths, strict=True))
        self._choose_page()

    def saved(self, session: str) -> None:
        """A session was made or changed."""

        def put(cards: list[SessionCard]) -> None:
            for card in cards:
                if card.sheet is not None:
                    self.list.pictures.forget(card.sheet)
            self.model.put(cards)

        library_actions.cards(self.desk.actions, [session], put)
        self._typing.start()

    def gone(self, session: str) -> None:
        """A session went to the trash."""
        self.model.take(session)
        self.filters.tell(len(self.model.ids))
        self._choose_page()

    # -- inner things

    def _add_team(self, team: str, athletes: list[str]) -> None:
        library_actions.add_team(self.desk.actions, team, athletes, lambda _: self._read_names())

    def _read_names(self) -> None:
        def take(names: Names) -> None:
            if names == self._names:
                return
            self._names = names
            self.filters.offer(names)
            self.selection.offer(names)
            if self.naming.isVisible():
                self.naming.offer(names)

        library_actions.names(self.desk.actions, take)

    def _read_cards(self, ids: list[str]) -> None:
        def put(cards: list[SessionCard]) -> None:
            self.model.put(cards)
            self._stand()

        library_actions.cards(self.desk.actions, ids, put)

    def _stand(self) -> None:
        if not self._stands:
            self._stands = True
            # What was put is painted first.
            QTimer.singleShot(0, self.stood.emit)

    def _work(self) -> None:
        self.model.work(self.desk.tasks.shown)
        if self._came and all(job.final for job, _ in self._came):
            came, self._came = self._came, []
            self._ask_for_names(came)
        self._choose_page()

    def _ask_for_names(self, came: list[tuple[Job, Path]]) -> None:
        """Several came together: ask who is in them, in the order they were filmed."""
        clips = [(job.session, path) for job, path in came if job.session]
        if len(clips) < _TOGETHER:
            return
        clips.sort(key=lambda clip: (_filmed(clip[1]), clip[1].name))
        self.naming.ask([Clip(session, path.name) for session, path in clips], self._names)

    def _choose_page(self) -> None:
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.list)
        elif self._search.strip() or (self._read and not self._wanted.empty):
            text = self._search.strip()
            told = tr("No session fits “{text}”.", text=text) if text else tr("No session fits these filters.")
            self._nothing.setText(told)
            self._stack.setCurrentWidget(self._nothing)
        elif self._read:
            self._stack.setCurrentWidget(self._empty)
        self.filters.setVisible(self._stack.currentWidget() in (self.list, self._nothing))

    def _open_current(self) -> None:
        if self.list.current():
            self.opened.emit(self.list.current())

    def _choose_none(self) -> object:
        chosen = bool(self.list.ids())
        self.list.clearSelection()
        return chosen

    def _ask_for_tag(self) -> None:
        self._show_selection()
        self.selection.tag.setFocus()

    def _ask_for_format(self) -> None:
        self._show_selection()
        self.selection.format.setFocus()
        self.selection.format.showPopup()

    def _show_selection(self) -> None:
        self.selection.tell(len(self.chosen.targets()))


def _filmed(path: Path) -> float:
    """When a file was written last: phones and cameras write it when the recording ends. 0 for one that is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
