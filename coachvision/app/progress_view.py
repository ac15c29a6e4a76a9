"""The progress screen: an athlete's numbers over weeks, personal bests, left against right, export. For the window."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from coachvision.app import dates, keymap, library_actions
from coachvision.app import progress_words as words
from coachvision.app.library_actions import Names
from coachvision.app.lines import Lines
from coachvision.app.names import name_of
from coachvision.app.parts import Choice, Elided, area, button, label, named
from coachvision.app.screens import Desk, Screen
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.app.trend import Trend
from coachvision.core.units import Units
from coachvision.words import counted, said, tr

if TYPE_CHECKING:
    from coachvision.library import Library
    from coachvision.services.progress import Progress

_LIST_WIDTH = 260
_CARDS = 4


class ProgressView(Screen):
    """told: the athlete's numbers as they are shown."""

    search_hint = said("Search athletes")

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.told: Progress | None = None
        self._units = Units()
        self._search = ""
        self._names = Names()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left())
        row.addWidget(self._right(), 1)
        desk.bridge.session_saved.connect(self._saved)

    def open(self) -> None:
        """Read who there is, and the numbers of the one that is chosen."""
        self._read_names()
        self.list.setFocus()

    def start_over(self) -> None:
        """Nobody's numbers."""
        self.told = None
        self._names = Names()
        self._list()

    def search(self, text: str) -> None:
        """Show the athletes and those of the teams that fit."""
        self._search = text
        self._list()

    def show_athlete(self, athlete: str) -> None:
        """Read an athlete's numbers."""

        def work(library: Library, _job: Job) -> tuple[Progress, Units]:
            from coachvision.services.progress import progress
            from coachvision.services.units import told_units

            return progress(library, athlete), told_units()

        self.desk.actions.run(work, self._show)

    def export_to(self, target: Path) -> None:
        """Write every point as a table."""
        told = self.told
        if told is None:
            return

        def work(library: Library, _job: Job) -> None:
            from coachvision.services.progress import export_progress

            export_progress(library, told, target)

        self.desk.actions.run(work, lambda _: self.desk.messages.show_notice(tr("{file} is written.", file=target)))

    # -- inner things

    def _left(self) -> QWidget:
        side = area("surface", QWidget())
        side.setFixedWidth(_LIST_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, WIDE, 0, WIDE)
        column.setSpacing(GAP)
        self.list = Lines(tr("Athletes"))
        self.list.currentItemChanged.connect(self._chosen)
        keymap.pass_letters(self.list)
        column.addWidget(self.list, 1)
        adding = QVBoxLayout()
        adding.setContentsMargins(WIDE, 0, WIDE, 0)
        self.new = named(QLineEdit(), tr("New athlete"))
        self.new.setPlaceholderText(tr("New athlete, team"))
        self.new.setToolTip(tr("A name; after a comma the team, if there is one. Enter adds."))
        self.new.returnPressed.connect(self._add)
        adding.addWidget(self.new)
        column.addLayout(adding)
        return side

    def _right(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(2 * WIDE, WIDE, 2 * WIDE, WIDE)
        column.setSpacing(WIDE)
        head = QHBoxLayout()
        self._name = Elided("heading")
        self._about = label(kind="muted")
        # Larger letters have more room below their line.
        self._about.setContentsMargins(0, 0, 0, TIGHT)
        head.addWidget(self._name)
        head.addWidget(self._about, 0, Qt.AlignmentFlag.AlignBottom)
        head.addStretch(1)
        self.export = button(tr("Export table …"), "quiet")
        self.export.clicked.connect(self._export)
        head.addWidget(self.export)
        column.addLayout(head)
        self._bests = QGridLayout()
        self._bests.setHorizontalSpacing(2 * WIDE)
        self._bests.setVerticalSpacing(2)
        column.addLayout(self._bests)
        choosing = QHBoxLayout()
        self.number = named(Choice(), tr("Number"))
        self.number.setMinimumWidth(320)
        self.number.currentIndexChanged.connect(self._draw)
        choosing.addWidget(self.number)
        self._change = label(kind="muted", wrap=True)
        choosing.addWidget(self._change, 1)
        column.addLayout(choosing)
        self.trend = Trend(self)
        self.trend.opened.connect(self.desk.open_session)
        column.addWidget(self.trend, 1)
        self._right_body = body
        body.hide()
        outer = QWidget()
        stack = QVBoxLayout(outer)
        stack.setContentsMargins(0, 0, 0, 0)
        self._nobody = label(
            tr("Nobody yet. Say on the library's cards who is in a video, or add an athlete on the left."), "muted",
            centred=True,
        )  # fmt: skip
        stack.addWidget(self._nobody)
        stack.addWidget(body)
        return outer

    def _read_names(self) -> None:
        def take(names: Names) -> None:
            self._names = names
            self._list()

        library_actions.names(self.desk.actions, take)

    def _list(self) -> None:
        """The athletes that fit what was typed; the one that is chosen stays so."""
        before = self.chosen
        teams: dict[str, list[str]] = {}
        for team, members in self._names.members:
            for athlete in members:
                teams.setdefault(athlete, []).append(team)
        self.list.blockSignals(True)
        self.list.clear()
        for athlete in self._names.athletes:
            words = " ".join((athlete, *teams.get(athlete, ()))).casefold()
            if all(word in words for word in self._search.casefold().split()):
                told = ", ".join(teams.get(athlete, ()))
                item = QListWidgetItem(f"{athlete}\n{told}" if told else athlete)
                item.setData(Qt.ItemDataRole.UserRole, athlete)
                self.list.addItem(item)
                if athlete == before:
                    self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        elif before and self.list.currentItem() is not None:
            self.show_athlete(before)
        self._nobody.setVisible(not self._names.athletes)
        self._right_body.setVisible(bool(self._names.athletes) and self.told is not None)

    @property
    def chosen(self) -> str:
        """The athlete whose numbers are shown; "" for nobody."""
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def _chosen(self) -> None:
        if self.chosen:
            self.show_athlete(self.chosen)

    def _saved(self, _session: str) -> None:
        if self.isVisible() and self.chosen:
            self.show_athlete(self.chosen)

    def _add(self) -> None:
        name, _, team = (part.strip() for part in self.new.text().partition(","))
        if not name:
            return
        self.new.clear()

        def work(library: Library, _job: Job) -> None:
            if team:
                library.people.join(name, team)
            else:
                library.people.add("athlete", name)

        self.desk.actions.run(work, lambda _: self._read_names(), owed=True)

    def _show(self, read: tuple[Progress, Units]) -> None:
        told, self._units = read
        if told.athlete != self.chosen:
            return
        self.told = told
        self._nobody.hide()
        self._right_body.show()
        self._name.say(told.athlete)
        self._about.setText(counted(told.sessions, "1 session", "{count} sessions"))
        self.export.setEnabled(bool(told.lines))
        before = self.number.currentText()
        self.number.blockSignals(True)
        self.number.clear()
        titles = [name_of(line.title) for line in told.lines]
        self.number.addItems(titles)
        self.number.setCurrentIndex(self.number.findText(before) if before in titles else words.first_of(told))
        self.number.blockSignals(False)
        self.number.setVisible(bool(told.lines))
        self._show_bests(told)
        self._draw()

    def _show_bests(self, told: Progress) -> None:
        while (item := self._bests.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        today = date.today()  # noqa: DTZ011 - the coach's own day
        for at, (line, best) in enumerate(told.bests[:_CARDS]):
            value = words.value(line, best.value, self._units)
            figure = label(value, "figure")
            figure.setAccessibleName(tr("Personal best, {title}: {value}", title=name_of(line.title), value=value))
            self._bests.addWidget(label(name_of(line.title), "section"), 0, at)
            self._bests.addWidget(figure, 1, at)
            self._bests.addWidget(label(f"{tr('Best')}  ·  {dates.day(best.recorded, today)}", "muted"), 2, at)
        self._bests.setColumnStretch(_CARDS, 1)

    def _draw(self) -> None:
        told, at = self.told, self.number.currentIndex()
        if told is None or not 0 <= at < len(told.lines):
            self.trend.show_dots([], tr("Nothing"), "")
            self._change.setText("")
            return
        line, units = told.lines[at], self._units
        self.trend.show_dots(
            [words.dot(line, point, units) for point in line.points], name_of(line.title), words.unit(line, units)
        )
        self._change.setText(words.change(line, units))

    def _export(self) -> None:
        name = f"{self.told.athlete}.csv" if self.told is not None else ""
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Export table"), name, tr("Tables (*.csv)"))
        if chosen:
            self.export_to(Path(chosen))
