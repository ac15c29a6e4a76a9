"""A screen of its own for benchmarks of the window: Xvfb where it is installed, and a child process that shows on it.

Debian's Xvfb and mpv are installed where they are missing and this user may; no other benchmark needs them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SIZE = (1600, 1000)
_PACKAGES = {"Xvfb": "xvfb", "mpv": "mpv"}


def install(*programs: str) -> None:
    """Have Debian's packages of those programs, as root. Raises RuntimeError where that cannot be."""
    missing = [name for name in programs if shutil.which(name) is None]
    if not missing:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise RuntimeError(f"please install {', '.join(missing)}: the window is measured with it")
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *(_PACKAGES[name] for name in missing)],
    ):
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """An empty screen; yields the environment in which programs show on it."""
    install("Xvfb")
    read, write = os.pipe()
    width, height = SIZE
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()


def measured(module: str, *args: str, environment: dict[str, str]) -> dict[str, Any]:
    """What `python -m MODULE ARGS` prints as its last line, JSON: Qt belongs to that process, not to the table's."""
    ended = subprocess.run(
        [sys.executable, "-m", module, *args], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(ended.stdout.splitlines()[-1]))
