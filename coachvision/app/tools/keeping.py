"""Keeps what is drawn in the library by itself: half a second after it was drawn, off the UI thread. For the studio.

What could not be kept (the disk is full) is held and tried again until it is; the coach is told once, and when it is.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from PySide6.QtCore import QObject, QTimer, Signal

from coachvision.app.actions import Actions
from coachvision.app.tasks import Job, Tasks
from coachvision.app.tools.board import Board
from coachvision.core.time import Timeline
from coachvision.errors import CoachVisionError
from coachvision.events import SessionAnnotated
from coachvision.services.marks import MarkChanges, save_marks

# A crash loses nothing older than two seconds: half a second of waiting leaves the disk its share.
WAIT_MS = 500
AGAIN_MS = 5000
_LANE = "marks"


class Keeper(QObject):
    """failed: (error, retry) once, when keeping begins to fail. kept: everything is in the library.

    mended: it is again, after a failure was told.
    """

    failed = Signal(object, object)
    kept = Signal()
    mended = Signal()

    def __init__(self, actions: Actions, tasks: Tasks, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions, self._tasks, self._board = actions, tasks, board
        self._owed: dict[str, tuple[MarkChanges, Timeline]] = {}
        self._underway = False
        # The first guards what is owed; the second lets one save after the other, so that the later one wins.
        self._lock, self._saving = Lock(), Lock()
        self._told = False
        self._timer = QTimer(self, interval=WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self.save)
        board.changed.connect(self._note)

    @property
    def owes(self) -> bool:
        """Whether something is not in the library yet: what is being saved just now is not there, either."""
        with self._lock:
            return bool(self._owed) or self._underway

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Keep everything now, off the UI thread."""
        self._timer.stop()

        def work(_job: Job) -> CoachVisionError | None:
            return self._save()

        def done(trouble: CoachVisionError | None) -> None:
            self._tell(trouble)
            if trouble is None and then is not None:
                then()

        self._tasks.run(work, done, lane=_LANE)

    def flush(self) -> CoachVisionError | None:
        """Keep everything before this returns, in any thread; what went wrong, if something did."""
        return self._save()

    def _note(self, changes: MarkChanges) -> None:
        timeline = self._board.timeline
        if timeline is None:
            return
        with self._lock:
            before = self._owed.get(self._board.session)
            whole = changes if before is None else before[0].then(changes)
            self._owed[self._board.session] = (whole, timeline)
        # Not put off by further changes: whoever draws on and on is kept, too.
        if not self._timer.isActive():
            self._timer.start(AGAIN_MS if self._told else WAIT_MS)

    def _save(self) -> CoachVisionError | None:
        """In any thread."""
        with self._saving:
            with self._lock:
                owed, self._owed = self._owed, {}
                self._underway = bool(owed)
            try:
                return self._put_away(owed)
            finally:
                with self._lock:
                    self._underway = False

    def _put_away(self, owed: dict[str, tuple[MarkChanges, Timeline]]) -> CoachVisionError | None:
        """What fails is owed again, under what came meanwhile."""
        trouble: CoachVisionError | None = None
        while owed:
            session, (changes, timeline) = owed.popitem()
            try:
                save_marks(self._actions.library(), session, changes, timeline)
            except CoachVisionError as error:
                trouble = error
                if error.title != "No such session":
                    self._owe_again(session, changes, timeline)
            except BaseException:
                # A bug of ours: told as one, and what was drawn is still here.
                for name, (other, line) in {session: (changes, timeline), **owed}.items():
                    self._owe_again(name, other, line)
                raise
        return trouble

    def _owe_again(self, session: str, changes: MarkChanges, timeline: Timeline) -> None:
        with self._lock:
            later = self._owed.get(session)
            self._owed[session] = (changes if later is None else changes.then(later[0]), timeline)

    def _tell(self, trouble: CoachVisionError | None) -> None:
        if trouble is not None:
            self._timer.start(AGAIN_MS)
            if not self._told:
                self._told = True
                self.failed.emit(trouble, self.save)
            return
        if self._told:
            self._told = False
            self.mended.emit()
        if not self.owes:
            self.kept.emit()
            if self._board.session:
                self._actions.tell(SessionAnnotated(self._board.session))
