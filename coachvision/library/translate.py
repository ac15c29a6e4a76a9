"""Turns what SQLite and the operating system raise into words for the coach, once, at this room's edge.

Library room only. What we did wrong (a wrong statement, a broken constraint) is not translated: it is a bug.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coachvision.errors import DiskFullError, LibraryError

_DISK_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_REFUSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Run a block; OSError and the environment's SQLite errors come out as LibraryError about that path."""
    try:
        yield
    except sqlite3.Error as error:
        told = _sqlite_error(error, path)
        if told is None:
            raise
        raise told from error
    except OSError as error:
        raise os_error(error, path) from error


def disk_full(path: Path, message: str = "") -> DiskFullError:
    """The disk is full."""
    return DiskFullError(
        "The disk is full",
        message or f"There is no room left to write {path}",
        hint="Free some space on that disk, or move the library to another one; nothing half-written was kept.",
        path=path,
        retryable=True,
    )


def damaged(path: Path, detail: str) -> LibraryError:
    """The database cannot be read."""
    return LibraryError(
        "The library's database is damaged",
        f"{path}: {detail}",
        hint="Run `coachvision doctor --repair`: it moves the damaged database aside and rebuilds it from the"
        " sessions' own files. The videos are not touched.",
        path=path,
    )


def os_error(error: OSError, path: Path) -> LibraryError:
    """One operating system error in plain words."""
    where = Path(error.filename) if isinstance(error.filename, str) else path
    if error.errno in _DISK_FULL:
        return disk_full(where)
    if error.errno in _NOT_ALLOWED:
        return LibraryError(
            "The library may not write or read there",
            f"{where}: {error.strerror}",
            hint="Check the permissions of that folder, or choose another library folder with --library.",
            path=where,
        )
    if error.errno == errno.ENOENT:
        return LibraryError(
            "A file is missing", f"{where} is not there", hint="Was it moved, or its drive unplugged?", path=where
        )
    return LibraryError(
        "The disk could not be read or written",
        f"{where}: {error.strerror or error}",
        hint="Check that the drive is connected and healthy, then try again.",
        path=where,
        retryable=True,
    )


def _sqlite_error(error: sqlite3.Error, path: Path) -> LibraryError | None:
    # The extended code keeps the primary one in its low byte.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryError(
            "The library is busy",
            f"Another program is writing to {path}",
            hint="Wait a moment and try again; close other CoachVision windows if it lasts.",
            path=path,
            retryable=True,
        )
    if code == sqlite3.SQLITE_FULL:
        return disk_full(path)
    if code in _DAMAGED:
        return damaged(path, str(error))
    if code in _REFUSED:
        return LibraryError(
            "The library cannot be opened",
            f"{path}: {error}",
            hint="Check that the folder exists and may be written to, or choose another with --library.",
            path=path,
        )
    if code == sqlite3.SQLITE_IOERR:
        return LibraryError(
            "The disk could not be read or written",
            f"{path}: {error}",
            hint="Check that the drive is connected, healthy and not full, then try again.",
            path=path,
            retryable=True,
        )
    return None
