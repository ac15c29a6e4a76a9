"""The desktop app: PySide6 over the services. The only room that knows Qt.

Nothing heavy (numpy, OpenCV, PyAV, pyqtgraph, SQLite) is imported before the window shows: modules here import services
inside the functions that run off the UI thread, and the chart and the player when the first session opens.
"""

from __future__ import annotations

import builtins

import shiboken6  # noqa: F401 - puts on the hook that is taken off below

# PySide looks after each import whether the module wants `__feature__`, which nothing here does: it reads the module's
# source and asks every other module for attributes. That took a fifth of all imports, and broke modules that load parts
# of themselves on demand (pydantic) when two threads imported at once: an ImportError about one start in two.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
