"""Writing a file so that it is there whole or not at all. For the export modules."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coachvision.errors import CoachVisionError, UsageError
from coachvision.library import Library

_HINTS = {
    errno.ENOSPC: "The disk is full. Free some space or choose another place, then export again.",
    errno.EDQUOT: "The disk is full. Free some space or choose another place, then export again.",
    errno.EACCES: "Choose a folder you may write to.",
    errno.EPERM: "Choose a folder you may write to.",
    errno.EROFS: "Choose a folder you may write to.",
    errno.ENAMETOOLONG: "Choose a shorter file name.",
    errno.ENOTDIR: "A part of that path is a file, not a folder. Choose another place.",
}


@contextmanager
def replacing(library: Library, target: Path) -> Iterator[Path]:
    """Give a `.part` path beside the target; when the block ends well it takes the target's name, else it is gone.

    Raises CoachVisionError as `prepared` does, and where the environment refuses (no space, no right to write).
    """
    part = prepared(library, target)
    try:
        with translated(target):
            yield part
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def prepared(library: Library, target: Path) -> Path:
    """The `.part` path beside the target, its folder made: whatever is exported comes by here.

    Raises UsageError where the target is a part of the library or a coach's own film (written over, it would be lost),
    CoachVisionError where it is a folder or device, or no folder can be made for it.
    """
    if library.holds(target):
        raise UsageError(
            "Not exported",
            f"{target} belongs to the library: its folder, or a video that was left where it lies.",
            hint="Give another name or place.",
        )
    if target.is_dir():
        raise CoachVisionError(
            "Not exported", f"{target} is a folder.", hint="Give the name of a file to write.", path=target
        )
    with translated(target):
        if target.exists() and not target.is_file():
            # Replaced by a file, /dev/null would be lost to the whole system.
            raise CoachVisionError(
                "Not exported", f"{target} is a device or pipe.", hint="Give the name of a file to write.", path=target
            )
        target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(target.name + ".part")


@contextmanager
def translated(target: Path) -> Iterator[None]:
    """Turn the operating system's refusals into plain words about the target."""
    try:
        yield
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "Choose another place, then export again.")
        raise CoachVisionError(
            "Not exported", f"{target} could not be written ({error.strerror}).", hint=hint, path=target, retryable=True
        ) from error
