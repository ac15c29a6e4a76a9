"""Whole files or none: everything `video` writes goes to a `.part` beside its place, then takes the place at once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from coachvision.checkpoints import checkpoint
from coachvision.errors import VideoError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def part_of(path: Path) -> Path:
    """Where the file grows until it is whole."""
    return path.with_name(path.name + ".part")


def settle(path: Path, point: str) -> None:
    """Give a finished `.part` its name, safe against power loss. point: name of the checkpoints around it."""
    part = part_of(path)
    with writing(path):
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        checkpoint(f"{point}.before_rename")
        part.replace(path)
        checkpoint(f"{point}.after_rename")


class GuardedFile:
    """A file for FFmpeg to write to, which never fails in its sight: after an error it swallows what it is given.

    FFmpeg was seen to crash the process on a full disk. The caller asks `check` after each packet instead.
    """

    def __init__(self, path: Path) -> None:
        """Open the `.part` of `path`. Raises VideoError."""
        self._path = path
        self._error: OSError | None = None
        with writing(path):
            self._file = part_of(path).open("w+b", buffering=0)

    def write(self, data: bytes) -> int:
        if self._error is None:
            try:
                view = memoryview(data)
                while len(view):
                    view = view[self._file.write(view) or 0 :]
            except OSError as error:
                self._error = error
        return len(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size) or b"" if self._error is None else b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()

    def again(self, _url: str, _flags: int, _options: dict[str, str]) -> BinaryIO:
        """The same file once more: FFmpeg reads it while it moves the index to the front."""
        return part_of(self._path).open("rb")

    def check(self) -> None:
        """Raise VideoError if something could not be written."""
        if self._error is not None:
            raise disk_error(self._error, self._path) from self._error


def write_whole(path: Path, data: bytes, point: str) -> None:
    """Write a small file whole or not at all."""
    try:
        with writing(path):
            part_of(path).write_bytes(data)
        settle(path, point)
    except BaseException:
        part_of(path).unlink(missing_ok=True)
        raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Translate what the disk says into plain words. FFmpeg's errors carry the same numbers as the system's."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def disk_error(error: OSError, path: Path) -> VideoError:
    """A VideoError for a failed write."""
    if error.errno in _FULL:
        return VideoError(
            "The disk is full",
            f"There is no room left to write “{path.name}”.",
            hint=f"Free some space on the drive that holds {path.parent}, then try again.",
            path=path,
            retryable=True,
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return VideoError(
            "The folder may not be written to",
            f"“{path.name}” could not be written: {path.parent} is protected.",
            hint="Choose another folder, or change its permissions.",
            path=path,
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return VideoError(
            "The folder does not exist",
            f"“{path.name}” could not be written: there is no folder {path.parent}.",
            hint="Check the name of the folder, or whether its drive is connected.",
            path=path,
        )
    return VideoError(
        "The file could not be written",
        f"“{path.name}”: {error.strerror or error}.",
        hint="Check the drive, then try again.",
        path=path,
        retryable=True,
    )
