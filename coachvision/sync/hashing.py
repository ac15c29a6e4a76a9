"""A file read for its hashes, in parts, with the promise that it stayed the same meanwhile. Sync room only."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coachvision.sync.faults import FileChanged, FileMissing

CHUNK = 1 << 20
Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What tells that a file is still the same without reading it. mtime_ns: as the system keeps it."""

    size: int
    mtime_ns: int


def look(path: Path) -> Seen:
    """A file as it is now. Raises FileMissing; FileChanged for one without a byte, which no cloud takes."""
    try:
        stat = path.stat()
    except OSError as error:
        raise FileMissing(f"{path.name} is not where it was.") from error
    if not path.is_file():
        raise FileMissing(f"{path.name} is no file.")
    if stat.st_size == 0:
        raise FileChanged(f"{path.name} is empty.")
    return Seen(stat.st_size, stat.st_mtime_ns)


def require(path: Path, seen: Seen) -> None:
    """Raises FileChanged or FileMissing unless the file is as it was seen."""
    if look(path) != seen:
        raise FileChanged(f"{path.name} was changed while it was being sent.")


def read(path: Path, offset: int, length: int, check: Check) -> Iterator[bytes]:
    """The bytes of a span, chunk by chunk. check: called before each, may raise. FileChanged where it ends early."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise FileMissing(f"{path.name} cannot be read: {error.strerror}.") from error
    with os.fdopen(handle, "rb", buffering=0) as file:
        file.seek(offset)
        left = length
        while left:
            check()
            try:
                chunk = file.read(min(CHUNK, left))
            except OSError as error:
                raise FileMissing(f"{path.name} cannot be read: {error.strerror}.") from error
            if not chunk:
                raise FileChanged(f"{path.name} became shorter while it was being sent.")
            left -= len(chunk)
            yield chunk


def chunks(body: bytes) -> Iterator[bytes]:
    """Bytes in memory as `read` gives those of a file."""
    return (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))


def sha256_of(path: Path, check: Check) -> tuple[str, Seen]:
    """SHA-256 in hex of a whole file that stayed the same while it was read. Raises FileChanged, FileMissing."""
    seen = look(path)
    digest = hashlib.sha256()
    for chunk in read(path, 0, seen.size, check):
        digest.update(chunk)
    require(path, seen)
    return digest.hexdigest(), seen


@dataclass(frozen=True, slots=True)
class Whole:
    """A small file in memory, so that what is sent is what was hashed. sha256, md5: in hex."""

    body: bytes
    seen: Seen
    sha256: str
    md5: str


def whole(path: Path, most: int, check: Check) -> Whole | None:
    """A file that stayed the same while it was read once, or None where it has more than `most` bytes.

    Raises FileChanged, FileMissing.
    """
    seen = look(path)
    if seen.size > most:
        return None
    body = b"".join(read(path, 0, seen.size, check))
    require(path, seen)
    return Whole(body, seen, hashlib.sha256(body).hexdigest(), hashlib.md5(body, usedforsecurity=False).hexdigest())


class PartHashes:
    """The MD5 of one part after the other, and at the end whether the whole was what had been announced.

    Parts must be asked for in order; those before are read for the whole's hash too.
    """

    def __init__(self, path: Path, seen: Seen, spans: list[tuple[int, int]]) -> None:
        self._path = path
        self._seen = seen
        self._spans = spans
        self._whole = hashlib.sha256()
        self.done = 0

    def next(self, check: Check) -> str:
        """The MD5 in hex of the next part. Raises FileChanged, FileMissing."""
        require(self._path, self._seen)
        offset, length = self._spans[self.done]
        part = hashlib.md5(usedforsecurity=False)
        for chunk in read(self._path, offset, length, check):
            self._whole.update(chunk)
            part.update(chunk)
        self.done += 1
        return part.hexdigest()

    def length(self, n: int) -> int:
        """Bytes of part n, which counts from 1."""
        return self._spans[n - 1][1]

    def whole(self) -> str:
        """SHA-256 in hex of all parts so far."""
        return self._whole.hexdigest()
