"""Runs an analysis in a worker process and stays alive whatever happens there. For services (and tests).

A plugin that hangs or eats memory ends its worker; the run starts again without it and keeps what was finished.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from coachvision import paths
from coachvision.analysis.board import Board, Reading
from coachvision.analysis.parent import end_session
from coachvision.analysis.plan import Plan
from coachvision.analysis.progress import Forecast, Progress, Report
from coachvision.analysis.spool import Run, Spool
from coachvision.errors import Cancelled, CoachVisionError, VideoError
from coachvision.video.facts import VideoFacts

POLL_S = 0.1
MOST_OUTPUT = 16 * 2**20
# What a worker may be doing that is no analyzer.
OUR_OWN = ("", "video", "saving")
_KILLED = -int(getattr(signal, "SIGKILL", 0))


@dataclass(frozen=True)
class Limits:
    """When a worker is ended: resident memory, bytes; seconds that one step in an analyzer may take (a frame, usually).

    video_s: the same for a step of our own: starting up, indexing a long file, decoding a frame, saving.
    """

    memory: int = 4096 * 2**20
    stall_s: float = 60.0
    video_s: float = 300.0


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an analysis found. facts: in real time. proxy: folder of proxy and filmstrip, or None."""

    facts: VideoFacts
    runs: tuple[Run, ...]
    warnings: tuple[str, ...]
    proxy: Path | None


@dataclass(frozen=True)
class _End:
    """How a worker ended. code: its exit code, None where it was ended. doing: its last step. why: in words."""

    code: int | None
    doing: str
    why: str = ""


def supervise(
    plan: Plan,
    folder: Path,
    *,
    limits: Limits | None = None,
    report: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Outcome:
    """Carry out the plan with `folder` as spool. Raises VideoError (nothing could be read), Cancelled,

    or CoachVisionError for a bug in the worker."""
    spool = Spool(folder)
    limits = limits or Limits()
    killed_before = False
    while True:
        end = _attempt(plan, spool, limits, report, cancelled)
        # By the files, not by the exit code: a plugin can end the worker with any. `end.json` is written last.
        if spool.load_end() is not None:
            return read_outcome(spool)
        if (told := spool.load_error()) is not None:
            raise told
        left_by_itself = end.code is not None and end.code >= 0
        if left_by_itself and end.doing in OUR_OWN:
            raise _fault(plan, spool)
        why = end.why or ("It ended the analysis." if left_by_itself else "It crashed the analysis.")
        if end.code == _KILLED and not killed_before:
            # Somebody else's SIGKILL, most likely the system short of memory: once more before blaming a plugin.
            killed_before = True
            continue
        if end.doing in OUR_OWN or end.doing in plan.excluded:
            raise VideoError(
                "This video could not be analyzed",
                f"Reading {plan.video.name} ended the analysis. {why}",
                hint="The file may be damaged. Try to re-save it with the app that made it.",
                path=plan.video,
            )
        plan = plan.model_copy(update={"excluded": {**plan.excluded, end.doing: why}})


def read_outcome(spool: Spool) -> Outcome:
    """What a finished worker left in its spool."""
    end = spool.load_end()
    if end is None:
        raise RuntimeError(f"the analysis worker ended without a result:\n{_log_tail(spool)}")
    runs = tuple(run for analyzer in end["order"] if (run := spool.load_run(analyzer)) is not None)
    proxy = spool.proxy if spool.proxy.is_dir() else None
    return Outcome(spool.load_facts(), runs, tuple(end["warnings"]), proxy)


def _attempt(
    plan: Plan, spool: Spool, limits: Limits, report: Report | None, cancelled: Callable[[], bool] | None
) -> _End:
    (spool.folder / "plan.json").write_text(plan.model_dump_json(), "utf-8")
    with Board(spool.folder / "board", create=True) as board, (spool.folder / "worker.log").open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "coachvision.analysis.child", str(spool.folder)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            # A session of its own, so that whatever a plugin starts ends with the worker.
            start_new_session=True,
        )
        try:
            return _watch(worker, board, output, limits, report, cancelled)
        finally:
            end_session(worker.pid)
            worker.kill()
            worker.wait()
            if worker.stdin is not None:
                worker.stdin.close()


def _watch(
    worker: subprocess.Popen[bytes],
    board: Board,
    output: BinaryIO,
    limits: Limits,
    report: Report | None,
    cancelled: Callable[[], bool] | None,
) -> _End:
    forecast = Forecast()
    process = psutil.Process(worker.pid)
    started = time.monotonic()
    while True:
        try:
            code = worker.wait(POLL_S)
        except subprocess.TimeoutExpired:
            pass
        else:
            if code and cancelled is not None and cancelled():
                # Ctrl-C in a terminal reaches the worker as well: that is no crash.
                raise Cancelled
            return _End(code, board.read().doing)
        if cancelled is not None and cancelled():
            raise Cancelled
        reading = board.read()
        if report is not None:
            report(_progress(reading, forecast))
        if os.fstat(output.fileno()).st_size > MOST_OUTPUT:
            # A plugin that prints without end must not fill the disk; what is appended next begins the file anew.
            output.truncate(0)
        if _resident(process) > limits.memory:
            return _End(None, reading.doing, f"It used more than {limits.memory // 2**20} MB of memory.")
        patience = limits.video_s if reading.doing in OUR_OWN else limits.stall_s
        if time.monotonic() - max(reading.since, started) > patience:
            return _End(None, reading.doing, f"It made no progress for {patience:g} seconds.")


def _progress(reading: Reading, forecast: Forecast) -> Progress:
    """Frames are nearly all of the work; the last hundredth is for what follows them."""
    done = 0.99 * reading.frames / reading.frames_total if reading.frames_total else 0.0
    return Progress(done, reading.doing, forecast.seconds_left(done, time.monotonic()))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _fault(plan: Plan, spool: Spool) -> CoachVisionError:
    """For a bug, ours or one that a plugin made us have: the details go to a file, the other videos go on."""
    tail = _log_tail(spool)
    kept = paths.log_dir() / "analysis-failed.log"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(tail, "utf-8")
    said = tail.strip().rpartition("\n")[2][:300]
    return CoachVisionError(
        "The analysis failed inside the program",
        f"{plan.video.name} could not be analyzed ({said or 'without a word'}).",
        hint=f"This is a bug of CoachVision or of a plugin, not your doing. Its details are in {kept}.",
        path=plan.video,
    )


def _log_tail(spool: Spool) -> str:
    text = (spool.folder / "worker.log").read_text("utf-8", "replace")
    return text[-4000:]
