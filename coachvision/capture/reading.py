"""Pictures from a camera or a network stream, in a thread of the capture child, started again when they stop coming."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import cv2
import httpx
import numpy as np
from numpy.typing import NDArray

from coachvision.capture.mjpeg import pictures
from coachvision.capture.sources import is_rtsp
from coachvision.video import live

Image = NDArray[np.uint8]
# A camera that sends nothing for so long has been unplugged.
SILENCE_S = 4.0
_AGAIN_S = 1.0
# Of what a camera says in words of its own.
_MOST_WORDS = 60


class Lost(Exception):  # noqa: N818 - what happened, told by its text
    """No pictures come; why, in words."""


class Reader(threading.Thread):
    """got: each picture (its JPEG where it came as one, else None) with its time, in this thread.

    lost: why pictures stopped; asked for again every second until `stop`.
    """

    def __init__(
        self,
        kind: str,
        address: str,
        got: Callable[[float, Image, bytes | None], None],
        lost: Callable[[str], None],
    ) -> None:
        super().__init__(name="reader", daemon=True)
        self._open = _camera if kind == "camera" else _rtsp if is_rtsp(address) else _mjpeg
        self._address = address
        self._got = got
        self._lost = lost
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Read no more."""
        self._stopped.set()

    def run(self) -> None:
        """Read until stopped."""
        while not self._stopped.is_set():
            try:
                self._read()
            except Lost as error:
                self._lost(str(error))
            else:
                self._lost(live.silence(came=True))
            self._stopped.wait(_AGAIN_S)

    def _read(self) -> None:
        """Until the source ends or nobody wants it any more. Raises Lost."""
        for image, jpeg in self._open(self._address):
            if self._stopped.is_set():
                return
            self._got(time.monotonic(), image, jpeg)


def _rtsp(address: str) -> Iterator[tuple[Image, bytes | None]]:
    """Pictures of an RTSP stream. Raises Lost."""
    try:
        for image in live.pictures(address, SILENCE_S):
            yield image, None
    except live.Ended as error:
        raise Lost(str(error)) from error


def _mjpeg(address: str) -> Iterator[tuple[Image, bytes | None]]:
    """Pictures of an MJPEG stream. Raises Lost."""
    came = False
    try:
        with httpx.stream("GET", address, timeout=SILENCE_S, follow_redirects=False) as answer:
            if answer.status_code != 200:
                raise Lost(f"it answers {answer.status_code} {answer.reason_phrase[:_MOST_WORDS]}".strip())
            for jpeg in pictures(answer.iter_raw()):
                image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
                # A picture torn on the way is left out.
                if image is not None:
                    came = True
                    yield np.asarray(image, np.uint8), jpeg
    except httpx.TimeoutException as error:
        raise Lost(live.silence(came=came)) from error
    except httpx.HTTPError as error:
        raise Lost("it cannot be reached") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Lost("no camera can have such an address") from error
    except (MemoryError, cv2.error) as error:
        raise Lost("what it sends is too large") from error
    except ValueError as error:
        raise Lost("it sends something that is no MJPEG") from error


def _camera(address: str) -> Iterator[tuple[Image, bytes | None]]:
    """Pictures of a camera of this computer. Raises Lost."""
    camera = cv2.VideoCapture(int(address) if address.isdigit() else address)
    try:
        if not camera.isOpened():
            raise Lost("it cannot be opened: another program may have it")
        camera.set(cv2.CAP_PROP_FRAME_WIDTH, 1280)
        camera.set(cv2.CAP_PROP_FRAME_HEIGHT, 720)
        while True:
            there, image = camera.read()
            if not there or image is None:
                raise Lost("it was unplugged")
            yield np.asarray(image, np.uint8), None
    finally:
        camera.release()
