"""What an MP4 or MOV header says of its picture's size (ISO/IEC 14496-12, `stsd`), which FFmpeg uses but does not show.

Used by the probe, in its child process. Reads box headers alone, never what they hold.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_MAX_BOXES = 10_000


def declared_sizes(path: Path) -> list[tuple[int, int]]:
    """(width, height) of every video sample entry; empty for other kinds of files and headers that make no sense."""
    sizes: list[tuple[int, int]] = []
    with path.open("rb") as file:
        end = file.seek(0, 2)
        for track in _find(file, 0, end, ("moov", "trak")):
            handlers = list(_find(file, *track, ("mdia", "hdlr")))
            if not handlers or _read(file, handlers[0][0] + 8, 4) != b"vide":
                continue
            for start, stop in _find(file, *track, ("mdia", "minf", "stbl", "stsd")):
                sizes += _entries(file, start, stop)
    return sizes


def _entries(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Sizes in one `stsd`: 8 bytes of its own, then entries whose width and height stand 24 bytes into their body."""
    for _, body, _ in _boxes(file, start + 8, stop):
        raw = _read(file, body + 24, 4)
        if len(raw) == 4:
            width, height = struct.unpack(">HH", raw)
            yield width, height


def _find(file: BinaryIO, start: int, stop: int, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Bodies (start, end) of the boxes at the end of that chain of names."""
    for name, body, end in _boxes(file, start, stop):
        if name == names[0].encode():
            if len(names) == 1:
                yield body, end
            else:
                yield from _find(file, body, end, names[1:])


def _boxes(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, start of the body, end) of the boxes in a row, as far as their sizes make sense."""
    for _ in range(_MAX_BOXES):
        header = _read(file, start, 16)
        if len(header) < 8 or start >= stop:
            return
        size, name = struct.unpack(">I4s", header[:8])
        body = start + 8
        if size == 1 and len(header) == 16:
            (size,) = struct.unpack(">Q", header[8:])
            body = start + 16
        end = stop if size == 0 else start + size
        if end <= start or end < body or end > stop:
            return
        yield name, body, end
        start = end


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
