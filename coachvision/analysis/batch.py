"""Many videos at once: the same code on a local process pool and on a cluster. For services.

The runner takes any `concurrent.futures.Executor`. On this machine each worker leaves its spool in place; on a cluster
the spool travels back as a zip, so that the machines need to share nothing but the videos.
"""

from __future__ import annotations

import io
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from pathlib import Path

from coachvision.analysis.board import Board
from coachvision.analysis.plan import Plan
from coachvision.analysis.progress import Forecast, Progress, Report
from coachvision.analysis.spool import Spool
from coachvision.analysis.supervisor import POLL_S, Limits, Outcome, read_outcome, supervise
from coachvision.clock import Clock, SystemClock
from coachvision.errors import Cancelled, CoachVisionError


def run_batch(
    plans: Sequence[Plan],
    executor: Executor,
    folder: Path,
    *,
    remote: bool = False,
    limits: Limits | None = None,
    report: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
    clock: Clock | None = None,
) -> Iterator[tuple[int, Outcome | CoachVisionError]]:
    """Yield (number of the plan, its outcome or why there is none) as they finish. Raises Cancelled.

    folder: spools are kept in it, one a plan, until the caller removes it. remote: the workers do not share this
    disk; an analysis that one of them has begun runs to its end there, cancelled or not.
    """
    limits = limits or Limits()
    clock = clock or SystemClock()
    stop = folder / "cancel"
    pending: dict[Future[bytes | None], int] = {}
    with shielded():
        for number, plan in enumerate(plans):
            to_do = (_remote, plan, limits) if remote else (_local, plan, folder / str(number), limits, stop)
            pending[executor.submit(*to_do)] = number
    forecast = Forecast()
    try:
        while pending:
            done, _ = wait(pending, timeout=POLL_S, return_when=FIRST_COMPLETED)
            if cancelled is not None and cancelled():
                raise Cancelled
            for task in done:
                number = pending.pop(task)
                yield number, _collect(task, folder / str(number))
            if report is not None:
                share = _done(folder, len(plans), set(pending.values()))
                report(Progress(share, "video", forecast.seconds_left(share, clock.monotonic())))
    finally:
        if pending:
            stop.touch()
            for task in pending:
                task.cancel()


@contextmanager
def local_pool(jobs: int) -> Iterator[Executor]:
    """Processes of this machine. Left by an exception (Cancelled, mostly), they are ended and not waited for."""
    others = set(active_children())
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            yield pool
        except BaseException:
            for process in set(active_children()) - others:
                process.terminate()
            raise


@contextmanager
def shielded() -> Iterator[None]:
    """Processes started within it never see Ctrl-C: a terminal sends it to all, and each would die with a traceback.

    They are stopped in order, by whoever asked for them; here a Ctrl-C waits until the block ends.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _local(plan: Plan, spool: Path, limits: Limits, stop: Path) -> bytes | None:
    """In a process of the local pool."""
    supervise(plan, spool, limits=limits, cancelled=stop.exists)
    return None


def _remote(plan: Plan, limits: Limits) -> bytes | None:
    """On another machine: analyze in a private folder there, and send home what was found."""
    with tempfile.TemporaryDirectory(prefix="coachvision-") as folder:
        supervise(plan, Path(folder), limits=limits)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(folder).as_posix())
        return packed.getvalue()


def _collect(task: Future[bytes | None], folder: Path) -> Outcome | CoachVisionError:
    try:
        packed = task.result()
    except CoachVisionError as error:
        return error
    if packed is not None:
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(folder)
    return read_outcome(Spool(folder))


def _done(folder: Path, count: int, running: set[int]) -> float:
    """Share of the whole batch, from the boards of those still at work (on this disk)."""
    done = float(count - len(running))
    for number in running:
        board = folder / str(number) / "board"
        if board.exists() and board.stat().st_size:
            with Board(board) as open_board:
                reading = open_board.read()
            done += reading.frames / reading.frames_total if reading.frames_total else 0.0
    return done / count
