"""SIGKILL of a separate process at named points (`coachvision.checkpoints`), every one of them. For any room's tests.

`Command` runs a program afresh for each point. `ForkedRuns` has one process import what the work needs and fork for
each: far cheaper where many points are tried. Both first learn which points a run passes (`points`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tests.support.process import ROOT

KILLED = -signal.SIGKILL


def number(passed: Iterable[str]) -> list[str]:
    """Each passing of a point under the name by which it can be killed: `name:N` for the N-th."""
    count: Counter[str] = Counter()
    points = []
    for name in passed:
        count[name] += 1
        points.append(f"{name}:{count[name]}")
    return points


def sample(points: Iterable[str]) -> list[str]:
    """One passing of each name: the last, when there is most to lose."""
    return list({point.rpartition(":")[0]: point for point in points}.values())


def tell(what: str, killed: Sequence[str], passed: Sequence[str]) -> str:
    """The line that a test of kills prints: how many points, of how many."""
    names = {point.rpartition(":")[0] for point in passed}
    return f"\n{what}: SIGKILL at {len(killed)} of {len(passed)} passings of {len(names)} named points"


class Command:
    """A program that is killed. environment: added to this process's own."""

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        self._command = command
        self._environment = {**(environment or {})}

    def points(self, log: Path) -> list[str]:
        """Run it to its end, which must be a good one, and tell each passing of a point, in order."""
        ended = self._run({"COACHVISION_CHECKPOINT_LOG": str(log)})
        assert ended.returncode == 0, ended.stderr
        return number(log.read_text("utf-8").split())

    def kill_at(self, point: str) -> subprocess.CompletedProcess[str]:
        """Run it until the point kills it, with its process group. Fails where it ends otherwise."""
        ended = self._run({"COACHVISION_KILL_AT": point, "COACHVISION_KILL_GROUP": "1"})
        assert ended.returncode == KILLED, f"{point}: ended with {ended.returncode}\n{ended.stderr}"
        return ended

    def finish(self) -> subprocess.CompletedProcess[str]:
        """Run it undisturbed."""
        ended = self._run({})
        assert ended.returncode == 0, ended.stderr
        return ended

    def _run(self, more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command,
            env={**os.environ, **self._environment, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )


class ForkedRuns:
    """work: `module:function`, called in a fork with the keyword arguments of `run`, which JSON must carry."""

    def __init__(self, work: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killed_child", work],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )

    def points(self, log: Path, **arguments: object) -> list[str]:
        """Let the work be done once, to a good end, and tell each passing of a point, in order."""
        assert self.run({"COACHVISION_CHECKPOINT_LOG": str(log)}, **arguments) == 0
        return number(log.read_text("utf-8").split())

    def kill_at(self, point: str, **arguments: object) -> None:
        """Have the work killed at the point. Fails where it ends otherwise."""
        code = self.run({"COACHVISION_KILL_AT": point}, **arguments)
        assert code == KILLED, f"{point}: ended with {code}"

    def run(self, environment: Mapping[str, str] | None = None, **arguments: object) -> int:
        """Do the work in a fork; returns its exit code, negative for the signal that ended it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([environment or {}, arguments]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(30) == 0

    def __enter__(self) -> ForkedRuns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
