"""Who is in the clips that came together: named by the roster in one gesture. For the library's screen.

A team's button names all clips in the order they were filmed by the team's athletes in the order of the roster; each
clip can then be given to somebody else. What is named is kept at once and can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from coachvision.app.library_actions import Names
from coachvision.app.parts import Choice, area, button, label, named, plainly
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.words import said, tr

_NOBODY = said("Nobody")


@dataclass(frozen=True)
class Clip:
    """A clip to be named. athlete: "" while nobody is."""

    session: str
    name: str
    athlete: str = ""


class NamingPanel(QWidget):
    """named: [(session, athlete)] to keep. team_wanted: (team's name, athletes) to make. finished: put it away."""

    named = Signal(list)
    team_wanted = Signal(str, list)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self.setAccessibleName(tr("Who is in these clips"))
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        head = QHBoxLayout()
        self._title = label(kind="title")
        head.addWidget(self._title)
        head.addStretch(1)
        self.done = button(tr("Done"), "accent")
        self.done.clicked.connect(self.finished)
        head.addWidget(self.done)
        column.addLayout(head)
        self._teams = QHBoxLayout()
        self._teams.setSpacing(GAP)
        column.addLayout(self._teams)
        self._paste = _Paste(self)
        self._paste.given.connect(self.team_wanted)
        column.addWidget(self._paste)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setMaximumHeight(240)
        column.addWidget(self._area)
        self.clips: list[Clip] = []
        self.boxes: dict[str, QComboBox] = {}
        self._names = Names()
        self.hide()

    def ask(self, clips: Sequence[Clip], names: Names) -> None:
        """Show these clips, in the order they were filmed."""
        self.clips = list(clips)
        self._title.setText(tr("Who is in these {count} clips?", count=len(clips)))
        self.offer(names)
        self._list()
        self.show()

    def offer(self, names: Names) -> None:
        """The teams and athletes there are."""
        self._names = names
        while (item := self._teams.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for team, members in names.members:
            if members:
                made = button(tr("{team}, in the order of the roster", team=team))
                made.setToolTip(plainly(", ".join(members)))
                made.clicked.connect(lambda _=False, members=members: self.by_roster(members))
                self._teams.addWidget(made)
        new = button(tr("New team …"), "quiet")
        new.clicked.connect(lambda: self._paste.setVisible(not self._paste.isVisible()))
        self._teams.addWidget(new)
        self._teams.addStretch(1)
        self._list()

    def by_roster(self, athletes: Sequence[str]) -> None:
        """The one gesture: clip after clip, athlete after athlete; what is left over stays as it was."""
        chosen = [(clip.session, athlete) for clip, athlete in zip(self.clips, athletes, strict=False)]
        for session, athlete in chosen:
            self._show(session, athlete)
        self.named.emit(chosen)

    def _show(self, session: str, athlete: str) -> None:
        box = self.boxes[session]
        with QSignalBlocker(box):
            at = box.findText(athlete) if athlete else 0
            if at < 0:
                box.addItem(athlete)
                at = box.count() - 1
            box.setCurrentIndex(at)
        self.clips = [
            Clip(clip.session, clip.name, athlete) if clip.session == session else clip for clip in self.clips
        ]

    def _list(self) -> None:
        body = QWidget()
        body.setObjectName("body")
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(TIGHT)
        grid.setHorizontalSpacing(WIDE)
        self.boxes = {}
        for row, clip in enumerate(self.clips):
            box = named(Choice(), tr("Athlete in {name}", name=clip.name))
            box.addItem(tr(_NOBODY))
            box.addItems(list(self._names.athletes))
            box.setMinimumWidth(220)
            self.boxes[clip.session] = box
            self._show(clip.session, clip.athlete)
            box.activated.connect(lambda index, clip=clip, box=box: self._choose(clip, box.itemText(index), index))
            grid.addWidget(label(clip.name), row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(2, 1)
        self._area.setWidget(body)

    def _choose(self, clip: Clip, athlete: str, index: int) -> None:
        chosen = athlete if index else ""
        self._show(clip.session, chosen)
        self.named.emit([(clip.session, chosen)])


class _Paste(QWidget):
    """A new team: its name, and the names of its athletes, one a line. given: (team, athletes)."""

    given = Signal(str, list)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.names = named(QPlainTextEdit(), tr("The team's name, then its athletes, one a line"))
        self.names.setPlaceholderText(tr("The team's name, then its athletes, one a line, in the order of the roster"))
        self.names.setFixedHeight(112)
        self.names.setTabChangesFocus(True)
        row.addWidget(self.names, 1)
        self.add = button(tr("Add team"))
        self.add.clicked.connect(self._add)
        row.addWidget(self.add, 0, Qt.AlignmentFlag.AlignBottom)
        self.hide()

    def _add(self) -> None:
        team, *athletes = [line.strip() for line in self.names.toPlainText().splitlines() if line.strip()] or [""]
        if team and athletes:
            self.names.clear()
            self.hide()
            self.given.emit(team, athletes)
