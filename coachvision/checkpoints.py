"""Named points at which a test may have this very process killed. Base room; rooms call `checkpoint` around commits.

Nothing happens unless `COACHVISION_KILL_AT` names the point (`name` or `name:N` for its N-th passing): then the process
kills itself with SIGKILL, so that no handler, `finally` or flush runs; with `COACHVISION_KILL_GROUP` set, its whole
process group, as when the laptop dies. `COACHVISION_CHECKPOINT_LOG` names a file to
which each passed point is appended, so that a test can first learn which points a run passes.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

_passed: Counter[str] = Counter()


def checkpoint(name: str) -> None:
    """Pass a named point."""
    log = os.environ.get("COACHVISION_CHECKPOINT_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    wanted = os.environ.get("COACHVISION_KILL_AT")
    if not wanted:
        return
    _passed[name] += 1
    point, _, count = wanted.partition(":")
    if point == name and _passed[name] == int(count or 1):
        if os.environ.get("COACHVISION_KILL_GROUP"):
            os.killpg(0, signal.SIGKILL)
        # Windows has no SIGKILL; TerminateProcess, which SIGTERM maps to there, is as abrupt.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
