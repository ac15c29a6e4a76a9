"""A child process that ends when its parent does: an orphan would go on working for nobody.

For the entries of child processes whose stdin is a pipe that the parent holds open and never writes to.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress


def leave_with_parent() -> None:
    """From now on, end this process at once (code 3) when stdin ends."""
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    # A raw read: a thread waiting inside Python's buffered stdin would abort the interpreter's own shutdown.
    os.read(sys.stdin.fileno(), 1)
    end_session(os.getpid())
    os._exit(3)


def end_session(leader: int) -> None:
    """Kill every process of the session that `leader` opened, where systems know sessions: also what it started."""
    if sys.platform != "win32":
        # Nobody is left in it, or only zombies (macOS): as good as killed.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
