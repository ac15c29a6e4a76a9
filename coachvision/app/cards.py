"""The list behind the library's cards: every session's id at once, the cards themselves as they are looked at.

For the library's screen. Ten thousand ids are read in a moment; a card costs several tables and a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt, QTimer, Signal

from coachvision.app import dates
from coachvision.app.names import name_of
from coachvision.app.parts import plainly
from coachvision.app.tasks import Job
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.services.cards import SessionCard

CARD_ROLE = int(Qt.ItemDataRole.UserRole)
JOB_ROLE, STATE_ROLE, ID_ROLE = CARD_ROLE + 1, CARD_ROLE + 2, CARD_ROLE + 3
# Cards asked for at once, and so many beyond those that are seen: scrolling meets cards that are there.
_PAGE, _BEYOND = 30, 12

Index = QModelIndex | QPersistentModelIndex


def filmed(card: SessionCard) -> str:
    """The day on which its film was taken, in words."""
    return dates.day(card.recorded, date.today())  # noqa: DTZ011 - the coach's own day


class CardModel(QStringListModel):
    """First the videos that are just being added, then the sessions, the last filmed first. wanted: ids of cards to
    read.

    A list of empty texts of Qt's own keeps count of the rows: laying out ten thousand cards asks for it ten thousand
    times, which takes a tenth of the time where no Python is called.
    """

    wanted = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.arriving: list[tuple[Job, Path]] = []
        self.ids: list[str] = []
        self.working: dict[str, Job] = {}
        self._cards: dict[str, SessionCard] = {}
        self._states: dict[str, str] = {}
        self._asked: set[str] = set()
        self._missing: set[int] = set()
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(0)
        self._asking.timeout.connect(self._ask)

    @property
    def cards(self) -> list[SessionCard]:
        """The cards that were read so far, in order."""
        return [self._cards[one] for one in self.ids if one in self._cards]

    def data(self, index: Index, role: int = CARD_ROLE) -> Any:
        """CARD_ROLE: the card (None while it is read, or while its video arrives). JOB_ROLE: the work on it.

        STATE_ROLE: where its files are, in words. ID_ROLE: the session, "" for a video that arrives.
        """
        row = index.row()
        if row >= len(self.arriving) + len(self.ids):
            # A row that is just being taken away.
            return None
        if row < len(self.arriving):
            job, path = self.arriving[row]
            words = {int(Qt.ItemDataRole.DisplayRole): path.name, JOB_ROLE: job, ID_ROLE: ""}
            words[int(Qt.ItemDataRole.AccessibleTextRole)] = tr("{name}, being added", name=path.name)
            return words.get(role)
        session = self.ids[row - len(self.arriving)]
        if role == ID_ROLE:
            return session
        card = self._cards.get(session)
        if card is None:
            if role == CARD_ROLE and session not in self._asked:
                self._missing.add(row - len(self.arriving))
                self._asking.start()
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        if role == CARD_ROLE:
            return card
        if role == JOB_ROLE:
            return self.working.get(session)
        if role == STATE_ROLE:
            return self._states.get(session, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return card.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plainly(self.data(index, int(Qt.ItemDataRole.AccessibleTextRole)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            numbers = [f"{name_of(title)} {value}" for title, value in card.numbers]
            told = (card.name, card.athlete, filmed(card), *card.tags, *numbers, self._states.get(session, ""))
            return ", ".join(part for part in told if part)
        return None

    def card(self, session: str) -> SessionCard | None:
        """The card of that session, if it was read."""
        return self._cards.get(session)

    def show(self, ids: Sequence[str]) -> None:
        """These sessions, in this order. Where only one came or went, the others stay where they are."""
        new = list(ids)
        if new == self.ids:
            return
        at = next(
            (at for at, (one, other) in enumerate(zip(new, self.ids, strict=False)) if one != other), len(self.ids)
        )
        if len(new) == len(self.ids) + 1 and new[at + 1 :] == self.ids[at:]:
            self.ids = new
            self.insertRows(len(self.arriving) + at, 1)
            return
        self.ids = new
        self._asked &= self._cards.keys()
        self.setStringList([""] * (len(self.arriving) + len(self.ids)))

    def put(self, cards: Iterable[SessionCard]) -> None:
        """Cards that were read; those of sessions that are not shown are kept for later."""
        put = {card.id: card for card in cards}
        self._cards.update(put)
        for row, session in enumerate(self.ids):
            if session in put:
                self._redraw(len(self.arriving) + row)

    def take(self, session: str) -> None:
        """Show that session no longer."""
        self._cards.pop(session, None)
        self._asked.discard(session)
        if session in self.ids:
            row = len(self.arriving) + self.ids.index(session)
            self.ids.remove(session)
            self.removeRows(row, 1)

    def tell_states(self, states: Mapping[str, str]) -> None:
        """Where each session's files are, in words: `uploading 43 %`; "" or nothing said shows nothing."""
        before, self._states = self._states, dict(states)
        for row, session in enumerate(self.ids):
            if before.get(session, "") != self._states.get(session, ""):
                self._redraw(len(self.arriving) + row)

    def arrive(self, job: Job, path: Path) -> None:
        """A video is being added."""
        self.arriving.append((job, path))
        self.insertRows(len(self.arriving) - 1, 1)

    def work(self, jobs: Iterable[Job]) -> None:
        """The jobs as they are now: those that are over leave, the others are redrawn."""
        for at in reversed(range(len(self.arriving))):
            if self.arriving[at][0].final:
                del self.arriving[at]
                self.removeRows(at, 1)
            else:
                self._redraw(at)
        before, self.working = self.working, {job.session: job for job in jobs if job.session}
        if not before and not self.working:
            return
        for row, session in enumerate(self.ids):
            if session in self.working or session in before:
                self._redraw(len(self.arriving) + row)

    def _ask(self) -> None:
        """Ask for the cards that were looked for and their neighbours."""
        if not self._missing:
            return
        first, last = min(self._missing), max(self._missing)
        if last - first > _PAGE:
            # Two places at once, as after a jump: what was looked for alone.
            rows: Iterable[int] = sorted(self._missing)
        else:
            rows = range(max(0, first - _BEYOND), min(len(self.ids), max(last + _BEYOND, first + _PAGE)))
        self._missing.clear()
        ids = [self.ids[row] for row in rows if row < len(self.ids)]
        ids = [session for session in ids if session not in self._asked and session not in self._cards]
        if ids:
            self._asked.update(ids)
            self.wanted.emit(ids)

    def _redraw(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))
