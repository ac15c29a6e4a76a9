"""What a session is called, who is in it, what the coach noted: kept by itself. For the session's screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from coachvision.app.keeping import Keeper
from coachvision.app.parts import Choice, label, named
from coachvision.app.theme import GAP
from coachvision.events import SessionSaved
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.library import Library


@dataclass(frozen=True)
class About:
    """What changed of it; None stays. athlete: "" for nobody."""

    title: str | None = None
    athlete: str | None = None
    notes: str | None = None

    def then(self, later: About) -> About:
        """Both, the later ones winning."""
        return About(*(new if new is not None else old for new, old in zip(_parts(later), _parts(self), strict=True)))


def _parts(about: About) -> list[str | None]:
    return [getattr(about, field.name) for field in fields(about)]


def keeper_of(actions: Actions, parent: QObject) -> Keeper[About]:
    """Keeps what it is told."""

    def write(library: Library, session: str, about: About) -> None:
        library.update_session(session, title=about.title, athlete=about.athlete, note=about.notes)
        actions.tell(SessionSaved(session))

    return Keeper(actions, write, "library", parent=parent)


class Described(QUndoCommand):
    """A session gets another name or athlete."""

    def __init__(self, keeper: Keeper[About], session: str, before: About, after: About) -> None:
        super().__init__(tr("Name the session") if after.title is not None else tr("Name the athlete"))
        self._keeper, self._session, self._before, self._after = keeper, session, before, after

    def redo(self) -> None:
        self._keeper.owe(self._session, self._after)

    def undo(self) -> None:
        self._keeper.owe(self._session, self._before)


class AboutFields(QWidget):
    """changed: (session, what it was, what it is), where the coach named the session or its athlete."""

    changed = Signal(str, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        self.title = named(QLineEdit(), tr("Name of the session"))
        self.title.editingFinished.connect(self._titled)
        self.athlete = named(Choice(), tr("Athlete"))
        self.athlete.setEditable(True)
        self.athlete.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.athlete.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        edit = self.athlete.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(tr("Nobody"))
            edit.setAccessibleName(tr("Athlete"))
            edit.editingFinished.connect(self._athlete_named)
        self.athlete.activated.connect(self._athlete_named)
        for row, (words, field) in enumerate(((tr("Name"), self.title), (tr("Athlete"), self.athlete))):
            grid.addWidget(label(words, "muted"), row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        self._session, self._kept = "", About("", "")

    def show_session(self, session: str, title: str, film: str, athlete: str) -> None:
        """A session's; what is being typed into the same session's stays. film: what it is called without a name."""
        other = session != self._session
        before, self._session, self._kept = self._kept, session, About(title, athlete)
        self.title.setPlaceholderText(film)
        if other or self.title.text() == before.title:
            self.title.setText(title)
        if other or self.athlete.currentText() == before.athlete:
            self.athlete.setEditText(athlete)

    def offer(self, athletes: Sequence[str]) -> None:
        """The athletes there are."""
        text = self.athlete.currentText()
        with QSignalBlocker(self.athlete):
            self.athlete.clear()
            self.athlete.addItems(list(athletes))
            self.athlete.setCurrentIndex(-1)
            self.athlete.setEditText(text)

    def _titled(self) -> None:
        text = self.title.text().strip()
        if self._session and text != self._kept.title:
            self._tell(About(title=self._kept.title), About(title=text))

    def _athlete_named(self) -> None:
        text = self.athlete.currentText().strip()
        if self._session and text != self._kept.athlete:
            self._tell(About(athlete=self._kept.athlete), About(athlete=text))

    def _tell(self, before: About, after: About) -> None:
        self._kept = self._kept.then(after)
        self.changed.emit(self._session, before, after)
