"""The player's side of the frame server: starts it, asks it, hands on what it answers, starts it again once.

For `app.player`; knows no window and imports no decoder. Callbacks come from a thread of this module.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.frame_server_slots import Memory, Picture, Slots, hand_over
from coachvision.video.frame_server_talk import (
    Due,
    Lines,
    Order,
    Play,
    Proxy,
    Read,
    Show,
    Sound,
    View,
    order_line,
    read_error,
    read_sound,
)  # fmt: skip

log = logging.getLogger(__name__)

# Two ends so few frames apart, while playing, are laid to the same frame: decoding runs ahead of what is shown.
_SAME_SPOT = 16


# One thread for arithmetic; and glibc keeps the memory of a frame for the next one, instead of asking the system anew.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}  # fmt: skip


class ServerProcess:
    """A frame server that runs and waits for its video: start one early, its imports take most of a second."""

    def __init__(self) -> None:
        self.memory = Memory()
        self._log: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process writes to it
        fds = (self.memory.fd,) if self.memory.fd >= 0 else ()
        self._process = subprocess.Popen(
            [*_command(), self.memory.handle],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            pass_fds=fds,
            env={**os.environ, **_ENVIRONMENT},
        )
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        assert self._process.stdout is not None  # noqa: S101
        self._stdin = self._process.stdin
        self._stdout = self._process.stdout
        self.lines = Lines(self._stdout.fileno())

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def say(self, data: bytes) -> None:
        """Tell it something. Silent where it is gone: its end is met where its answers are read."""
        try:
            self._stdin.write(data)
            self._stdin.flush()
        except (OSError, ValueError):
            log.debug("the frame server is gone")

    def kill(self) -> None:
        """End it now; whoever reads its lines meets their end."""
        self._process.kill()
        self._process.wait()

    def close(self) -> str:
        """End it and free everything. Returns the end of what it logged."""
        self.kill()
        try:
            self._stdin.close()
        except OSError:
            # What was not sent cannot be sent any more.
            log.debug("the frame server is gone")
        self._stdout.close()
        self.memory.close()
        self._log.seek(0)
        text = self._log.read().decode("utf-8", "replace")
        self._log.close()
        return text[-4000:]


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        # A frozen program is its own interpreter: its entry point hands these arguments to `frame_server.main`.
        return [sys.executable, "--coachvision-frame-server"]
    return [sys.executable, "-P", "-m", "coachvision.video.frame_server"]


@dataclass(frozen=True)
class Callbacks:
    """Called from the client's thread. picture: one arrived. ended: the order of that serial has played to its end.

    failed: in words for the coach; other frames may still be shown. sound: (serial, 16-bit stereo at 48,000 a second).
    restarted: the server ended and another one goes on; sound has to be asked for again.
    """

    picture: Callable[[Picture], None]
    ended: Callable[[int], None]
    failed: Callable[[VideoError], None]
    sound: Callable[[int, bytes], None] = lambda _serial, _data: None
    restarted: Callable[[], None] = lambda: None


class FrameClient:
    """Frames of one video. Raises VideoError where there is no memory for it."""

    def __init__(
        self,
        path: Path,
        facts: VideoFacts,
        callbacks: Callbacks,
        *,
        proxy: Path | None = None,
        server: ServerProcess | None = None,
    ) -> None:
        """server: one that was started early; it belongs to the client from here on."""
        self._path = path
        self._facts = facts
        self._callbacks = callbacks
        self._lock = threading.Lock()
        self._closing = False
        self._serial = 0
        self._order: Show | Play | None = None
        self._view: View | None = None
        self._proxy = Proxy(str(proxy)) if proxy is not None else None
        self._died_at: int | None = None
        self._seen: int | None = None
        self._reads = 0
        self._server: ServerProcess | None = None
        self._thread: threading.Thread | None = None
        self._start(server)

    # -- asking

    def show(self, index: int) -> int:
        """One frame: the proxy's at once where it is there, then the exact one. Returns the order's serial."""
        with self._lock:
            self._serial += 1
            self._give(Show(self._serial, index))
            return self._serial

    def play(self, first: int, last: int, speed: float) -> int:
        """Frames from first to last as they fall due; tell `due` how far it is. Returns the order's serial."""
        with self._lock:
            self._serial += 1
            self._give(Play(self._serial, first, last, speed))
            return self._serial

    def sound(self, from_s: float, tempo: float) -> int:
        """Sound to what plays, from that second of the video on. Returns the order's serial."""
        with self._lock:
            self._serial += 1
            self._say(Sound(self._serial, from_s, tempo))
            return self._serial

    def due(self, serial: int, index: int) -> None:
        """How far the player's clock has come in that order."""
        with self._lock:
            self._say(Due(serial, index))

    def view(self, width: int, height: int) -> None:
        """The size on screen, in its own pixels, at which moving pictures are wanted."""
        with self._lock:
            self._view = View(width, height)
            self._say(self._view)

    @property
    def pid(self) -> int | None:
        """The server's process number, None where it gave up."""
        return self._server.pid if self._server is not None else None

    def close(self) -> None:
        """End the server; no callback comes once this has returned."""
        with self._lock:
            self._closing = True
            server, thread = self._server, self._thread
        if server is not None:
            server.kill()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    # -- below here `_lock` is held

    def _give(self, order: Show | Play) -> None:
        self._order = order
        if self._server is None and not self._closing:
            # It gave up at another frame: this one may be sound. A start tells the order.
            self._start(None)
        else:
            self._say(order)

    def _say(self, order: Order) -> None:
        if self._server is not None:
            self._server.say(order_line(order))

    def _start(self, server: ServerProcess | None) -> None:
        server = server if server is not None and server.alive else ServerProcess()
        try:
            slots, opening = hand_over(server.memory, self._facts)
        except BaseException:
            server.close()
            raise
        server.say(opening)
        self._server = server
        self._reads = 0
        if isinstance(self._order, Play) and self._seen is not None:
            # Started again: from where it was, not from where it once began.
            self._order = replace(self._order, first=self._seen)
        for order in (self._view, self._proxy, self._order):
            if order is not None:
                self._say(order)
        self._thread = threading.Thread(target=self._listen, args=(server, slots), name="frame client", daemon=True)
        self._thread.start()

    # -- the thread

    def _listen(self, server: ServerProcess, slots: Slots) -> None:
        for line in server.lines:
            self._take(line.decode(), slots)
        slots.close()
        tail = server.close()
        failed = self._after_end(tail)
        if failed is not None:
            self._callbacks.failed(failed)
        elif not self._closing:
            self._callbacks.restarted()

    def _take(self, line: str, slots: Slots) -> None:
        kind, _, rest = line.partition(" ")
        if kind == "p":
            slot, sequence = map(int, rest.split())
            picture = slots.read(slot, sequence)
            if picture is not None and not self._closing:
                self._seen = picture.index
                self._callbacks.picture(picture)
            # After it went on: saying so wakes the server, which may take the processor.
            self._reads += 1
            with self._lock:
                self._say(Read(self._reads))
        elif kind == "s" and not self._closing:
            self._callbacks.sound(*read_sound(rest))
        elif kind == "n" and not self._closing:
            self._callbacks.ended(int(rest))
        elif kind == "e" and not self._closing:
            self._callbacks.failed(read_error(rest.partition(" ")[2]))

    def _after_end(self, tail: str) -> VideoError | None:
        """The server is gone: start it again where it may help. What to tell the coach, else."""
        with self._lock:
            self._server = None
            if self._closing:
                return None
            log.info("the frame server ended: %s", tail)
            at = self._wanted()
            again = self._died_at is not None and abs(at - self._died_at) <= self._slack()
            self._died_at = at
            if again:
                self._died_at = None
                return self._gave_up(at)
            try:
                self._start(None)
            except VideoError as error:
                return error
            return None

    def _wanted(self) -> int:
        order = self._order
        if isinstance(order, Play):
            return self._seen if self._seen is not None else order.first
        return order.index if order is not None else -1

    def _slack(self) -> int:
        return _SAME_SPOT if isinstance(self._order, Play) else 0

    def _gave_up(self, index: int) -> VideoError:
        seconds = self._facts.timeline.seconds[max(index, 0)]
        return VideoError(
            "The player stopped",
            f"“{self._path.name}” ended it twice at {seconds:.2f} s; the file may be damaged there.",
            hint="Go to another moment of the video.",
            path=self._path,
        )
