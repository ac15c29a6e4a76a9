"""The playlists' screen: which there are, the clips of one in the coach's order, playing and exporting it.

For the window.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from coachvision.app import keymap
from coachvision.app.lines import Lines
from coachvision.app.parts import Elided, area, button, label, named, plainly
from coachvision.app.playlists import exporting
from coachvision.app.playlists.book import PlaylistBook
from coachvision.app.playlists.chooser import Chooser
from coachvision.app.playlists.clip_fields import ClipFields, clip_words
from coachvision.app.screens import Desk, Screen
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.player.widget import PlayerWidget
    from coachvision.app.playlists.player import ClipPlayer

_WIDTH = 320
_ID = int(Qt.ItemDataRole.UserRole)


class PlaylistsView(Screen):
    """Playlists left, the film in the middle, clips right."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.book = PlaylistBook(desk.actions, self)
        self.player: PlayerWidget | None = None
        self.clip_player: ClipPlayer | None = None
        self._filling = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.chooser = Chooser()
        self.chooser.chosen.connect(self._choose)
        self.chooser.wanted.connect(self._make)
        row.addWidget(self.chooser)
        row.addWidget(self._middle(), 1)
        row.addWidget(self._right())
        self.book.listed.connect(self._fill_list)
        self.book.shown.connect(self._fill_clips)
        keymap.bind(
            self,
            {"edit.undo": self.book.undo.undo, "edit.redo": self.book.undo.redo},
        )
        self._fill_clips()

    # -- the parts

    def _middle(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._stage = QVBoxLayout()
        column.addLayout(self._stage, 1)
        self._hint = label("", "muted", wrap=True, centred=True)
        self._hint.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        self._stage.addWidget(self._hint, 1)
        self.band = area("surface", QWidget())
        words = QVBoxLayout(self.band)
        words.setContentsMargins(WIDE, GAP, WIDE, GAP)
        words.setSpacing(0)
        self.now = Elided("title")
        self.under = Elided("muted")
        words.addWidget(self.now)
        words.addWidget(self.under)
        column.addWidget(self.band)
        return side

    def _right(self) -> QWidget:
        self.side = area("inspector", QWidget())
        self.side.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self.side)
        column.setContentsMargins(WIDE, WIDE, WIDE, GAP)
        column.setSpacing(GAP)
        self.title = named(QLineEdit(), tr("Name of the playlist"))
        self.title.editingFinished.connect(
            lambda: self.book.change(tr("Name"), title=self.title.text().strip() or None)
        )
        self.note = named(QLineEdit(), tr("Note on the playlist"))
        self.note.setPlaceholderText(tr("Note"))
        self.note.editingFinished.connect(lambda: self.book.change(tr("Note"), note=self.note.text().strip()))
        column.addWidget(self.title)
        column.addWidget(self.note)
        actions = QHBoxLayout()
        actions.setSpacing(GAP)
        self.play = button(tr("Play all"), "accent")
        self.play.clicked.connect(self._play_all)
        self.export = button(tr("Export"))
        self.export.setToolTip(tr("Write all clips as one film with titles"))
        self.export.clicked.connect(self._ask_where)
        self.delete = button(tr("Delete"))
        self.delete.clicked.connect(self.book.remove)
        actions.addWidget(self.play)
        actions.addWidget(self.export)
        actions.addStretch(1)
        actions.addWidget(self.delete)
        column.addLayout(actions)
        self.clips = Lines(tr("Clips"))
        self.clips.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.clips.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.clips.itemActivated.connect(lambda item: self._show_clip(self.clips.row(item), play=True))
        self.clips.itemClicked.connect(lambda item: self._show_clip(self.clips.row(item)))
        self.clips.itemSelectionChanged.connect(self._fill_fields)
        self.clips.model().rowsMoved.connect(lambda *_: self._reordered())
        keymap.pass_letters(self.clips)
        keymap.bind(self.clips, {"draw.delete": self.remove_clips})
        column.addWidget(self.clips, 1)
        self.fields = ClipFields()
        self.fields.titled.connect(lambda title: self._set_clip(title=title))
        self.fields.noted.connect(lambda note: self._set_clip(note=note))
        self.fields.shifted.connect(self._shift)
        self.fields.removed.connect(self.remove_clips)
        column.addWidget(self.fields)
        return self.side

    # -- a screen of the window

    def open(self) -> None:
        """Read the playlists."""
        self.book.read()
        self.chooser.list.setFocus()

    def start_over(self) -> None:
        """No playlist."""
        self.book.forget()

    def leave(self) -> None:
        """Stop playing."""
        if self.clip_player is not None:
            self.clip_player.stop()

    def shut_down(self) -> None:
        """End the player's processes."""
        if self.player is not None:
            self.player.shut_down()

    # -- what it shows

    def _fill_list(self) -> None:
        self.chooser.fill(self.book.playlists, self.book.chosen)

    def _fill_clips(self) -> None:
        row = self.book.playlist
        self.side.setVisible(row is not None)
        clips = self.book.clips
        kept = [self.clips.row(item) for item in self.clips.selectedItems()]
        self._filling = True
        if row is not None:
            for field, text in ((self.title, row.title), (self.note, row.note)):
                if not field.hasFocus():
                    field.setText(text)
        self.clips.clear()
        for number, info in enumerate(clips):
            item = QListWidgetItem(clip_words(number, info))
            item.setData(_ID, number)
            if info.trouble:
                item.setToolTip(plainly(info.trouble))
            self.clips.addItem(item)
            item.setSelected(number in kept)
        self._filling = False
        playable = any(not info.trouble for info in clips)
        self.play.setEnabled(playable)
        self.export.setEnabled(playable)
        self._hint.setText(
            tr("Choose a clip, or play all.")
            if clips
            else tr("In a session, choose events and press “Add to playlist”: clips of any sessions go together.")
        )
        if self.clip_player is not None:
            self.clip_player.set_clips(clips)
        self._fill_fields()
        self._tell_now(self.clip_player.at if self.clip_player is not None else -1)

    def _fill_fields(self) -> None:
        at = self._one_chosen()
        self.fields.offer(chosen=bool(self.clips.selectedItems()), one=at is not None)
        if at is not None and not self._filling:
            self.fields.show_clip(self.book.clips[at].clip, first=at == 0, last=at == len(self.book.clips) - 1)

    def _tell_now(self, at: int) -> None:
        info = self.book.clips[at] if 0 <= at < len(self.book.clips) else None
        self.band.setVisible(info is not None)
        self.now.say(f"{at + 1}  {info.title}" if info is not None else "")
        self.under.say(" · ".join(p for p in (info.athlete, info.clip.note) if p) if info is not None else "")
        if self.player is not None:
            self.player.setVisible(info is not None)
            self._hint.setVisible(info is None)
        for number in range(self.clips.count()):
            font = self.clips.item(number).font()
            font.setBold(number == at)
            self.clips.item(number).setFont(font)

    def _one_chosen(self) -> int | None:
        rows = [self.clips.row(item) for item in self.clips.selectedItems()]
        return rows[0] if len(rows) == 1 and rows[0] < len(self.book.clips) else None

    # -- what the coach does

    def _make(self) -> None:
        self.book.make(tr("Playlist {number}", number=len(self.book.playlists) + 1))

    def _choose(self, playlist: str) -> None:
        self.leave()
        self.book.choose(playlist)

    def _made_player(self) -> ClipPlayer:
        if self.clip_player is None or self.player is None:
            from coachvision.app.player import commands
            from coachvision.app.player.widget import PlayerWidget
            from coachvision.app.playlists.player import ClipPlayer

            self.player = PlayerWidget(self)
            self.player.failed.connect(self.desk.messages.show_error)
            self._stage.addWidget(self.player, 1)
            commands.bind(self, self.player)
            self.clip_player = ClipPlayer(self.desk.actions, self.player, self)
            self.clip_player.at_changed.connect(self._tell_now)
            self.clip_player.set_clips(self.book.clips)
        return self.clip_player

    def _show_clip(self, at: int, *, play: bool = False) -> None:
        self._made_player().show_clip(at, play=play)

    def _play_all(self) -> None:
        self._made_player().show_clip(0, play=True, through=True)
        if self.player is not None:
            self.player.setFocus()

    def _set_clip(self, **changes: str) -> None:
        at = self._one_chosen()
        if at is not None:
            clips = [info.clip for info in self.book.clips]
            clips[at] = replace(clips[at], **changes)  # type: ignore[arg-type]  # title and note alone
            self.book.change(tr("Clip"), clips=clips)

    def remove_clips(self) -> object:
        """Take the chosen clips out."""
        gone = {self.clips.row(item) for item in self.clips.selectedItems()}
        rest = [info.clip for number, info in enumerate(self.book.clips) if number not in gone]
        self.clips.clearSelection()
        self.book.change(tr("Remove clips"), clips=rest)
        return bool(gone)

    def _shift(self, by: int) -> None:
        at = self._one_chosen()
        if at is not None and 0 <= at + by < len(self.book.clips):
            clips = [info.clip for info in self.book.clips]
            clips.insert(at + by, clips.pop(at))
            self.clips.clearSelection()
            self.clips.item(at + by).setSelected(True)
            self.book.change(tr("Order of the clips"), clips=clips)

    def _reordered(self) -> None:
        if not self._filling:
            order = [int(self.clips.item(number).data(_ID)) for number in range(self.clips.count())]
            self.book.change(tr("Order of the clips"), clips=[self.book.clips[number].clip for number in order])

    def _ask_where(self) -> None:
        row = self.book.playlist
        if row is not None:
            name, _ = QFileDialog.getSaveFileName(self, tr("Export the playlist"), f"{row.title}.mp4", "*.mp4")
            if name:
                self.export_to(Path(name).with_suffix(".mp4"))

    def export_to(self, target: Path) -> Job | None:
        """Write the chosen playlist as one film; shown under Activity, can be cancelled there."""
        row = self.book.playlist
        if row is None:
            return None
        told = tr("{file} is written.", file=target)
        return exporting.export(self.desk.actions, row, target, lambda _: self.desk.messages.show_notice(told))
