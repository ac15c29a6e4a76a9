"""The window's side of a camera: starts the child that films, tells it what to do, hands on what happens.

For `app`; opens no device and decodes nothing. `heard` is called from a thread of this module.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coachvision.capture.sources import Source
from coachvision.errors import CoachVisionError, VideoError, from_data
from coachvision.video.frame_server_slots import Memory, Pixels, Slots, bytes_for

log = logging.getLogger(__name__)
LARGEST = (1920, 1080)
# The child's variable that tells it where the camera is.
ADDRESS = "COACHVISION_CAMERA"
_PATIENCE_S = 8.0


@dataclass(frozen=True)
class Live:
    """Pictures come. width, height: pixels."""

    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Pictured:
    """A picture to show, (h, w, 4) uint8 blue, green, red, 255. age_s: how long ago it was taken."""

    pixels: Pixels
    age_s: float


@dataclass(frozen=True)
class Filling:
    """The delay is not filled yet. seconds: how long still."""

    seconds: float


@dataclass(frozen=True)
class Recording:
    """It records. seconds: so far."""

    seconds: float


@dataclass(frozen=True)
class Recorded:
    """A recording ended, by the coach or because the camera was lost: the file can be imported."""

    path: Path


@dataclass(frozen=True)
class Trouble:
    """The recording failed or the camera is lost. lost: pictures are waited for; the camera is tried again."""

    error: CoachVisionError
    lost: bool


Happened = Live | Pictured | Filling | Recording | Recorded | Trouble


class Camera:
    """A camera that is open. heard: what happens, in a thread of its own."""

    def __init__(self, source: Source, heard: Callable[[Happened], None]) -> None:
        """Raises VideoError where there is no shared memory for its pictures; then nothing is left open."""
        self.source = source
        self._heard = heard
        self._closing = False
        self._recording: Path | None = None
        self._memory = _room_for_pictures()
        self._slots = Slots(self._memory, *LARGEST)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the child writes to it
        self._child = self._start()
        self._thread = threading.Thread(target=self._listen, name="camera", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The child's number."""
        return self._child.pid

    def delay(self, seconds: float) -> None:
        """Show what was filmed so many seconds ago, 0 to 60."""
        self._say(delay=seconds)

    def record(self, path: Path) -> None:
        """Record into that file (Matroska) from the next picture on; a recording that runs ends before."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._recording = path
        self._say(record=str(path))

    def stop(self) -> None:
        """End the recording; `Recorded` follows."""
        self._say(stop=True)

    def close(self) -> list[Path]:
        """End the child, and its recording properly. Returns what was recorded and not told by `Recorded`.

        A second time does nothing.
        """
        if self._closing:
            return []
        self._closing = True
        self._say(quit=True)
        try:
            self._child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._thread.join(_PATIENCE_S)
        for pipe in (self._child.stdin, self._child.stdout):
            # What a killed child was not told any more cannot be sent.
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        left = self._left()
        self._slots.close()
        self._memory.close()
        self._log.close()
        return left

    def _start(self) -> subprocess.Popen[str]:
        fds = (self._memory.fd,) if self._memory.fd >= 0 else ()
        return subprocess.Popen(
            [sys.executable, "-m", "coachvision.capture.child", self._memory.handle, self.source.kind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, pass_fds=fds, text=True, bufsize=1,
            # An address may hold a password: everybody on this computer sees a command, but not its environment.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", ADDRESS: self.source.address},
        )  # fmt: skip

    def _say(self, **order: object) -> None:
        pipe = self._child.stdin
        try:
            if pipe is not None:
                pipe.write(json.dumps(order) + "\n")
                pipe.flush()
        except (OSError, ValueError):
            log.debug("the capture child is gone")

    def _listen(self) -> None:
        """In the thread: until the child ends."""
        for line in self._child.stdout or ():
            self._hear(json.loads(line))
        if self._closing:
            return
        for path in self._left():
            self._heard(Recorded(path))
        error = CoachVisionError(
            f"The camera “{self.source.title}” stopped",
            "The program that reads it ended.",
            hint="Choose the camera again; what was recorded is kept.",
        )
        self._heard(Trouble(error, lost=False))

    def _hear(self, told: dict[str, Any]) -> None:
        if "slot" in told:
            picture = self._slots.read(told["slot"], told["sequence"])
            # One that was written over meanwhile is not worth showing: the next is there.
            if picture is not None:
                self._heard(Pictured(picture.pixels, told["age"]))
        elif "recording" in told:
            self._heard(Recording(told["recording"]))
        elif "recorded" in told:
            self._recording = None
            self._heard(Recorded(Path(told["recorded"])))
        elif "live" in told:
            self._heard(Live(told["width"], told["height"]))
        elif "fills" in told:
            self._heard(Filling(told["fills"]))
        elif "trouble" in told:
            self._heard(Trouble(from_data(told["trouble"]), lost=False))
        elif "lost" in told:
            error = CoachVisionError(
                f"No picture from “{self.source.title}”",
                f"The camera is tried again: {told['lost']}.",
                hint="Look at its cable, its power and its address.",
            )
            self._heard(Trouble(error, lost=True))

    def _left(self) -> list[Path]:
        """A recording whose end the child did not tell: it was killed, or the window closes."""
        path, self._recording = self._recording, None
        return [path] if path is not None and (path.is_file() or kept(path)) else []


def _room_for_pictures() -> Memory:
    memory, size = Memory(), bytes_for(*LARGEST)
    try:
        memory.grow(size)
    except VideoError as error:
        memory.close()
        raise VideoError(
            "There is too little memory for a camera",
            f"Its pictures need {size / 1e6:.0f} MB of shared memory.",
            hint="Close other programs, then choose the camera again.",
            retryable=True,
        ) from error
    return memory


def kept(path: Path) -> bool:
    """Give a recording its name that a kill kept from getting it. False where there is nothing of it."""
    part = path.with_name(path.name + ".part")
    if not part.is_file() or not part.stat().st_size:
        return False
    part.replace(path)
    return True


def left_in(folder: Path) -> list[Path]:
    """Recordings of a run of the program that was killed, and those it had not imported yet; the oldest first."""
    if not folder.is_dir():
        return []
    for part in folder.glob("*.mkv.part"):
        kept(part.with_suffix(""))
    return sorted(folder.glob("*.mkv"), key=lambda path: path.stat().st_mtime)
