"""A network camera for tests: MJPEG over HTTP on loopback, that can stop, be unplugged and come back."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from tests.support.camera_server import CameraServer

_BORDER = "--frame"


def picture(number: int, width: int = 160, height: int = 120) -> bytes:
    """A JPEG whose grey is its number: 0 to 31, eight levels apart."""
    image = np.full((height, width, 3), number % 32 * 8, np.uint8)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def number_in(grey: float) -> int:
    """The number of a picture by its mean grey."""
    return round(grey / 8)


class MjpegServer(CameraServer):
    """with_length: each picture tells its bytes, as most cameras' do."""

    def __init__(
        self, interval_s: float = 0.02, *, with_length: bool = True, size: tuple[int, int] = (160, 120)
    ) -> None:
        super().__init__(interval_s, size)
        self.with_length = with_length

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    def make(self, port: int, seen: Callable[[socket.socket], None]) -> ThreadingHTTPServer:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen(self.connection)
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        return Server(("127.0.0.1", port), Handler)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(self.status)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        handler.end_headers()
        if self.status != 200:
            return
        try:
            for part in self._parts():
                handler.wfile.write(part)
                handler.wfile.flush()
        except OSError:
            # Whoever looked has gone.
            return

    def _parts(self) -> Iterator[bytes]:
        stopped = self.stopped
        while not stopped.wait(self.interval_s):
            data = picture(self.sent, *self.size)
            self.sent += 1
            length = f"Content-Length: {len(data)}\r\n" if self.with_length else ""
            yield f"{_BORDER}\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + data + b"\r\n"
