"""Keeps what the coach did by itself, off the UI thread: what is drawn, tagged, noted. For the session's screen.

What could not be kept (the disk is full) is held and tried again until it is; the coach is told once, and when it is.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from coachvision.errors import CoachVisionError

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.app.tasks import Job
    from coachvision.library import Library

AGAIN_MS = 5000


class Change(Protocol):
    """What is to be kept of one session."""

    def then(self, later: Self) -> Self:
        """Both, the later one winning."""


C = TypeVar("C", bound=Change)


class Keeper(QObject, Generic[C]):
    """failed: (error, retry) once, when keeping begins to fail. mended: all is kept again, after a failure was told.

    refused: a session that can never have what it is owed: it is gone, or no longer has the thing that was changed.
    """

    failed = Signal(object, object)
    mended = Signal()
    refused = Signal(str)

    def __init__(
        self,
        actions: Actions,
        write: Callable[[Library, str, C], None],
        lane: str,
        wait_ms: int = 0,
        parent: QObject | None = None,
    ) -> None:
        """write: keeps a change of a session whole or not at all, in any thread; what it raises is held against it.

        wait_ms: how long a change waits for those that follow it.
        """
        super().__init__(parent)
        self._actions, self._write, self._lane, self._wait_ms = actions, write, lane, wait_ms
        self._owed: dict[str, C] = {}
        self._underway: dict[str, C] = {}
        # The first guards what is owed; the second lets one save after the other, so that the later one wins.
        self._lock, self._saving = Lock(), Lock()
        self._told = self._warned = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.save)

    @property
    def owes(self) -> bool:
        """Whether something is not in the library yet: what is being saved just now is not there, either."""
        with self._lock:
            return bool(self._owed or self._underway)

    def pending(self, session: str) -> C | None:
        """What is owed to a session."""
        with self._lock:
            return self._both(self._underway.get(session), self._owed.get(session))

    def owe(self, session: str, change: C) -> None:
        """Keep that soon."""
        with self._lock:
            whole = self._both(self._owed.get(session), change)
            if whole is not None:
                self._owed[session] = whole
        wait_ms = AGAIN_MS if self._told else self._wait_ms
        if not wait_ms:
            self.save()
        # Not put off by further changes: whoever draws on and on is kept, too.
        elif not self._timer.isActive():
            self._timer.start(wait_ms)

    def save(self) -> None:
        """Keep everything now, off the UI thread; a window that closes waits for it."""
        self._timer.stop()

        def work(library: Library, _job: Job) -> CoachVisionError | None:
            return self._save(library)

        self._actions.run(work, self._tell, lane=self._lane, owed=True)

    def flush(self) -> CoachVisionError | None:
        """Keep everything before this returns, in any thread; what went wrong, if something did."""
        return self._save(self._actions.library()) if self.owes else None

    def may_close(self) -> bool:
        """Keep everything, before the window closes. False, the first time, where that fails: the coach is told."""
        trouble = self.flush()
        if trouble is not None and not self._warned:
            self._warned = True
            self.failed.emit(trouble, None)
            return False
        return True

    def _save(self, library: Library) -> CoachVisionError | None:
        """In any thread."""
        with self._saving:
            with self._lock:
                self._underway, self._owed = self._owed, {}
            trouble = None
            try:
                for session, change in list(self._underway.items()):
                    trouble = self._put_away(library, session, change) or trouble
            finally:
                # What is left was not come to, or met a bug of ours: told as one, and what was done is still here.
                for session, change in list(self._underway.items()):
                    self._owe_again(session, change)
            return trouble

    def _put_away(self, library: Library, session: str, change: C) -> CoachVisionError | None:
        """What fails is owed again, under what came meanwhile."""
        try:
            self._write(library, session, change)
        except CoachVisionError as error:
            if not error.title.startswith("No such"):
                self._owe_again(session, change)
                return error
            self.failed.emit(error, None)
            self.refused.emit(session)
        with self._lock:
            del self._underway[session]
        return None

    def _owe_again(self, session: str, change: C) -> None:
        with self._lock:
            whole = self._both(change, self._owed.get(session))
            if whole is not None:
                self._owed[session] = whole
            del self._underway[session]

    def _tell(self, trouble: CoachVisionError | None) -> None:
        if trouble is not None:
            self._timer.start(AGAIN_MS)
            if not self._told:
                self._told = True
                self.failed.emit(trouble, self.save)
        elif self._told:
            self._told = False
            self.mended.emit()

    @staticmethod
    def _both(earlier: C | None, later: C | None) -> C | None:
        if earlier is None or later is None:
            return later if earlier is None else earlier
        return earlier.then(later)
