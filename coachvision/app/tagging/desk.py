"""Tagging on one session's screen: puts book, bar, rows, list and editor together and gives them their keys.

For the session's screen, which owns the player and hands over frames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QUndoStack
from PySide6.QtWidgets import QMenu, QWidget

from coachvision.app import key_events, keymap
from coachvision.app.actions import Actions
from coachvision.app.axis import Axis
from coachvision.app.playlists.adding import clips_of, offer_playlists
from coachvision.app.tagging.bar import TagBar
from coachvision.app.tagging.book import TagBook
from coachvision.app.tagging.editor import BoardEditor
from coachvision.app.tagging.entries import Entry
from coachvision.app.tagging.events import EventsPage
from coachvision.app.tasks import Job
from coachvision.app.timeline_rows import TimelineRows
from coachvision.core.results import Event
from coachvision.core.tagging import Moment
from coachvision.core.time import Timeline
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.library import Library


class TagDesk(QObject):
    """seek_requested: a frame. play_wanted: the frames of a span. editor_shown: whether the board is being edited.

    noticed: words to show. failed: (error, retry or None).
    """

    seek_requested = Signal(int)
    play_wanted = Signal(int, int)
    editor_shown = Signal(bool)
    noticed = Signal(str)
    failed = Signal(object, object)

    def __init__(self, actions: Actions, undo: QUndoStack, axis: Axis, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self.book = TagBook(actions, undo, self)
        self.bar = TagBar(self.book, parent)
        self.rows = TimelineRows(axis, parent)
        self.events = EventsPage(self.book, parent)
        self.editor = BoardEditor(self.book, parent)
        self.editor.hide()
        self._found: tuple[Event, ...] = ()
        self._index = 0
        self._tagging = True
        self._connect()
        keymap.bind(parent, self._handlers())
        parent.installEventFilter(self)

    def _connect(self) -> None:
        canvas = self.rows.canvas
        self.bar.pressed.connect(lambda pressed: self.book.press(pressed, self._now()))
        self.bar.marked.connect(self._mark)
        self.bar.edit_wanted.connect(lambda: self.editor_shown.emit(True))
        self.editor.done.connect(lambda: self.editor_shown.emit(False))
        canvas.seek_requested.connect(self.seek_requested)
        canvas.play_wanted.connect(self.play_wanted)
        canvas.chosen.connect(self.events.choose)
        canvas.edited.connect(self._edited)
        canvas.menu_wanted.connect(self._menu)
        self.events.chosen.connect(canvas.choose)
        self.events.seek_requested.connect(self.seek_requested)
        self.events.playlist_wanted.connect(self._offer_playlists)
        self.events.import_wanted.connect(self.book.take_in)
        self.events.export_wanted.connect(self.write_out)
        self.book.noticed.connect(self.noticed)
        self.book.keeper.failed.connect(self.failed)
        self.book.keeper.mended.connect(lambda: self.noticed.emit(tr("What you tagged is kept again.")))
        self.book.changed.connect(self._show)

    def open(self, session: str, timeline: Timeline | None, found: Sequence[Event]) -> None:
        """A session, or the same with what was found meanwhile."""
        self._found = tuple(found)
        self.book.open(session, timeline)
        self.events.show_events(self._found, timeline)
        if (timeline is not None) != self._tagging:
            # Only where it changes: in full screen somebody else has put the bar away.
            self._tagging = timeline is not None
            self.bar.setVisible(self._tagging)
        self._show()

    def close(self) -> None:
        """No session is on screen."""
        self._found = ()
        self.book.close()
        self.events.show_events((), None)

    def set_index(self, index: int) -> None:
        """The frame that is shown."""
        self._index = index
        self.rows.canvas.set_index(index)

    def _show(self) -> None:
        self.rows.show_lines(self.book.rows, self._found)

    def _now(self) -> int:
        line = self.book.timeline
        return int(line.pts[min(max(self._index, 0), len(line) - 1)]) if line is not None else 0

    # -- keys

    def _handlers(self) -> Mapping[str, Callable[[], object]]:
        return {
            "tag.marker": self._mark,
            "tag.split": self._split,
            "draw.delete": self._delete,
            **{f"tag.{number}": partial(self._press_key, str(number)) for number in range(1, 10)},
        }

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The board's own keys: letters that nothing else has used."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return False
        key = key_events.written(event)
        if key is None or len(key) != 1 or not key.isalpha() or self.book.timeline is None:
            return False
        if not self._press_key(key):
            return False
        event.accept()
        return True

    def _press_key(self, key: str) -> bool:
        one = self.book.board.for_key(key)
        if one is None or self.book.timeline is None:
            return False
        self.book.press(one, self._now())
        return True

    def _mark(self) -> None:
        self.book.mark(self._now())

    def _split(self) -> bool:
        chosen = self.rows.canvas.choice
        return self.book.split(chosen or self.book.at(self._now()), self._now())

    def _delete(self) -> bool:
        chosen = self.rows.canvas.choice
        if not chosen:
            return False
        self.book.remove([chosen], tr("Delete tag"))
        return True

    # -- the rows

    def _edited(self, given: str, moment: Moment) -> None:
        self.book.change(given, moment, tr("Move {name}", name=moment.category))

    def _menu(self, given: str, at: QPoint) -> None:
        moment = self.book.moment(given)
        if moment is None:
            return
        menu = QMenu(self.rows)
        menu.addAction(tr("Split at this frame"), self._split).setEnabled(moment.end_pts is not None)
        entry = Entry(given, moment.start_pts, moment.end_pts, moment.category, moment.note, moment.colour)
        menu.addAction(tr("Add to playlist"), lambda: self._offer_playlists([entry]))
        menu.addSeparator()
        menu.addAction(tr("Delete"), self._delete)
        menu.popup(at)

    def write_out(self, target: Path, found: bool) -> None:
        """Write the tags as XML or as a table, by the target's ending."""
        session = self.book.session

        def work(library: Library, _job: Job) -> None:
            from coachvision.services.moments import export_moments

            export_moments(library, session, target, found=found)

        self._actions.run(work, lambda _: self.noticed.emit(tr("{file} is written.", file=target)))

    def _offer_playlists(self, entries: Sequence[Entry]) -> None:
        """Ask for the playlist that gets these."""
        line = self.book.timeline
        if line is not None and entries:
            clips = clips_of(self.book.session, entries, line)
            offer_playlists(self._actions, self.events, clips, QCursor.pos(), self._added)

    def _added(self, title: str) -> None:
        self.noticed.emit(tr("Added to “{playlist}”.", playlist=title))
