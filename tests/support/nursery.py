"""Servers of the tests as forks of one process that has imported what they need: a second of imports once, not each.

Each is a process of its own, a `ServerProcess` like another. `python -m tests.support.nursery MODULE:FUNCTION` is the
process that forks: started when it is first needed, it ends with the tests, as any child does.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache

from tests.support.process import ROOT, ServerProcess

# As much as a process's environment may be.
_LONGEST = 1 << 17


class ForkedServer(ServerProcess):
    """A server that is forked, not started. work: `module:function`, what `python -m module` would do."""

    def __init__(self, work: str, environment: Mapping[str, str] | None = None) -> None:
        super().__init__([work], environment)

    def _start(self, command: Sequence[str], environment: Mapping[str, str]) -> Fork:
        return Fork(command[0], environment, self._stderr.fileno())


class Fork:
    """Stands in for what `subprocess.Popen` gives."""

    def __init__(self, work: str, environment: Mapping[str, str], stderr: int) -> None:
        stdin, to_it = os.pipe()
        from_it, stdout = os.pipe()
        told, telling = os.pipe()
        socket.send_fds(_door(work), [json.dumps(dict(environment)).encode()], [stdin, stdout, stderr, telling])
        for given in (stdin, stdout, telling):
            os.close(given)
        self.stdin = os.fdopen(to_it, "wb", buffering=0)
        self.stdout = os.fdopen(from_it, "rb")
        self._told = os.fdopen(told, encoding="ascii")
        self.pid = int(self._told.readline())
        self._code: int | None = None

    def poll(self) -> int | None:
        """The code it ended with, negative for a signal; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return code

    def kill(self) -> None:
        """SIGKILL."""
        if self.poll() is None:
            # It may have ended since, and who waits for it has taken its number away.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _ended(self, timeout: float) -> int | None:
        if self._code is None and select.select([self._told], [], [], timeout)[0]:
            self._code = int(self._told.readline())
            self._told.close()
        return self._code


@cache
def _door(work: str) -> socket.socket:
    """To the process that forks for that work, started when it is first needed."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        process = subprocess.Popen([sys.executable, "-m", __name__, work], stdin=there, cwd=ROOT)

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    work: Callable[[], object] = getattr(importlib.import_module(module), name)
    # Who waits for a server is forked as well, and nobody waits for that one.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as door:
        while True:
            asked, given, _, _ = socket.recv_fds(door, _LONGEST, 4)
            if not asked:
                return
            if os.fork() == 0:
                door.close()
                _fork(work, json.loads(asked), *given)
            for descriptor in given:
                os.close(descriptor)


def _fork(work: Callable[[], object], environment: dict[str, str], *given: int) -> None:
    """Fork the server, tell its number, wait for its end and tell that. Does not return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, telling = given
    server = os.fork()
    if server == 0:
        os.close(telling)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(environment)
        code = 1
        try:
            work()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(code)
    for descriptor in (0, *streams):
        os.close(descriptor)
    os.write(telling, f"{server}\n".encode())
    _, status = os.waitpid(server, 0)
    os.write(telling, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main()
