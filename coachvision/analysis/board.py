"""A few numbers in a small shared file: the worker writes, the supervisor polls, a SIGKILL cannot lose them."""

from __future__ import annotations

import mmap
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_LAYOUT = struct.Struct("<dqq64s")


@dataclass(frozen=True)
class Reading:
    """since: when the step began, monotonic seconds (system-wide). doing: analyzer id, or `video`, `saving`."""

    since: float
    frames: int
    frames_total: int
    doing: str


class Board:
    """One worker writes, one supervisor reads; a reading torn between the two is off by one step and passes."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if create:
            path.write_bytes(bytes(_LAYOUT.size))
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), _LAYOUT.size)
        self._frames = 0
        self._total = 0

    def enter(self, doing: str, frames: int | None = None, total: int | None = None) -> None:
        """The worker begins a step (a call into one analyzer, the next frame of the video)."""
        self._frames = self._frames if frames is None else frames
        self._total = self._total if total is None else total
        _LAYOUT.pack_into(self._map, 0, time.monotonic(), self._frames, self._total, doing.encode()[:64])

    def read(self) -> Reading:
        """What the worker does now."""
        since, frames, total, doing = _LAYOUT.unpack_from(self._map, 0)
        return Reading(since, frames, total, doing.rstrip(b"\0").decode("utf-8", "replace"))

    def close(self) -> None:
        """Let go of the shared file."""
        self._map.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
