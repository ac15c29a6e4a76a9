"""urllib3's connections as sync's line needs them: known from their beginning, patient, aged, strict with answers."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable
from socket import socket
from typing import Any

import httpx
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.response import assert_header_parsing

# Less than any usual server or proxy keeps a silent connection (60 s and more): it is ours to give it up, or a request
# would meet its end half way.
KEPT_S = 30.0
# The system counts its patience for all that it is given at once: on a slow line that must not be much.
_SLICE = 64 << 10
# So many answers of passage (100, 102, 103) may come before the answer itself.
_MOST_PASSING = 32

Opened = Callable[[socket], None]


class _Answer(http.client.HTTPResponse):
    """The answer after those of passage, all of whose headers can be read.

    The library takes 103 for the answer, and the answer for that of the next request; of headers that it cannot read
    it writes the whole address into the log, and signed addresses are secrets.
    """

    def begin(self) -> None:
        super().begin()
        assert_header_parsing(self.msg)

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_MOST_PASSING):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status >= 200:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.BadStatusLine("no answer after all those of passage")


def trust(opened: Opened) -> ssl.SSLContext:
    """As every request of the app: the same authorities. opened: told of each connection before its handshake."""

    class Encrypted(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            opened(self)
            super().do_handshake(block)

    context = httpx.create_ssl_context()
    context.sslsocket_class = Encrypted
    return context


def kinds(opened: Opened, stall_s: float) -> dict[str, Any]:
    """urllib3's pools by scheme. opened: told of each connection before anything is sent over it."""

    class Connection(HTTPConnection):
        """Known to its line from its beginning; not used again after a long silence."""

        response_class = _Answer
        silent_since = 0.0

        def _new_conn(self) -> socket:
            made = super()._new_conn()
            opened(made)
            return made

        def connect(self) -> None:
            super().connect()
            self.silent_since = time.monotonic()
            self.sock.settimeout(stall_s)

        def send(self, data: Any) -> None:
            if not isinstance(data, bytes) or len(data) <= _SLICE:
                super().send(data)
                return
            view = memoryview(data)
            for at in range(0, len(view), _SLICE):
                super().send(view[at : at + _SLICE])

        def getresponse(self) -> Any:
            reply = super().getresponse()
            self.silent_since = time.monotonic()
            return reply

        @property
        def is_connected(self) -> bool:
            return super().is_connected and time.monotonic() - self.silent_since < KEPT_S

    class Encrypted(Connection, HTTPSConnection):
        """The same, with the port and the handshake of HTTPS."""

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = Connection

    class EncryptedPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": Pool, "https": EncryptedPool}
