"""What the network cameras for tests have in common: a server on loopback that can be unplugged and come back."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self


class CameraServer(ABC):
    """Sends a picture every `interval_s`, the next number each (`mjpeg_server.number_in` reads it). Use as a context.

    sent: how many so far. status: what a request for the stream is answered with.
    """

    def __init__(self, interval_s: float, size: tuple[int, int]) -> None:
        self.interval_s = interval_s
        self.size = size
        self.sent = 0
        self.status = 200
        self.port = 0
        self.stopped = threading.Event()
        self._server: socketserver.BaseServer | None = None
        self._thread: threading.Thread | None = None
        self._connections: list[socket.socket] = []

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is."""

    @abstractmethod
    def make(self, port: int, seen: Callable[[socket.socket], None]) -> socketserver.TCPServer:
        """The server that answers there, 0 for any port. seen: told each connection."""

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Begin to answer, at the same address as before."""
        self.stopped = threading.Event()
        server = self.make(self.port, self._connections.append)
        self.port = int(server.server_address[1])
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="camera", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Be gone at once, in the middle of a picture as it may be."""
        self.stopped.set()
        if self._server is None or self._thread is None:
            return
        for connection in self._connections:
            # It may be gone already.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = self._thread = None
