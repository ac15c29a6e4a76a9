"""A network camera for tests: MJPEG over HTTP on loopback, that can stop, be unplugged and come back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

_BORDER = "--frame"


def picture(number: int, width: int = 160, height: int = 120) -> bytes:
    """A JPEG whose grey is its number: 0 to 31, eight levels apart."""
    image = np.full((height, width, 3), number % 32 * 8, np.uint8)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def number_in(grey: float) -> int:
    """The number of a picture by its mean grey."""
    return round(grey / 8)


class MjpegServer:
    """Sends a picture every `interval_s`, the next number each. Use as a context. sent: how many so far."""

    def __init__(
        self, interval_s: float = 0.02, *, with_length: bool = True, size: tuple[int, int] = (160, 120)
    ) -> None:
        self.interval_s = interval_s
        self.with_length = with_length
        self.size = size
        self.sent = 0
        self.status = 200
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._connections: list[socket.socket] = []

    def __enter__(self) -> MjpegServer:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/video"

    def plug(self) -> None:
        """Begin to answer, at the same address as before."""
        self._stopped = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._connections.append(self.connection)
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="mjpeg", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Be gone at once, in the middle of a picture as it may be."""
        self._stopped.set()
        if self._server is None or self._thread is None:
            return
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It is gone already.
                continue
        self._connections.clear()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = self._thread = None

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
        stopped = self._stopped
        while not stopped.wait(self.interval_s):
            data = picture(self.sent, *self.size)
            self.sent += 1
            length = f"Content-Length: {len(data)}\r\n" if self.with_length else ""
            yield f"{_BORDER}\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + data + b"\r\n"
