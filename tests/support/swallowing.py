"""A network before PostgreSQL that swallows packets: all is accepted, and nothing comes back. In this process."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

_BLOCK = 65536


class SwallowingNetwork:
    """url: the database's address through it. Connections that were swallowed once stay silent for ever."""

    def __init__(self, url: str) -> None:
        """url: of a server on a Unix socket, as `PostgresServer.make_database` gives it."""
        parts = urlsplit(url)
        self._server = str(Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432")
        self._swallowing = threading.Event()
        self._at: bytes | None = None
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"postgresql://{parts.username}@127.0.0.1:{self._door.getsockname()[1]}{parts.path}"
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """From now on nothing goes through, and nobody is told."""
        self._swallowing.set()

    def swallow_after(self, sent: bytes) -> None:
        """The same, once something that holds this was sent to the server; it arrives, its answer does not."""
        self._at = sent

    @property
    def swallows(self) -> bool:
        return self._swallowing.is_set()

    def restore(self) -> None:
        """New connections go through again."""
        self._swallowing.clear()

    def close(self) -> None:
        for one in [self._door, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._open += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(*ends, ends[0] is client), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, asks: bool) -> None:
        silent = False
        with contextlib.suppress(OSError):
            while data := here.recv(_BLOCK):
                silent = silent or self._swallowing.is_set()
                if asks and not silent and self._at is not None and self._at in data:
                    self._at = None
                    self._swallowing.set()
                    there.sendall(data)
                elif not silent:
                    there.sendall(data)
            if not silent and not self._swallowing.is_set():
                there.shutdown(socket.SHUT_WR)

    def __enter__(self) -> SwallowingNetwork:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
