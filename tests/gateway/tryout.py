"""`coachvision gateway --dev` as a process, with a temporary folder of its own, told apart from all others by that."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

import httpx

COMMAND = [sys.executable, "-m", "coachvision.cli.main", "gateway"]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until it serves. Fails where it ends instead."""
    until = time.monotonic() + 120
    while True:
        assert process.poll() is None, f"ended with {process.returncode}"
        try:
            if httpx.get(f"{url}/readyz", trust_env=False, timeout=60).status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < until
        threading.Event().wait(0.1)


class TryOut:
    """url: of the gateway. folder: everything temporary of it. log: what it says to its terminal."""

    def __init__(self, folder: Path, **environment: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.folder, self.log = folder / "temporary", folder / "log"
        self.folder.mkdir()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                # Whoever runs the tests may have started them with `nohup`.
                ["env", "--default-signal=HUP", *COMMAND, "--dev", "--port", str(port)],
                env={**os.environ, **environment, "TMPDIR": str(self.folder)},
                stderr=log,
                start_new_session=True,
            )

    def left(self) -> list[str]:
        """Processes that were started with that folder, or name it, and still run."""
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                told = (each / "environ").read_bytes() + (each / "cmdline").read_bytes()
            except OSError:
                # Another account's, or ended just now.
                continue
            if str(self.folder).encode() in told:
                found.append(each.name)
        return found

    def said(self, pattern: str) -> str:
        """What the pattern's group finds in what it told its operator."""
        found = re.search(pattern, self.log.read_text("utf-8"))
        assert found is not None, pattern
        return found[1]

    def __enter__(self) -> TryOut:
        try:
            until_ready(self.url, self.process)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
