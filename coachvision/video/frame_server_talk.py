"""What the player and its frame server say to each other: lines of text.

To the server: `open START LENGTH` (where the video's facts lie in the shared memory), then any of the orders below.
From it: `p SLOT SEQUENCE` (a picture is ready), `n SERIAL` (nothing more to play), `e SERIAL JSON` (an error in words),
`s SERIAL BASE64` (sound: 16-bit stereo at 48,000 a second).
Importing this must stay cheap: the window's process does.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from coachvision.errors import VideoError


@dataclass(frozen=True)
class Show:
    """One frame, at rest: the proxy's at once, the exact one when it is ready. A later order replaces it."""

    serial: int
    index: int


@dataclass(frozen=True)
class Play:
    """Frames from `first` to `last`, inclusive, as they are due at that speed; backwards where last comes first."""

    serial: int
    first: int
    last: int
    speed: float


@dataclass(frozen=True)
class Due:
    """How far playing has come on the player's clock: earlier frames are not wanted any more."""

    serial: int
    index: int


@dataclass(frozen=True)
class View:
    """The largest size, in pixels of the screen, at which frames are looked at while they move."""

    width: int
    height: int


@dataclass(frozen=True)
class Proxy:
    """The folder of the fast preview copy; it may be growing still."""

    folder: str


@dataclass(frozen=True)
class Read:
    """So many pictures were taken out of the shared memory, in all: their slots may be written over."""

    count: int


@dataclass(frozen=True)
class Sound:
    """Sound from that second of the video on, at a tempo of the file's own; for as long as the order to play holds."""

    serial: int
    from_s: float
    tempo: float


Order = Show | Play | Due | View | Proxy | Sound | Read
_ORDERS: dict[str, type[Order]] = {kind.__name__: kind for kind in (Show, Play, Due, View, Proxy, Sound, Read)}


def order_line(order: Order) -> bytes:
    """An order as one line."""
    return json.dumps([type(order).__name__, *vars(order).values()]).encode() + b"\n"


def read_order(line: bytes) -> Order:
    """The reverse of `order_line`."""
    name, *values = json.loads(line)
    return _ORDERS[name](*values)


def error_line(serial: int, error: VideoError) -> bytes:
    """An error as one line."""
    told = {k: getattr(error, k) for k in ("title", "message", "hint", "retryable")}
    return f"e {serial} ".encode() + json.dumps(told).encode() + b"\n"


def read_error(text: str) -> VideoError:
    """The error of such a line, what follows the serial number."""
    told = json.loads(text)
    return VideoError(told["title"], told["message"], hint=told["hint"], retryable=told["retryable"])


def sound_line(serial: int, data: bytes) -> bytes:
    """A piece of sound as one line."""
    return b"s %d %s\n" % (serial, base64.b64encode(data))


def read_sound(text: str) -> tuple[int, bytes]:
    """(serial, samples) of such a line, what follows the `s`."""
    serial, _, data = text.partition(" ")
    return int(serial), base64.b64decode(data)


class Lines:
    """Lines out of a file descriptor by raw reads: nobody waits inside Python's buffers when the process leaves."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._held = b""

    def line(self) -> bytes:
        """One line without its end. Raises EOFError."""
        while b"\n" not in self._held:
            self._more()
        line, _, self._held = self._held.partition(b"\n")
        return line

    def __iter__(self) -> Iterator[bytes]:
        """Lines until the other side closes."""
        while True:
            try:
                yield self.line()
            except EOFError:
                return

    def _more(self) -> None:
        data = os.read(self._fd, 1 << 20)
        if not data:
            raise EOFError
        self._held += data
