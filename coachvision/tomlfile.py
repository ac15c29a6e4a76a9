"""Small TOML files that a crash leaves whole and damage does not make fatal: settings, plugin states. Base room."""

from __future__ import annotations

import errno
import logging
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from coachvision.errors import CoachVisionError

_log = logging.getLogger(__name__)

MOST_BYTES = 16 << 20
# tomllib's work grows with the square of a dotted key's parts: 20,000 of them keep it busy for many seconds.
_MOST_DOTS = 200
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


def parse(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ValueError saying what is wrong.

    Beyond what tomllib checks, numbers must fit 64 bits, as TOML 1.0 demands: larger ones cannot even be printed. And
    no line may be a key of hundreds of parts.
    """
    if any(line.count(".") > _MOST_DOTS for line in _QUOTED.sub("", text).splitlines()):
        raise ValueError(f"a line of it has more than {_MOST_DOTS} dots outside quotation marks")
    try:
        tables = tomllib.loads(text)
        _check_numbers(tables)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return tables


def _check_numbers(value: object) -> None:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("it holds a whole number of more than 64 bits")
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _check_numbers(inner)


def read(path: Path) -> dict[str, Any]:
    """The file's tables. A missing file is empty; a damaged one is moved aside, and the log says so.

    Raises CoachVisionError where the file exists and the system does not let us read it.
    """
    try:
        data = _content(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(path, "read", error) from error
    try:
        return parse(data.decode("utf-8-sig"))
    except ValueError as error:
        set_aside(path, str(error))
        return {}


def _content(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        # Reading a pipe would wait for ever.
        raise OSError(errno.EINVAL, "it is a folder, device or pipe")
    if path.stat().st_size > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 20} MB")
    return path.read_bytes()


def set_aside(path: Path, why: str) -> None:
    """Move a file that makes no sense out of the way, unchanged; the log says so. Raises CoachVisionError."""
    aside = _free_name(path)
    try:
        path.replace(aside)
    except OSError as refused:
        raise _unusable(path, "moved aside", refused) from refused
    _log.warning("%s was damaged (%s); it was moved to %s and the defaults are used", path.name, why, aside.name)


def write(path: Path, tables: Mapping[str, Any]) -> None:
    """Replace the file in one step: a reader, or a crash, sees the old or the new one, never a part.

    Raises CoachVisionError where the system refuses (disk full, no permission).
    """
    data = tomli_w.dumps(tables).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unusable(path, "written", error) from error


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside


def _unusable(path: Path, what: str, error: OSError) -> CoachVisionError:
    return CoachVisionError(
        f"{path.name} cannot be {what}",
        f"{path}: {error.strerror or error}",
        hint="Check the disk's free space and your permission for that folder.",
        path=path,
        retryable=True,
    )
