"""urllib3's connections as sync's line needs them: known from their beginning, patient, aged, strict with answers."""

from __future__ import annotations

import errno
import http.client
import os
import ssl
import time
from collections.abc import Callable
from socket import (
    IPPROTO_TCP,
    SO_ERROR,
    SOCK_STREAM,
    SOL_SOCKET,
    TCP_NODELAY,
    gaierror,
    getaddrinfo,
    socket,
)
from typing import Any

import httpx
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import allowed_gai_family
from urllib3.util.response import assert_header_parsing
from urllib3.util.wait import wait_for_write

# Less than any usual server or proxy keeps a silent connection (60 s and more): it is ours to give it up, or a request
# would meet its end half way.
KEPT_S = 30.0
# The system counts its patience for all that it is given at once: on a slow line that must not be much.
_SLICE = 64 << 10
# So many answers of passage (100, 102, 103) may come before the answer itself.
_MOST_PASSING = 32
# So often it is looked whether a connection that nobody answers is still wanted.
_LOOK_S = 0.1

# Told of a connection, raises where none is wanted any more.
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
    """As every request of the app: the same authorities. opened: called with each connection before its handshake."""

    class Handshake(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            opened(self)
            super().do_handshake(block)

    context = httpx.create_ssl_context()
    context.sslsocket_class = Handshake
    return context


def pools_by_scheme(opened: Opened, connect_s: float, stall_s: float) -> dict[str, Any]:
    """urllib3's pools by scheme. opened: called with each connection while it is being made."""

    class Connection(HTTPConnection):
        """Known to its line from its beginning; not used again after a long silence."""

        response_class = _Answer
        silent_since = 0.0

        def _new_conn(self) -> socket:
            try:
                return _connected(self._dns_host.strip("[]"), self.port, connect_s, opened)
            except (gaierror, UnicodeError) as error:
                raise NewConnectionError(self, "There is no server of that name.") from error
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "Nobody answered.") from error
            except OSError as error:
                raise NewConnectionError(self, f"No connection could be made: {error}") from error

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

    class EncryptedConnection(Connection, HTTPSConnection):
        """The same, with the port and the handshake of HTTPS."""

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = Connection

    class EncryptedPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = EncryptedConnection

    return {"http": Pool, "https": EncryptedPool}


def _connected(host: str, port: int, patience_s: float, opened: Opened) -> socket:
    """To the first of the server's addresses that answers, each given so many seconds.

    Raises OSError, UnicodeError, and what `opened` raises.
    """
    failed: OSError = gaierror("no address")
    for family, kind, protocol, _, place in getaddrinfo(host, port, allowed_gai_family(), SOCK_STREAM):
        made = socket(family, kind, protocol)
        try:
            _connect(made, place, patience_s, opened)
        except OSError as error:
            made.close()
            failed = error
        except BaseException:
            made.close()
            raise
        else:
            return made
    raise failed


def _connect(made: socket, place: Any, patience_s: float, opened: Opened) -> None:
    # Not by the system's own patience: no system ends that from another thread, and a window would not close so long.
    made.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    made.setblocking(False)
    opened(made)
    error = made.connect_ex(place)
    if error in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
        until = time.monotonic() + patience_s
        while not wait_for_write(made, _LOOK_S):
            opened(made)
            if time.monotonic() > until:
                raise TimeoutError
        error = made.getsockopt(SOL_SOCKET, SO_ERROR)
    if error:
        raise OSError(error, os.strerror(error))
    made.settimeout(patience_s)
