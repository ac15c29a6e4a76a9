"""A child process that ends when its parent does: an orphan would go on working for nobody.

For the entries of child processes whose stdin is a pipe that the parent holds open and never writes to.
"""

from __future__ import annotations

import os
import sys
import threading


def leave_with_parent() -> None:
    """From now on, end this process at once (code 3) when stdin ends."""
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    # A raw read: a thread waiting inside Python's buffered stdin would abort the interpreter's own shutdown.
    os.read(sys.stdin.fileno(), 1)
    os._exit(3)
