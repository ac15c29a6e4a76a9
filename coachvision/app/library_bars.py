"""The library's two strips: what is shown (filters), and what can be done with the cards that are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from coachvision.app.library_actions import PERIODS, Filter, Names, begin_of
from coachvision.app.parts import Choice, area, button, label, named
from coachvision.app.theme import GAP, WIDE
from coachvision.words import said, tr

FORMATS = {said("Table (CSV)"): "csv", said("Document (JSON)"): "json", said("Report (HTML)"): "html"}


class FilterBar(QWidget):
    """changed: another filter was chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self.athlete = self._choice(tr("Athlete"), tr("All athletes"))
        self.team = self._choice(tr("Team"), tr("All teams"))
        self.period = self._choice(tr("Date"), tr(PERIODS[0]))
        self.period.addItems([tr(period) for period in PERIODS[1:]])
        self.tag = self._choice(tr("Tag"), tr("All tags"))
        for one in (self.athlete, self.team, self.period, self.tag):
            row.addWidget(one)
        self.clear = button(tr("Show all"), "quiet")
        self.clear.clicked.connect(self.reset)
        self.clear.hide()
        row.addWidget(self.clear)
        row.addStretch(1)
        self._count = label(kind="muted")
        row.addWidget(self._count)

    def offer(self, names: Names) -> None:
        """The names there are; a choice that is gone falls back to all."""
        for box, texts in ((self.athlete, names.athletes), (self.team, names.teams), (self.tag, names.tags)):
            _fill(box, texts)

    def filter(self, search: str, today: date) -> Filter:
        """What is chosen."""
        athlete, team, tag = (
            box.currentText() if box.currentIndex() > 0 else "" for box in (self.athlete, self.team, self.tag)
        )
        return Filter(search, athlete, team, tag, begin_of(PERIODS[self.period.currentIndex()], today))

    def tell(self, count: int) -> None:
        """How many are shown."""
        shown = f"{count:,}".replace(",", "\u202f")
        self._count.setText(tr("1 session") if count == 1 else tr("{count} sessions", count=shown))

    def reset(self) -> None:
        """Filter nothing."""
        for box in (self.athlete, self.team, self.period, self.tag):
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._changed()

    def _choice(self, name: str, everything: str) -> QComboBox:
        box = named(Choice(), name)
        box.addItem(everything)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(220)
        box.currentIndexChanged.connect(self._changed)
        return box

    def _changed(self) -> None:
        self.clear.setVisible(any(box.currentIndex() > 0 for box in (self.athlete, self.team, self.period, self.tag)))
        self.changed.emit()


class SelectionBar(QWidget):
    """Hidden while no card is chosen. One signal for each thing to do; tagged, named: the text; exported: a format."""

    analyzed = Signal()
    tagged = Signal(str)
    athlete_named = Signal(str)
    exported = Signal(str)
    compared = Signal()
    trashed = Signal()
    dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("selection", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self.count = label()
        row.addWidget(self.count)
        row.addSpacing(GAP)
        self.analyze = self._button(row, tr("Analyze"))
        self.analyze.clicked.connect(self.analyzed)
        self.compare = self._button(row, tr("Compare"))
        self.compare.clicked.connect(self.compared)
        self.athlete = self._field(row, tr("Athlete"), tr("Athlete …"), self.athlete_named)
        self.tag = self._field(row, tr("Tag"), tr("Tag …"), self.tagged)
        self.format = named(Choice(), tr("Format of the export"))
        self.format.addItem(tr("Export as …"))
        self.format.addItems([tr(form) for form in FORMATS])
        self.format.activated.connect(self._export)
        row.addWidget(self.format)
        self.trash = self._button(row, tr("Delete"))
        self.trash.clicked.connect(self.trashed)
        row.addStretch(1)
        done = self._button(row, tr("Choose none"), "quiet")
        done.clicked.connect(self.dropped)
        self.hide()

    def offer(self, names: Names) -> None:
        """The names there are, to choose from."""
        for box, texts in ((self.athlete, names.athletes), (self.tag, names.tags)):
            with QSignalBlocker(box):
                box.clear()
                box.addItems(list(texts))
                box.setCurrentIndex(-1)
                box.clearEditText()

    def tell(self, count: int) -> None:
        """So many are chosen."""
        self.count.setText(tr("{count} chosen", count=count))
        self.compare.setEnabled(count == 2)
        self.compare.setToolTip("" if count == 2 else tr("Choose two sessions to compare"))
        self.setVisible(count > 0)

    def _button(self, row: QHBoxLayout, text: str, kind: str = "") -> QPushButton:
        made = button(text, kind)
        row.addWidget(made)
        return made

    def _field(self, row: QHBoxLayout, name: str, hint: str, signal: SignalInstance) -> QComboBox:
        box = named(Choice(), name)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        edit = box.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(hint)
            edit.setAccessibleName(name)
            edit.returnPressed.connect(lambda: self._give(box, signal))
        box.activated.connect(lambda _index: self._give(box, signal))
        box.setMinimumWidth(150)
        row.addWidget(box)
        return box

    @staticmethod
    def _give(box: QComboBox, signal: SignalInstance) -> None:
        text = box.currentText().strip()
        box.setCurrentIndex(-1)
        box.clearEditText()
        if text:
            signal.emit(text)

    def _export(self, index: int) -> None:
        self.format.setCurrentIndex(0)
        if index > 0:
            self.exported.emit(list(FORMATS.values())[index - 1])


def _fill(box: QComboBox, texts: Sequence[str]) -> None:
    """Other names below the first entry, which means all; what was chosen stays chosen."""
    before = box.currentText()
    with QSignalBlocker(box):
        while box.count() > 1:
            box.removeItem(1)
        box.addItems(list(texts))
        box.setCurrentIndex(max(0, box.findText(before, Qt.MatchFlag.MatchExactly)))
    if box.currentText() != before:
        box.currentIndexChanged.emit(0)
