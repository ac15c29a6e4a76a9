"""Whole files or none: everything `video` writes goes to a `.part` beside its place, then takes the place at once."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    return VideoError(
        "The file could not be written",
        f"“{path.name}”: {error.strerror or error}.",
        hint="Check the drive, then try again.",
        path=path,
        retryable=True,
    )
