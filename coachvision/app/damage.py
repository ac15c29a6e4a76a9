"""Settings and account files that were found damaged: told in the window, too, not in the log alone. For the window.

Whoever was signed in is the guest then, in an empty library: without a word that would look like a loss.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from coachvision import tomlfile


class Damage(QObject):
    """told: which file, and where it was moved; from whatever thread met it."""

    told = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._handler = _Handler(self.told.emit)
        logging.getLogger(tomlfile.__name__).addHandler(self._handler)

    def stop(self) -> None:
        """The window closes."""
        logging.getLogger(tomlfile.__name__).removeHandler(self._handler)


class _Handler(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(f"{record.getMessage()}.")
