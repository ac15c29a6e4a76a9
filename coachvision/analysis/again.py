"""Series analyzers once more, from results the coach corrected: no frame is decoded. For services.

They run in a child process that stays warm between two requests, so that a moved joint is in the numbers at once; a
plugin that hangs or crashes ends that child alone.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from coachvision import paths
from coachvision.analysis.parent import end_session
from coachvision.analysis.passes import complaint, one_line, result_or_words
from coachvision.analysis.spool import Run, Spool
from coachvision.core.results import Result
from coachvision.core.video import Video
from coachvision.errors import Cancelled, CoachVisionError
from coachvision.plugins.api import SeriesAnalyzer
from coachvision.plugins.discovery import Installed, discover
from coachvision.plugins.host import check_parameters, check_result, load, order
from coachvision.plugins.manifest import Manifest

log = logging.getLogger(__name__)

_POLL_S = 0.004
LONGEST_S = 60.0


@dataclass(frozen=True, eq=False)
class Wanted:
    """What to compute. results: of the analyzers that saw frames, corrected. parameters: by analyzer, as they ran.

    analyzers: those that ran on the session, in order; the ones that work from results are computed anew.
    """

    video: Video
    results: Mapping[str, Result]
    analyzers: Sequence[str]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Worker:
    """A child process that computes, started when it is first needed. Use from one thread at a time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._over = False
        # Started in a lane's thread, ended in the window's: never both at once.
        self._door = Lock()

    def warm(self) -> None:
        """Start the child, so that the first request need not wait for it. Raises Cancelled once it was ended."""
        with self._door:
            self._start()

    def end(self) -> None:
        """End the child for good, whoever waits for it."""
        with self._door:
            self._over = True
            self._stop()

    def _start(self) -> None:
        if self._over:
            raise Cancelled
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "coachvision.analysis.again"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def close(self) -> None:
        """End the child; a second time does nothing, the next request starts another."""
        with self._door:
            self._stop()

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        end_session(child.pid)
        child.kill()
        child.wait()
        if child.stdin is not None:
            with suppress(OSError):
                child.stdin.close()

    def compute(self, wanted: Wanted, *, cancelled: Callable[[], bool] | None = None) -> tuple[Run, ...]:
        """The runs of the series analyzers, in order. Raises CoachVisionError (it hung or crashed), Cancelled."""
        with tempfile.TemporaryDirectory(prefix="coachvision-") as folder:
            spool = Spool(Path(folder))
            (spool.folder / "wanted").write_bytes(pickle.dumps(wanted))
            (spool.folder / "plugins").write_text(str(paths.plugin_dir()), "utf-8")
            self.warm()
            child = self._child
            if child is None or child.stdin is None:
                raise RuntimeError("the child has no door")
            try:
                child.stdin.write(f"{folder}\n".encode())
                child.stdin.flush()
            except (OSError, ValueError) as error:
                over = self._over
                self.close()
                raise (Cancelled() if over else _ended()) from error
            self._wait(child, spool, cancelled)
            end = spool.load_end()
            names = end["order"] if end is not None else []
            return tuple(run for name in names if (run := spool.load_run(name)) is not None)

    def _wait(self, child: subprocess.Popen[bytes], spool: Spool, cancelled: Callable[[], bool] | None) -> None:
        until = time.monotonic() + LONGEST_S
        while spool.load_end() is None:
            if cancelled is not None and cancelled():
                self.close()
                raise Cancelled
            if child.poll() is not None or time.monotonic() > until:
                over = self._over
                self.close()
                raise Cancelled if over else _ended()
            time.sleep(_POLL_S)


def compute_here(wanted: Wanted, installed: Sequence[Installed]) -> list[Run]:
    """In this process: the series analyzers, each from the results of those it needs."""
    found: dict[str, Result] = dict(wanted.results)
    runs: list[Run] = []
    for item in order(installed, _still_there(wanted.analyzers, installed)):
        manifest = item.manifest
        if manifest is None or manifest.kind != "series" or manifest.id not in wanted.analyzers:
            continue
        run = Run(manifest.id, manifest.title, manifest.version)
        try:
            given = {k: v for k, v in wanted.parameters.get(manifest.id, {}).items() if k in manifest.parameters}
            run = replace(run, parameters=dict(check_parameters(manifest, given)))
            run = _computed(item, manifest, run, found, wanted.video)
        except KeyboardInterrupt:
            raise
        # A plugin may raise anything, even a sys.exit(); the others go on.
        except BaseException as error:
            log.info("analyzer %s raised", manifest.id, exc_info=True)
            run = replace(run, error=one_line(str(error)) if isinstance(error, CoachVisionError) else complaint(error))
        if run.result is not None:
            found[manifest.id] = run.result
        runs.append(run)
    return runs


def _computed(item: Installed, manifest: Manifest, run: Run, found: Mapping[str, Result], video: Video) -> Run:
    """One analyzer's run with its result, or with the reason why there is none. Raises what the plugin raises."""
    lacking = [need for need in manifest.needs if need not in found]
    if lacking:
        return replace(run, error=f"It needs {lacking[0]}, which gave no result.")
    analyzer = load(item)
    if not isinstance(analyzer, SeriesAnalyzer):
        return replace(run, error="It does not work from results.")
    told = result_or_words(analyzer.compute({need: found[need] for need in manifest.needs}, video, run.parameters))
    if isinstance(told, str):
        return replace(run, error=told)
    return replace(run, result=check_result(told, manifest, video))


def _still_there(analyzers: Sequence[str], installed: Sequence[Installed]) -> list[str]:
    """Those that can run today: one that was removed keeps the result it had."""
    able = {item.name for item in order(installed)}
    return [name for name in analyzers if name in able]


def _ended() -> CoachVisionError:
    return CoachVisionError(
        "The numbers could not be computed again",
        "An analyzer hung or crashed while it worked from the corrected joints.",
        hint="The correction is kept. Analyze the session again, or switch that analyzer off.",
        retryable=True,
    )


def main() -> int:
    """The child: a folder a line on stdin, until it ends with its parent."""
    import cv2

    cv2.setNumThreads(1)
    for line in sys.stdin:
        spool = Spool(Path(line.rstrip("\n")))
        if not (spool.folder / "wanted").exists():
            # Its owner gave up meanwhile.
            continue
        wanted = pickle.loads((spool.folder / "wanted").read_bytes())  # noqa: S301 - our parent's own folder
        installed = discover(Path((spool.folder / "plugins").read_text("utf-8")))
        runs = compute_here(wanted, installed)
        for run in runs:
            spool.save_run(run)
        spool.save_end([run.analyzer for run in runs], [])
    return 0


if __name__ == "__main__":
    sys.exit(main())
