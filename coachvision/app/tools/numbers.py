"""Angles and numbers follow what the coach moves: computed anew off the UI thread, shown, then kept. For the studio."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from coachvision.app.actions import Actions, Opened
from coachvision.app.tasks import Job, Tasks
from coachvision.app.tools.board import Board
from coachvision.services.export.numbers import cards, leading_joint
from coachvision.services.marks import MarkChanges
from coachvision.services.recompute import Worker, fingerprint, keep_runs, recompute, with_runs

if TYPE_CHECKING:
    from coachvision.library.records import Run

_LANE, _KEEP_LANE = "numbers", "marks"


class Numbers(QObject):
    """recomputed: (Opened) the session with what follows from the corrected joints and the scale."""

    recomputed = Signal(object)

    def __init__(self, actions: Actions, tasks: Tasks, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions, self._tasks, self._board = actions, tasks, board
        self._worker = Worker()
        self._opened: Opened | None = None
        self._job: Job | None = None
        self._again = False
        board.changed.connect(self._changed)

    @property
    def busy(self) -> bool:
        """Whether numbers are on their way."""
        return self._job is not None

    def open(self, opened: Opened) -> None:
        """This session's numbers follow from now on; those that a crash left behind, at once."""
        self._opened = opened
        if opened.stale:
            self._start()

    def close(self) -> None:
        """The session is left."""
        self._opened = None
        self._again = False

    def shut_down(self) -> None:
        """The window closes: no child is left."""
        self.close()
        self._worker.end()

    def warm(self) -> None:
        """A joint is about to be moved: the child starts while the coach drags."""
        self._tasks.run(lambda _job: self._worker.warm(), lane=_LANE)

    def _changed(self, changes: MarkChanges) -> None:
        if changes.corrections or changes.calibrations:
            self._start()

    def _start(self) -> None:
        opened = self._opened
        if opened is None or not opened.session.runs:
            return
        if self._job is not None:
            # The latest alone counts; what is under way is shown first, it is nearly right.
            self._again = True
            return
        self._again = False
        tracks, scale = self._board.tracks, self._board.calibration
        made_with = fingerprint(self._board.corrections, scale)

        def work(job: Job) -> tuple[Opened, tuple[Run, ...]]:
            whole, worker = opened.session, self._worker
            options = self._actions.library().session(whole.id).options
            runs = recompute(whole, tracks, scale, worker, options=options, cancelled=job.cancelled)
            whole = with_runs(whole, runs)
            numbers = cards(whole, whole.main_subject, opened.units)
            joint = leading_joint(whole, whole.main_subject)
            return replace(opened, session=whole, numbers=numbers, joint=joint, stale=False), runs

        def done(found: tuple[Opened, tuple[Run, ...]]) -> None:
            new, runs = found
            if self._opened is not None and self._opened.session.id == new.session.id:
                self._opened = new
                self.recomputed.emit(new)
            if self._again:
                self._start()
            else:
                self._tasks.run(
                    lambda _job: keep_runs(self._actions.library(), new.session, runs, made_with), lane=_KEEP_LANE
                )

        def over() -> None:
            self._job = None

        self._job = self._tasks.run(work, done, lane=_LANE, over=over)
