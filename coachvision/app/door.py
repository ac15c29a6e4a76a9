"""Whose turn it is to open a window on a library, told without loading Qt's network. For `main` and `instance`.

The first start holds a lock as long as it lives, from before its window shows: two at once cannot both have one.
"""

from __future__ import annotations

import getpass
import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QCryptographicHash, QDir

from coachvision.locks import FileLock

_log = logging.getLogger(__name__)
_held: dict[str, FileLock] = {}


def name_of(library: Path) -> str:
    """The name of the socket on which a library's window listens: this account's, for this library."""
    try:
        account = getpass.getuser()
    except (ImportError, KeyError, OSError):
        # An account without a name, as containers have: whose the socket is, is looked at besides.
        account = ""
    told = f"{account} {library.absolute()}"
    # Qt's hash is there; Python's would load a library of its own before the window shows.
    hashed = QCryptographicHash.hash(told.encode(), QCryptographicHash.Algorithm.Sha256)
    return f"coachvision-{hashed.toHex().toStdString()[:24]}"


def is_mine(name: str) -> bool:
    """Whether the socket or lock of that name is this account's: the folder may be everybody's, and names are known."""
    if sys.platform == "win32":
        return True
    try:
        return Path(QDir.tempPath(), name).lstat().st_uid == os.getuid()
    except OSError:
        return False


def enter(library: Path) -> bool:
    """Whether the library's only window may be opened here. Until `leave`, or the end of this process, no other may."""
    name = f"{name_of(library)}.lock"
    lock = FileLock(Path(QDir.tempPath(), name))
    try:
        entered = lock.acquire(wait=False)
    except OSError as error:
        # Two windows on a library are a nuisance; none at all would be worse.
        _log.warning("no lock for the window on %s: %s", library, error)
        return True
    if not is_mine(name):
        _log.warning("the lock for the window on %s is another account's", library)
        lock.release()
        return True
    if entered:
        _held[name_of(library)] = lock
    return entered


def leave(library: Path) -> None:
    """The window is closed; nothing happens where it was not entered."""
    lock = _held.pop(name_of(library), None)
    if lock is not None:
        lock.release()
