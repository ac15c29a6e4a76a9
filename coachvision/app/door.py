"""Whose turn it is to open a window on a library, told without loading Qt's network. For `main` and `instance`.

The first start holds a lock as long as it lives, from before its window shows: two at once cannot both have one.
"""

from __future__ import annotations

import getpass
import logging
from pathlib import Path

from PySide6.QtCore import QCryptographicHash, QDir

from coachvision.locks import FileLock

_log = logging.getLogger(__name__)
_held: dict[str, FileLock] = {}


def name_of(library: Path) -> str:
    """The name of the socket on which a library's window listens: this account's, for this library."""
    told = f"{getpass.getuser()} {library.absolute()}"
    # Qt's hash is there; Python's would load a library of its own before the window shows.
    hashed = QCryptographicHash.hash(told.encode(), QCryptographicHash.Algorithm.Sha256)
    return f"coachvision-{hashed.toHex().toStdString()[:24]}"


def enter(library: Path) -> bool:
    """Whether the library's only window may be opened here. Until `leave`, or the end of this process, no other may."""
    lock = FileLock(Path(QDir.tempPath(), f"{name_of(library)}.lock"))
    try:
        entered = lock.acquire(wait=False)
    except OSError as error:
        # Two windows on a library are a nuisance; none at all would be worse.
        _log.warning("no lock for the window on %s: %s", library, error)
        return True
    if entered:
        _held[name_of(library)] = lock
    return entered


def leave(library: Path) -> None:
    """The window is closed; nothing happens where it was not entered."""
    lock = _held.pop(name_of(library), None)
    if lock is not None:
        lock.release()
