"""A server of the tests as a process of its own: started, spoken to, ended. For the doubles and for tests that kill.

The child prints one line of JSON when it is ready (`announce`), and ends when its standard input closes, so it never
outlives the tests, however they end.
"""

from __future__ import annotations

import _thread
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]


class ServerProcess:
    """One running child. ready: what it announced. Ends on `stop`, on leaving the `with`, or with the tests."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        # Not a pipe: nobody reads along, and a full pipe would stop the child.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop
        self._process = self._start(command, {**os.environ, **(environment or {})})
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            said = self.errors()
            self.stop()
            raise RuntimeError(f"{' '.join(command)} did not start:\n{said}")
        self.ready: dict[str, Any] = json.loads(line)

    def _start(self, command: Sequence[str], environment: Mapping[str, str]) -> Any:
        """Returns what Popen does."""
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=self._stderr, env=environment, cwd=ROOT)

    @classmethod
    def module(cls, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> ServerProcess:
        """Start `python -m name`."""
        return cls([sys.executable, "-m", name, *arguments], environment)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative signal number when it was killed."""
        return self._process.poll()

    def wait(self, timeout_s: float = 30) -> int:
        """Wait for its end and return the code, as `returncode`."""
        return self._process.wait(timeout_s)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._process.wait(30)

    def errors(self) -> str:
        """What it wrote to standard error so far."""
        self._stderr.seek(0)
        return self._stderr.read().decode("utf-8", "replace")

    def stop(self) -> None:
        """End it; a second time does nothing. A child that ignores its closed input for 10 s is killed."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._stderr.close()

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def announce(**facts: object) -> None:
    """In the child: ready, and this is where."""
    print(json.dumps(facts), flush=True)


def end_with_parent(at_end: Callable[[], None] | None = None) -> None:
    """In the child: exit when standard input closes, which happens at the latest when the parent dies."""

    # The descriptor, not sys.stdin, whose lock would block the exit; a copy, since Swift puts /dev/null in its place.
    pipe = os.dup(0)

    def watch() -> None:
        while os.read(pipe, 1024):
            pass
        if at_end is not None:
            at_end()
        os._exit(0)

    # Not a threading.Thread: servers that replace that module (Swift's) must not make this a green one.
    _thread.start_new_thread(watch, ())
