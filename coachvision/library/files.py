"""Files that are either there whole or not at all. Library room only.

Everything is first written into the process's own folder below `tmp/` (same file system), synced, and then renamed:
a killed process leaves nothing but that folder, which the next opening sweeps.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from coachvision.checkpoints import checkpoint
from coachvision.errors import Cancelled

CHUNK = 4 << 20


def sync_folder(folder: Path) -> None:
    """Make renames and new entries of a folder durable."""
    if sys.platform == "win32":  # NTFS journals its directories; they cannot be opened for syncing
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def write_synced(path: Path, write: Callable[[BinaryIO], None]) -> int:
    """Write one file through `write`, synced; on any failure the file is removed again. Returns its size in bytes."""
    try:
        with path.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            return file.tell()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def place(written: Path, target: Path, name: str) -> None:
    """Rename a synced file to where it belongs, durably; replaces an older one. name: of the kill points around it."""
    make_folder(target.parent)
    checkpoint(f"library.{name}.before_rename")
    written.replace(target)
    checkpoint(f"library.{name}.after_rename")
    sync_folder(target.parent)


def write_json(scratch: Path, target: Path, document: Any, name: str) -> None:
    """Replace a small JSON file atomically."""
    part = scratch / f"{name}.part"
    data = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()
    write_synced(part, lambda file: _write_all(file, data))
    place(part, target, name)


def _write_all(file: BinaryIO, data: bytes) -> None:
    file.write(data)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises OSError, ValueError."""
    document = json.loads(path.read_bytes())
    if isinstance(document, dict):
        return document
    raise ValueError(f"{path} holds no JSON object")


def hash_file(
    source: Path,
    copy_to: BinaryIO | None = None,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[str, int]:
    """(SHA-256 in hex, bytes read) of a file, copied on the way if asked. progress: 0..1. Raises Cancelled, OSError."""
    total = source.stat().st_size
    digest = hashlib.sha256()
    done = 0
    with source.open("rb") as file:
        # A file that grows as fast as it is read would never end; one chunk too many tells the caller of it.
        while done <= total and (chunk := file.read(CHUNK)):
            if cancelled is not None and cancelled():
                raise Cancelled
            digest.update(chunk)
            if copy_to is not None:
                copy_to.write(chunk)
            done += len(chunk)
            if progress is not None:
                progress(min(1.0, done / total) if total else 1.0)
    return digest.hexdigest(), done
