"""Work off the UI thread: started here, told here, ended here, whatever becomes of it. For `app` alone.

Each kind of work has a lane of one thread, so that a long analysis never keeps a search waiting. Progress is numbers
that the window polls; cancelling is a value the work looks at; a closed window cancels everything and waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from coachvision.app import rooms
from coachvision.errors import Cancelled, CoachVisionError

if TYPE_CHECKING:
    from coachvision.analysis.progress import Progress

_log = logging.getLogger(__name__)
POLL_MS = 100
_REMEMBERED = 100


class State(Enum):
    """How far a job is; the last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False)
class Job:
    """One piece of work. title: for the activity bar, "" to stay out of it. session: the session it is about, or "".

    retry: does the same again. owed: what it keeps was shown as done; a window that closes waits for it.
    asks: nobody takes it up at the next start; a window that closes asks first.
    given, lost: what it gave until somebody was told, and what lets that go where nobody will be.
    error: why it failed. held: why it does not go on though it runs ("waits for mains power"); `urge` asks it to.
    """

    title: str
    session: str = ""
    state: State = State.WAITING
    done: float = 0.0
    stage: str = ""
    seconds_left: float | None = None
    retry: Callable[[], object] | None = None
    owed: bool = False
    asks: bool = False
    error: BaseException | None = None
    held: str = ""
    given: object = None
    lost: Callable[[Any], object] | None = None

    def __post_init__(self) -> None:
        self._asked = Event()
        self._urged = Event()
        self._ending: Callable[[], object] | None = None

    def urge(self) -> None:
        """Ask it to go on though something holds it."""
        self._urged.set()

    def hold(self, why: str, while_: Callable[[], bool], every_s: float = 2.0) -> None:
        """In the work: wait while that holds, unless the coach urges or cancels. Raises Cancelled."""
        while while_() and not self._urged.is_set() and not self._asked.is_set():
            self.held = why
            self._urged.wait(every_s)
        self.held = ""
        if self._asked.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask it to stop."""
        self._asked.set()
        # What is held wakes up.
        self._urged.set()
        if self._ending is not None:
            self._ending()

    def ending(self, call: Callable[[], object]) -> None:
        """In the work: what ends it sooner than its next look at `cancelled`, called by whoever asks it to stop."""
        self._ending = call
        if self._asked.is_set():
            call()

    def cancelled(self) -> bool:
        """Whether it was asked to stop; the work looks at this."""
        return self._asked.is_set()

    def report(self, progress: Progress) -> None:
        """Take the work's numbers; the window polls them."""
        self.done, self.stage, self.seconds_left = progress.done, progress.stage, progress.seconds_left

    @property
    def final(self) -> bool:
        """Whether it is over."""
        return self.state in (State.DONE, State.FAILED, State.CANCELLED)


class Tasks(QObject):
    """All work of one window. changed: a job began, moved on or ended. failed: (job, the error) nobody else took."""

    changed = Signal()
    failed = Signal(object, object)
    _ended = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._jobs: list[Job] = []
        # What is over, the newest first, for whoever asks what became of it.
        self.past: list[Job] = []
        self._closed = False
        self._ended.connect(self._end)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.changed)

    @property
    def shown(self) -> list[Job]:
        """The jobs that have a title and are not over, the oldest first."""
        return [job for job in self._jobs if job.title and not job.final]

    def run(
        self,
        work: Callable[[Job], Any],
        done: Callable[[Any], None] | None = None,
        *,
        lane: str = "library",
        title: str = "",
        session: str = "",
        over: Callable[[], None] | None = None,
        owed: bool = False,
        asks: bool = False,
        lost: Callable[[Any], object] | None = None,
        needs: Callable[[], None] = rooms.load,
    ) -> Job:
        """Do the work in its lane's thread; then, in this thread, `done` with what it gave, and `over` in any case.

        What it raises goes out as `failed`; Cancelled is silent. owed: it keeps what the coach sees as done, and is
        carried out even when the window closes. asks: a window that closes asks before it ends this. lost: lets go what
        it gave (a camera) where the window closed meanwhile and `done` is called no more. needs: loads the rooms it
        imports from, before it begins.
        """
        job = Job(title, session, owed=owed, asks=asks)
        job.retry = lambda: self.run(
            work, done, lane=lane, title=title, session=session, over=over, owed=owed, asks=asks, lost=lost, needs=needs
        )
        if self._closed:
            job.state = State.CANCELLED
            return job
        job.lost = lost
        self._jobs.append(job)
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(1, thread_name_prefix=lane)
        self._lanes[lane].submit(self._carry_out, job, work, (done, over), needs)
        if title:
            self._poll.start()
        self.changed.emit()
        return job

    def close(self) -> None:
        """Cancel everything but what is owed, and wait for it; nobody is called back any more."""
        self._closed = True
        self._poll.stop()
        for job in self._jobs:
            if not job.owed:
                job.cancel()
        for lane in self._lanes.values():
            # What waits in a lane is looked at once more: cancelled work is over at once, owed work is done.
            lane.shutdown(wait=True)
        for job in self._jobs:
            if job.lost is not None and job.given is not None:
                job.lost(job.given)
        self._jobs.clear()

    def _carry_out(
        self, job: Job, work: Callable[[Job], Any], then: tuple[Any, Any], needs: Callable[[], None]
    ) -> None:
        """In the lane's thread. Every path ends in a final state."""
        result: object = None
        try:
            state = State.CANCELLED
            if not job.cancelled():
                job.state = State.RUNNING
                needs()
                result = job.given = work(job)
                state = State.DONE
        except Cancelled:
            state = State.CANCELLED
        except CoachVisionError as error:
            state, result = State.FAILED, error
        except Exception as error:
            _log.exception("a task failed: %s", job.title or work)
            state, result = State.FAILED, error
        self._ended.emit(job, (state, result), then)

    def _end(self, job: Job, outcome: tuple[State, Any], then: tuple[Any, Any]) -> None:
        """In the UI thread."""
        if self._closed:
            return
        job.state, result = outcome
        job.given = None
        self._jobs.remove(job)
        if job.state is State.FAILED:
            job.error = result
        if job.title:
            self.past = [job, *self.past[: _REMEMBERED - 1]]
        if not self.shown:
            self._poll.stop()
        done, over = then
        if over is not None:
            over()
        if job.state is State.DONE and done is not None:
            done(result)
        elif job.state is State.FAILED:
            self.failed.emit(job, result)
        self.changed.emit()
