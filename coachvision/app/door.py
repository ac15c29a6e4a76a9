"""Whether a window may be open on a library already, told without loading Qt's network. For `main` and `instance`."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from PySide6.QtCore import QCryptographicHash, QDir


def name_of(library: Path) -> str:
    """The name of the socket on which a library's window listens: this account's, for this library."""
    told = f"{getpass.getuser()} {library.absolute()}"
    # Qt's hash is there; Python's would load a library of its own before the window shows.
    hashed = QCryptographicHash.hash(told.encode(), QCryptographicHash.Algorithm.Sha256)
    return f"coachvision-{hashed.toHex().toStdString()[:24]}"


def may_be_open(library: Path) -> bool:
    """False where certainly no window listens for that library."""
    if sys.platform == "win32":
        # A named pipe is no file.
        return True
    return Path(QDir.tempPath(), name_of(library)).exists()
