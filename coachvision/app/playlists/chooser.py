"""Which playlists there are, and a button for another. For the playlists' screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.lines import Lines
from coachvision.app.parts import area, button
from coachvision.app.theme import GAP, WIDE
from coachvision.library.records import PlaylistRow
from coachvision.words import counted, tr

_WIDTH = 220
_ID = int(Qt.ItemDataRole.UserRole)


class Chooser(QWidget):
    """chosen: a playlist's id. wanted: a new one."""

    chosen = Signal(str)
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, WIDE, 0, GAP)
        column.setSpacing(GAP)
        self.list = Lines(tr("Playlists"))
        self.list.currentItemChanged.connect(self._choose)
        keymap.pass_letters(self.list)
        column.addWidget(self.list, 1)
        self.new = button(tr("New playlist"))
        self.new.clicked.connect(self.wanted)
        low = QHBoxLayout()
        low.setContentsMargins(WIDE, 0, WIDE, 0)
        low.addWidget(self.new)
        column.addLayout(low)

    def fill(self, playlists: Sequence[PlaylistRow], chosen: str) -> None:
        """These, one of them chosen."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in playlists:
                count = len(one.clips)
                item = QListWidgetItem(f"{one.title}\n{counted(count, '1 clip', '{count} clips')}")
                item.setData(_ID, one.id)
                self.list.addItem(item)
                if one.id == chosen:
                    self.list.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(str(item.data(_ID)))
