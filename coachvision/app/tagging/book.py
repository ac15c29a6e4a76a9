"""What is tagged in the session on screen, and the board it is tagged with: changed at once, undoable, kept at once.

For the session's screen. Knows no widget. Every change is applied here first and written in the library's lane.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from coachvision.app.tagging.keeping import Tagged, keeper_of
from coachvision.app.tasks import Job
from coachvision.core.tagging import DEFAULT_BOARD, Board, Button, Moment, Tagger, marker
from coachvision.core.time import Timeline
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.library import Library
    from coachvision.library.records import BoardRow, MomentRow

# The board is no session's.
_BOARD = ""


class TagBook(QObject):
    """changed: moments were added, changed or taken away. board_changed: another board. waiting_changed: a first click.

    added: the id of a moment just made by a press. noticed: words to show.
    """

    changed = Signal()
    board_changed = Signal()
    waiting_changed = Signal()
    added = Signal(str)
    noticed = Signal(str)

    def __init__(self, actions: Actions, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._undo = undo
        self._tagger = Tagger()
        self._moments: dict[str, Moment] = {}
        self._board_id = ""
        self.board: Board = DEFAULT_BOARD
        self.session = ""
        self.timeline: Timeline | None = None
        self.keeper = keeper_of(actions, self)
        self.keeper.refused.connect(self._read_again)
        # What changed since the last reading began: the library may not have had it yet.
        self._since = Tagged()

    # -- a session

    def open(self, session: str, timeline: Timeline | None) -> None:
        """Read what is tagged in a session; the board is read with it. The same session again: only what changed."""
        if session != self.session:
            self._tagger.forget()
            self._moments = {}
            self.session = session
            self.changed.emit()
            self.waiting_changed.emit()
        self.timeline = timeline if timeline is not None and len(timeline) else None
        self._read()

    def close(self) -> None:
        """No session is on screen."""
        self.session, self.timeline = "", None
        self._moments = {}
        self._tagger.forget()
        self.changed.emit()
        self.waiting_changed.emit()

    def _read(self) -> None:
        session = self.session
        owed = (self.keeper.pending(one) or Tagged() for one in (_BOARD, session))
        self._since = next(owed).then(next(owed))

        def work(library: Library, _job: Job) -> tuple[tuple[MomentRow, ...], BoardRow]:
            return library.moments.all(session), library.boards.first()

        def take(found: tuple[tuple[MomentRow, ...], BoardRow]) -> None:
            rows, kept = found
            board_id, board = self._since.board or (kept.id, kept.board)
            if board != self.board or board_id != self._board_id:
                self._board_id, self.board = board_id, board
                self.board_changed.emit()
            moments = self._since.on({row.id: row.moment for row in rows})
            if session == self.session and moments != self._moments:
                self._moments = moments
                self.changed.emit()

        if session:
            self._actions.run(work, take)

    def _read_again(self, session: str) -> None:
        """Something can never be kept: show what is kept, and undo nothing that never was."""
        if session == self.session:
            self._undo.clear()
            self._read()

    @property
    def rows(self) -> tuple[MomentRow, ...]:
        """What is tagged, by time."""
        from coachvision.library.records import MomentRow

        return tuple(MomentRow(*item) for item in sorted(self._moments.items(), key=lambda item: item[1].start_pts))

    def moment(self, given: str) -> Moment | None:
        """The moment of that id."""
        return self._moments.get(given)

    @property
    def waiting(self) -> frozenset[str]:
        """Names of the buttons whose second click is awaited."""
        return self._tagger.waiting

    # -- tagging

    def press(self, button: Button, pts: int) -> None:
        """A button of the board, while the frame of that pts is shown."""
        if self.timeline is None:
            return
        made = self._tagger.press(button, pts, self.timeline)
        self.waiting_changed.emit()
        if made is not None:
            self.add([made], tr("Tag {name}", name=made.category))

    def mark(self, pts: int) -> None:
        """A marker."""
        if self.timeline is not None:
            self.add([marker(pts)], tr("Marker"))

    def add(self, moments: Sequence[Moment], words: str) -> None:
        """Keep moments."""
        new = {str(uuid.uuid4()): moment for moment in moments}
        self._undo.push(_Change(self, words, {}, dict(new)))
        for given in new:
            self.added.emit(given)

    def take_in(self, path: Path) -> None:
        """Add the moments of an XML file or a table of another program; undone like any others."""
        session, line = self.session, self.timeline
        if line is None:
            return

        def work(_library: Library, _job: Job) -> tuple[list[Moment], int]:
            from coachvision.services.moments import moments_of

            return moments_of(path, line)

        def take(read: tuple[list[Moment], int]) -> None:
            if session == self.session:
                moments, outside = read
                new = {str(uuid.uuid4()): moment for moment in moments}
                self._undo.push(_Change(self, tr("Import {file}", file=path.name), {}, new))
                told = tr("{count} tags of {file}.", count=len(moments), file=path.name)
                if outside:
                    told += " " + tr("{count} lay beyond the film and were left out.", count=outside)
                self.noticed.emit(told)

        self._actions.run(work, take)

    def change(self, given: str, moment: Moment, words: str) -> None:
        """Put another moment in its place."""
        before = self._moments.get(given)
        if before is not None and before != moment:
            self._undo.push(_Change(self, words, {given: before}, {given: moment}))

    def remove(self, given: Sequence[str], words: str) -> None:
        """Take moments away."""
        before = {one: self._moments[one] for one in given if one in self._moments}
        if before:
            self._undo.push(_Change(self, words, before, {}))

    def split(self, given: str, pts: int) -> bool:
        """Cut a span in two at a frame within it. Whether there was something to cut."""
        moment = self._moments.get(given)
        if moment is None or moment.end_pts is None or not moment.start_pts < pts < moment.end_pts:
            return False
        after = replace(moment, start_pts=pts, lead_s=0.0)
        before = replace(moment, end_pts=pts, lag_s=0.0)
        new = str(uuid.uuid4())
        self._undo.push(_Change(self, tr("Split"), {given: moment}, {given: before, new: after}))
        return True

    def at(self, pts: int) -> str:
        """The span at that moment that began last, "" for none."""
        inside = [row for row in self.rows if row.moment.end_pts and row.moment.start_pts < pts < row.moment.end_pts]
        return inside[-1].id if inside else ""

    def set_board(self, board: Board, words: str) -> None:
        """Keep another board in the place of this one."""
        if board != self.board and self._board_id:
            self._undo.push(_BoardChange(self, words, self.board, board))

    # -- what the commands do

    def apply(self, session: str, gone: Sequence[str], put: Mapping[str, Moment]) -> None:
        """Change what is shown and what is kept. For the undo commands alone."""
        if session == self.session:
            for one in gone:
                self._moments.pop(one, None)
            self._moments.update(put)
            self.changed.emit()
        self._owe(session, Tagged({**dict.fromkeys(gone), **put}))

    def put_board(self, board: Board) -> None:
        """Show and keep that board. For the undo commands alone."""
        self.board = board
        self._tagger.forget()
        self._owe(_BOARD, Tagged(board=(self._board_id, board)))
        self.board_changed.emit()
        self.waiting_changed.emit()

    def _owe(self, session: str, tagged: Tagged) -> None:
        if session in (_BOARD, self.session):
            self._since = self._since.then(tagged)
        self.keeper.owe(session, tagged)


class _BoardChange(QUndoCommand):
    """From one board to another."""

    def __init__(self, book: TagBook, words: str, before: Board, after: Board) -> None:
        super().__init__(words)
        self._book, self._before, self._after = book, before, after

    def redo(self) -> None:
        self._book.put_board(self._after)

    def undo(self) -> None:
        self._book.put_board(self._before)


class _Change(QUndoCommand):
    """From some moments to others, by id."""

    def __init__(self, book: TagBook, words: str, before: Mapping[str, Moment], after: Mapping[str, Moment]) -> None:
        super().__init__(words)
        self._book, self._session = book, book.session
        self._before, self._after = dict(before), dict(after)

    def redo(self) -> None:
        self._book.apply(self._session, [one for one in self._before if one not in self._after], self._after)

    def undo(self) -> None:
        self._book.apply(self._session, [one for one in self._after if one not in self._before], self._before)
