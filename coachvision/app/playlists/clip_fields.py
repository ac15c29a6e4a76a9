"""What can be done with the clips that are chosen: title and note of one, its place, taking them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from coachvision.app.parts import button, named
from coachvision.app.theme import GAP
from coachvision.core.tagging import Clip
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.services.playlists import ClipInfo

_FIGURE_SPACE = "\u2007"


class ClipFields(QWidget):
    """titled, noted: what was typed. shifted: so many places down. removed: the clips shall go."""

    titled = Signal(str)
    noted = Signal(str)
    shifted = Signal(int)
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self.title = named(QLineEdit(), tr("Title of the clip"))
        self.title.setPlaceholderText(tr("Title over the film"))
        self.title.editingFinished.connect(lambda: self.titled.emit(self.title.text().strip()))
        self.note = named(QLineEdit(), tr("Note on the clip"))
        self.note.setPlaceholderText(tr("Line under the title"))
        self.note.editingFinished.connect(lambda: self.noted.emit(self.note.text().strip()))
        low = QHBoxLayout()
        low.setSpacing(GAP)
        self.up, self.down = button(tr("Up")), button(tr("Down"))
        self.up.clicked.connect(lambda: self.shifted.emit(-1))
        self.down.clicked.connect(lambda: self.shifted.emit(1))
        self.remove = button(tr("Remove"))
        self.remove.clicked.connect(self.removed)
        for one in (self.up, self.down):
            low.addWidget(one)
        low.addStretch(1)
        low.addWidget(self.remove)
        column.addWidget(self.title)
        column.addWidget(self.note)
        column.addLayout(low)

    def offer(self, *, chosen: bool, one: bool) -> None:
        """Whether any clip is chosen, and whether it is one."""
        self.setVisible(chosen)
        for widget in (self.title, self.note, self.up, self.down):
            widget.setVisible(one)

    def show_clip(self, clip: Clip, *, first: bool, last: bool) -> None:
        """The one that is chosen, and whether it is at either end."""
        self.title.setText(clip.title)
        self.note.setText(clip.note)
        self.up.setEnabled(not first)
        self.down.setEnabled(not last)


def clip_words(number: int, info: ClipInfo) -> str:
    """A clip's two lines in the list."""
    length = f"{info.end_s - info.start_s:.1f} s"
    under = info.trouble or " · ".join(part for part in (length, info.athlete, info.clip.note) if part)
    # As far in as the title: a figure space is as wide as a digit.
    return f"{number + 1}  {info.title}\n{len(str(number + 1)) * _FIGURE_SPACE}  {under}"
