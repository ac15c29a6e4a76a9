"""Pictures handed from the frame server to the player through shared memory. For `frame_server` and its client.

The memory never has a name where the system allows that (it is inherited as a file descriptor), so nothing is left
behind whichever side is killed. It is allocated before it is mapped: a map without room behind it kills with SIGBUS.
Importing this must stay cheap: the window's process does.
"""

from __future__ import annotations

import errno
import mmap
import os
import sys
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts, from_bytes, to_bytes

SLOTS = 4
# Pictures beyond this are made smaller: 4096 x 2304, more than any window shows.
MOST_PIXELS = 4096 * 2304
_PAGE = 4096
# Copies whose memory is used again: those that wait to be shown while playing, and a few.
_MOST_COPIES = 16
_SEQUENCE, _SERIAL, _INDEX, _EXACT, _WIDTH, _HEIGHT = range(6)
_FULL = (errno.ENOSPC, errno.ENOMEM, errno.EDQUOT, errno.EFBIG)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Picture:
    """serial: of the request it answers. index: frame number. exact: from the video itself, not from the proxy.

    pixels: (h, w, 4) uint8, blue, green, red, 255: our own copy.
    """

    serial: int
    index: int
    exact: bool
    pixels: Pixels


@dataclass(frozen=True)
class Asked:
    """Which request a picture answers, which frame it is, whether it comes from the video itself."""

    serial: int
    index: int
    exact: bool


class Memory:
    """Room for pictures that two processes see. The parent makes it and grows it; the child joins it by its handle."""

    def __init__(self, handle: str = "") -> None:
        """handle: of memory that another process made; none makes a new one, without room yet."""
        self.fd = -1
        if sys.platform == "win32":
            self.handle = handle or f"coachvision-{uuid.uuid4().hex}"
        elif handle:
            self.fd = int(handle)
        else:
            self.fd = _nameless()
        if sys.platform != "win32":
            self.handle = str(self.fd)

    def grow(self, size: int) -> None:
        """Make sure of that many bytes. Raises VideoError where the system has no room for them."""
        if sys.platform == "win32":
            return
        try:
            _allocate(self.fd, size)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise VideoError(
                "There is too little memory to play this video",
                f"The player needs {size / 1e6:.0f} MB of shared memory.",
                hint="Close other programs, then open the video again.",
                retryable=True,
            ) from error

    def map(self, size: int) -> mmap.mmap:
        """The memory, mapped."""
        if sys.platform == "win32":
            return mmap.mmap(-1, size, tagname=self.handle)
        return mmap.mmap(self.fd, size)

    def close(self) -> None:
        """Let go; what is mapped stays until it is unmapped."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _nameless() -> int:
    make = getattr(os, "memfd_create", None)
    if make is not None:
        return int(make("coachvision-pictures"))
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _allocate(fd: int, size: int) -> None:
    allocate = getattr(os, "posix_fallocate", None)
    if allocate is not None:
        allocate(fd, 0, size)
    else:
        # macOS has no posix_fallocate: bytes that were written have room.
        for at in range(os.fstat(fd).st_size, size, 1 << 20):
            os.pwrite(fd, bytes(min(1 << 20, size - at)), at)


def largest(width: int, height: int) -> tuple[int, int]:
    """The size at which an exact frame of that size is handed over: its own, unless it is enormous."""
    shrink = max(1.0, (width * height / MOST_PIXELS) ** 0.5)
    return max(1, int(width / shrink)), max(1, int(height / shrink))


def bytes_for(width: int, height: int) -> int:
    """Bytes that the slots take for pictures of up to that size."""
    return _PAGE + SLOTS * _slot_bytes(width, height)


def _slot_bytes(width: int, height: int) -> int:
    return -(-width * height * 4 // _PAGE) * _PAGE


def hand_over(memory: Memory, facts: VideoFacts) -> tuple[Slots, bytes]:
    """Room for a video's pictures, its facts behind them, and the line that tells the server of both.

    Through the pipe, the times of a long video would keep the window waiting until the server has read them.
    Raises VideoError where there is no room.
    """
    size, data = largest(facts.width, facts.height), to_bytes(facts)
    start = bytes_for(*size)
    memory.grow(start + len(data))
    with memory.map(start + len(data)) as whole:
        whole[start:] = data
    return Slots(memory, *size), b"open %d %d\n" % (start, len(data))


def taken_over(memory: Memory, line: bytes) -> tuple[Slots, VideoFacts]:
    """The server's side of `hand_over`."""
    start, length = map(int, line.split()[1:])
    with memory.map(start + length) as whole:
        facts = from_bytes(whole[start:])
    return Slots(memory, *largest(facts.width, facts.height)), facts


class Slots:
    """A ring of pictures. One process writes; the other is told which slot and copies it out.

    A slot's sequence number is odd while it is written; a copy during which it changed is thrown away.
    """

    def __init__(self, memory: Memory, width: int, height: int) -> None:
        """width, height: of the largest picture."""
        size = bytes_for(width, height)
        self._map = memory.map(size)
        self._each = _slot_bytes(width, height)
        self._most = width * height
        self._heads = np.frombuffer(self._map, np.int64, SLOTS * 8).reshape(SLOTS, 8)
        self._bytes = np.frombuffer(self._map, np.uint8, SLOTS * self._each, _PAGE)
        self._next = 0
        self._copies: list[Pixels] = []

    def write(self, asked: Asked, width: int, height: int, fill: Callable[[Pixels], None]) -> tuple[int, int]:
        """Let `fill` draw into the oldest slot; returns its number and the sequence number it now has."""
        if width * height > self._most:
            raise ValueError(f"a picture of {width} x {height} is larger than a slot")
        slot, self._next = self._next, (self._next + 1) % SLOTS
        head = self._heads[slot]
        sequence = int(head[_SEQUENCE]) | 1
        head[_SEQUENCE] = sequence
        fill(self._pixels(slot, width, height))
        head[_SERIAL : _HEIGHT + 1] = (asked.serial, asked.index, asked.exact, width, height)
        head[_SEQUENCE] = sequence + 1
        return slot, sequence + 1

    def read(self, slot: int, sequence: int) -> Picture | None:
        """A copy of that picture, or None where it has been written over since."""
        head = self._heads[slot].tolist()
        width, height = head[_WIDTH], head[_HEIGHT]
        if head[_SEQUENCE] != sequence or not 0 < width * height <= self._most:
            return None
        pixels = self._room((height, width, 4))
        np.copyto(pixels, self._pixels(slot, width, height))
        if int(self._heads[slot, _SEQUENCE]) != sequence:
            return None
        return Picture(head[_SERIAL], head[_INDEX], bool(head[_EXACT]), pixels)

    def _room(self, shape: tuple[int, int, int]) -> Pixels:
        """Memory for a copy: that of a picture nobody holds any more. New memory costs as much as the copy itself."""
        self._copies = [copy for copy in self._copies if copy.shape == shape]
        for copy in self._copies:
            # The list, the loop and the question itself hold it.
            if sys.getrefcount(copy) == 3:
                return copy
        made = np.empty(shape, np.uint8)
        if len(self._copies) < _MOST_COPIES:
            self._copies.append(made)
        return made

    def _pixels(self, slot: int, width: int, height: int) -> Pixels:
        start = slot * self._each
        return self._bytes[start : start + width * height * 4].reshape(height, width, 4)

    def close(self) -> None:
        """Unmap. No picture that was read is touched by that."""
        self._heads = np.empty((0, 8), np.int64)
        self._bytes = np.empty(0, np.uint8)
        self._map.close()
