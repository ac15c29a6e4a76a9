"""The capture child's entry: `python -m coachvision.capture.child HANDLE KIND`. Started by `camera` alone.

The environment's COACHVISION_CAMERA says where the camera is. Orders come as JSON lines on stdin ({"delay": s},
{"record": path}, {"stop": true}, {"quit": true}); what happens goes out as JSON lines on stdout; pictures go through
shared memory. The end of stdin ends the recording and the process.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

# A picture that claims to be larger would take the memory of the whole machine.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(64 << 20))

import cv2
import numpy as np

from coachvision.capture.delay import MOST_S, Delay
from coachvision.capture.reading import SILENCE_S, Image, Reader
from coachvision.errors import CoachVisionError
from coachvision.video import live
from coachvision.video.frame_server_slots import Asked, Memory, Slots
from coachvision.video.recorder import Recorder

LARGEST = (1920, 1080)
# A 4K camera that is recorded, with a minute of delay, takes two thirds of it.
_MOST_MEMORY = 2 << 30
_SHOWN_S = 1 / 30
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 85]


class Desk:
    """Everything the child does, in its main thread; the reader's thread only hands pictures over."""

    def __init__(self, slots: Slots, kind: str, address: str) -> None:
        self._slots = slots
        self._came: queue.Queue[tuple[float, Image, bytes | None]] = queue.Queue(maxsize=8)
        self._orders: queue.Queue[dict[str, Any]] = queue.Queue()
        self._delay = Delay()
        self._behind_s = 0.0
        self._recorder: Recorder | None = None
        self._wanted: Path | None = None
        self._live = ""
        self._lost = ""
        self._last_s = time.monotonic()
        self._shown_s = 0.0
        self._shown_at = -1.0
        self._serial = 0
        self._reader = Reader(kind, address, self._got, self._set_lost)

    def run(self) -> None:
        """Until told to quit."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        self._reader.start()
        while self._obey():
            try:
                taken = self._came.get(timeout=_SHOWN_S)
            except queue.Empty:
                self._mind_silence()
            else:
                self._take(*taken)
            self._show()
        self._reader.stop()
        self._stop_recording()

    def _got(self, time_s: float, image: Image, jpeg: bytes | None) -> None:
        """In the reader's thread: a full queue means this computer is too slow; the camera's next picture is newer."""
        try:
            self._came.put_nowait((time_s, image, jpeg))
        except queue.Full:
            return

    def _set_lost(self, why: str) -> None:
        self._lost = why

    def _listen(self) -> None:
        for line in sys.stdin:
            self._orders.put(json.loads(line))
        self._orders.put({"quit": True})

    def _obey(self) -> bool:
        while not self._orders.empty():
            order = self._orders.get()
            if "quit" in order:
                return False
            if "delay" in order:
                self._behind_s = min(MOST_S, max(0.0, float(order["delay"])))
                self._shown_at = -1.0
            if "record" in order:
                self._start_recording(Path(order["record"]))
            if "stop" in order:
                self._stop_recording()
        return True

    def _take(self, time_s: float, image: Image, jpeg: bytes | None) -> None:
        self._last_s, self._lost = time_s, ""
        size = f"{image.shape[1]} x {image.shape[0]}"
        if size != self._live:
            if self._live:
                # A camera that changes its size goes on in a recording of its own.
                self._stop_recording()
            self._live = size
            say(live=True, width=image.shape[1], height=image.shape[0])
        small = _fitted(image)
        if jpeg is None or small is not image:
            jpeg = cv2.imencode(".jpg", small, _QUALITY)[1].tobytes()
        self._delay.put(time_s, jpeg)
        if self._behind_s == 0:
            self._picture(time_s, small)
        self._record(time_s, image)

    def _record(self, time_s: float, image: Image) -> None:
        recorder = self._recorder
        if recorder is None:
            if self._wanted is not None:
                self._open_recorder(image)
                self._record(time_s, image)
            return
        try:
            recorder.write(image, time_s)
        except CoachVisionError as error:
            self._recorder = None
            self._close(recorder)
            say(trouble=error.as_data())
            return
        say(recording=round(recorder.seconds, 3))

    def _start_recording(self, path: Path) -> None:
        """From the next picture on: its size is not known before."""
        self._stop_recording()
        self._wanted = path

    def _open_recorder(self, image: Image) -> None:
        path, self._wanted = self._wanted, None
        if path is None:
            return
        try:
            self._recorder = Recorder(path, image.shape[1], image.shape[0])
        except CoachVisionError as error:
            say(trouble=error.as_data())

    def _stop_recording(self) -> None:
        recorder, self._recorder, self._wanted = self._recorder, None, None
        if recorder is not None:
            self._close(recorder)

    @staticmethod
    def _close(recorder: Recorder) -> None:
        try:
            recorder.close()
        except CoachVisionError as error:
            say(trouble=error.as_data())
        if recorder.frames:
            say(recorded=str(recorder.path), seconds=round(recorder.seconds, 3), frames=recorder.frames)

    def _mind_silence(self) -> None:
        """No picture came: after a while, or where the reader knows why, the camera is lost and its recording ends."""
        silent = time.monotonic() - self._last_s > SILENCE_S
        why = self._lost or (live.silence(came=bool(self._live)) if silent else "")
        if why and self._live != "lost":
            self._live = "lost"
            self._stop_recording()
            self._delay.clear()
            say(lost=why)

    def _show(self) -> None:
        """The delayed picture, thirty times a second."""
        now = time.monotonic()
        if self._behind_s == 0 or now - self._shown_s < _SHOWN_S:
            return
        self._shown_s = now
        found = self._delay.at(now - self._behind_s)
        if found is None:
            say(fills=round(self._delay.fills_in(now - self._behind_s), 1))
        elif found[0] != self._shown_at:
            self._shown_at = found[0]
            image = cv2.imdecode(np.frombuffer(found[1], np.uint8), cv2.IMREAD_COLOR)
            if image is not None:
                self._picture(found[0], np.asarray(image, np.uint8))

    def _picture(self, time_s: float, image: Image) -> None:
        height, width = image.shape[:2]

        def fill(pixels: Image) -> None:
            cv2.cvtColor(image, cv2.COLOR_BGR2BGRA, dst=pixels)

        self._serial += 1
        slot, sequence = self._slots.write(Asked(self._serial, 0, True), width, height, fill)
        say(slot=slot, sequence=sequence, age=round(time.monotonic() - time_s, 3))


def _fitted(image: Image) -> Image:
    """No larger than a slot."""
    height, width = image.shape[:2]
    shrink = max(width / LARGEST[0], height / LARGEST[1])
    if shrink <= 1:
        return image
    size = (int(width / shrink), int(height / shrink))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def say(**told: object) -> None:
    """One line to the parent; where that is gone, so is the reason to be here."""
    try:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    except OSError:
        logging.getLogger(__name__).info("the window is gone")


def _limit_memory() -> None:
    """What a network camera says of itself is believed so far: it may claim pictures or texts of any size."""
    try:
        import resource  # Unix alone has it.
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def main(argv: list[str]) -> int:
    """Film until told to quit."""
    cv2.setNumThreads(1)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    handle, kind = argv
    if kind == "stream":
        _limit_memory()
    address = os.environ.pop("COACHVISION_CAMERA")
    slots = Slots(Memory(handle), *LARGEST)
    try:
        Desk(slots, kind, address).run()
    finally:
        slots.close()
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # A camera's driver may hang in its last read; nothing is owed to anybody any more.
    os._exit(code)
