"""The inspector's list of all that happened: what the coach tagged and what was found, filtered, a click goes there.

For the session's screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from coachvision.app import keymap
from coachvision.app.lines import Lines
from coachvision.app.parts import Choice, button, label, named
from coachvision.app.tagging.bar import swatch
from coachvision.app.tagging.book import TagBook
from coachvision.app.tagging.entries import EVERYTHING, FOUND, TAGGED, Entry, entries_of
from coachvision.app.theme import GAP, TIGHT, WIDE, worn
from coachvision.core.results import Event
from coachvision.core.time import Timeline
from coachvision.words import tr

_ENTRY = int(Qt.ItemDataRole.UserRole)


class EventsPage(QWidget):
    """seek_requested: a frame. chosen: a moment's id. playlist_wanted: entries to put into a playlist.

    import_wanted, export_wanted: a file, asked for. counted: how many there are.
    """

    seek_requested = Signal(int)
    chosen = Signal(str)
    playlist_wanted = Signal(object)
    import_wanted = Signal(object)
    export_wanted = Signal(object, bool)
    counted = Signal(int)

    def __init__(self, book: TagBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._events: tuple[Event, ...] = ()
        self._timeline: Timeline | None = None
        self._stale = False
        self._lines: list[Entry] = []
        self._choice = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(GAP)
        top = QHBoxLayout()
        top.setContentsMargins(WIDE, 0, WIDE, 0)
        top.setSpacing(GAP)
        self.filter = named(QLineEdit(), tr("Filter the events"))
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._fill)
        self.kind = named(Choice(), tr("Which events"))
        self.kind.currentIndexChanged.connect(self._fill)
        top.addWidget(self.filter, 1)
        top.addWidget(self.kind)
        top.addWidget(self._files_button())
        column.addLayout(top)
        self.list = Lines(tr("Events"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemActivated.connect(self._go)
        self.list.itemClicked.connect(self._go)
        self.list.itemSelectionChanged.connect(self._selection)
        keymap.pass_letters(self.list)
        keymap.bind(self.list, {"draw.delete": self._delete})
        column.addWidget(self.list, 1)
        self._empty = label("", "muted", wrap=True, centred=True)
        self._empty.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.addWidget(self._empty, 1)
        column.addWidget(self._details())
        book.changed.connect(self._refresh)

    def _files_button(self) -> QWidget:
        """Tags in from other programs and out to them."""
        self.files = named(button(tr("File"), "quiet"), tr("Import or export tags"))
        menu = QMenu(self.files)
        menu.addAction(tr("Import tags (XML or CSV)"), self._ask_for_import)
        menu.addAction(tr("Export as Sportscode XML"), lambda: self._ask_for_export("xml", found=False))
        menu.addAction(tr("Export as XML, with what was found"), lambda: self._ask_for_export("xml", found=True))
        menu.addAction(tr("Export as table (CSV)"), lambda: self._ask_for_export("csv", found=False))
        self.files.setMenu(menu)
        return self.files

    def _ask_for_import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Import tags"), "", tr("Tags (*.xml *.csv)"))
        if name:
            self.import_wanted.emit(Path(name))

    def _ask_for_export(self, ending: str, *, found: bool) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Export tags"), f"tags.{ending}", f"*.{ending}")
        if name:
            self.export_wanted.emit(Path(name).with_suffix(f".{ending}"), found)

    def _details(self) -> QWidget:
        """What can be done with the chosen moments."""
        self._panel = QWidget()
        panel = QVBoxLayout(self._panel)
        panel.setContentsMargins(WIDE, 0, WIDE, GAP)
        panel.setSpacing(TIGHT)
        self.note = named(QLineEdit(), tr("Note for this moment"))
        self.note.setPlaceholderText(tr("Note"))
        self.note.editingFinished.connect(self._keep_note)
        panel.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self.to_playlist = button(tr("Add to playlist"))
        self.to_playlist.clicked.connect(lambda: self.playlist_wanted.emit(self.selected()))
        self.delete = button(tr("Delete"))
        self.delete.clicked.connect(self._delete)
        row.addWidget(self.to_playlist)
        row.addStretch(1)
        row.addWidget(self.delete)
        panel.addLayout(row)
        self._panel.hide()
        return self._panel

    def show_events(self, events: Sequence[Event], timeline: Timeline | None) -> None:
        """What was found in a session; what is tagged comes from the book."""
        self._events = tuple(events)
        self.list.blockSignals(True)
        self.list.clear()
        self._lines = []
        self.list.blockSignals(False)
        self._timeline = timeline if timeline is not None and len(timeline) else None
        self._refresh()

    def choose(self, moment: str) -> None:
        """Mark that moment in the list."""
        self._choice = moment
        self.list.blockSignals(True)
        self.list.clearSelection()
        for at in range(self.list.count()):
            item = self.list.item(at)
            if moment and item.data(_ENTRY).id == moment:
                item.setSelected(True)
                self.list.scrollToItem(item)
        self.list.blockSignals(False)
        self._tell_selection()

    def selected(self) -> list[Entry]:
        """The chosen lines, by time."""
        return sorted((item.data(_ENTRY) for item in self.list.selectedItems()), key=lambda entry: entry.start_pts)

    def _entries(self) -> list[Entry]:
        return entries_of(self._book.rows, self._events) if self._timeline is not None else []

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()
            self.choose(self._choice)

    def _refresh(self) -> None:
        """The kinds there are, and the list again, once somebody sees it: tags are made while the film plays."""
        self.counted.emit(len(self._book.rows) + len(self._events) if self._timeline is not None else 0)
        self._stale = not self.isVisible()
        if self._stale:
            return
        entries = self._entries()
        kept = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        for words, data in ((tr("All"), EVERYTHING), (tr("Tagged"), TAGGED), (tr("Found"), FOUND)):
            self.kind.addItem(words, data)
        for title in dict.fromkeys(entry.title for entry in entries):
            self.kind.addItem(title, f"={title}")
        self.kind.setCurrentIndex(max(0, self.kind.findData(kept)))
        self.kind.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        chosen = {entry.id for entry in self.selected() if entry.id}
        kind, words = str(self.kind.currentData() or EVERYTHING), self.filter.text().casefold().split()
        entries = self._entries()
        shown = [entry for entry in entries if entry.fits(kind) and all(word in entry.words for word in words)]
        self.list.blockSignals(True)
        self._put_lines(shown, chosen)
        self.list.blockSignals(False)
        self.list.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        self._empty.setText(
            tr("No event fits the filter.")
            if entries
            else tr("Nothing is tagged yet. Press a button under the video, or its key, while you watch.")
        )
        self._tell_selection()

    def _put_lines(self, shown: list[Entry], chosen: set[str]) -> None:
        """The list as it shall be: what is in it already stays, so that one tag more is one line more."""
        wanted = Counter(shown)
        kept: list[Entry] = []
        for at, entry in reversed(list(enumerate(self._lines))):
            if wanted[entry] > 0:
                wanted[entry] -= 1
                kept.append(entry)
            else:
                self.list.takeItem(at)
        kept.reverse()
        for at, entry in enumerate(shown):
            if at >= len(kept) or kept[at] != entry:
                kept.insert(at, entry)
                item = QListWidgetItem(swatch(entry.colour or worn().accent), self._told(entry))
                item.setData(_ENTRY, entry)
                self.list.insertItem(at, item)
                item.setSelected(entry.id in chosen)
        # The same lines in another order were put in twice; the old ones stand at the end.
        while self.list.count() > len(shown):
            self.list.takeItem(self.list.count() - 1)
        self._lines = shown

    def _told(self, entry: Entry) -> str:
        line = self._timeline
        if line is None:
            return entry.title
        start = f"{line.seconds_of(entry.start_pts):.2f} s"
        end = "" if entry.end_pts is None else f" – {line.seconds_of(entry.end_pts):.2f} s"
        under = f"  ·  {entry.under}" if entry.under else ""
        return f"{entry.title}\n{start}{end}{under}"

    def _go(self, item: QListWidgetItem) -> None:
        line = self._timeline
        if line is not None:
            self.seek_requested.emit(line.index_at(line.seconds_of(item.data(_ENTRY).start_pts)))

    def _selection(self) -> None:
        self._tell_selection()
        entries = self.selected()
        self.chosen.emit(entries[0].id if len(entries) == 1 else "")

    def _tell_selection(self) -> None:
        entries = self.selected()
        own = [entry for entry in entries if entry.id]
        self._panel.setVisible(bool(entries))
        self.delete.setVisible(bool(own))
        self.note.setVisible(len(entries) == 1 and bool(own))
        moment = self._book.moment(own[0].id) if len(entries) == 1 and own else None
        if moment is not None and not self.note.hasFocus():
            self.note.setText(moment.note)

    def _keep_note(self) -> None:
        own = [entry for entry in self.selected() if entry.id]
        moment = self._book.moment(own[0].id) if len(own) == 1 else None
        if moment is not None:
            self._book.change(own[0].id, replace(moment, note=self.note.text().strip()), tr("Note"))

    def _delete(self) -> object:
        own = [entry.id for entry in self.selected() if entry.id]
        self._book.remove(own, tr("Delete tags"))
        return bool(own)
