"""HTTP as sync needs it: connections that are kept, given up when they stall, and broken off at once on demand.

By urllib3: a backlog of small files is four requests a file, and what a request costs is most of it.
"""

from __future__ import annotations

import re
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError, ProxySchemeUnknown
from urllib3.response import BaseHTTPResponse

from coachvision.sync.faults import Offline
from coachvision.sync.remotes.connections import pools_by_scheme, trust
from coachvision.sync.remotes.proxies import Proxies, manager_for

# A connection that moves nothing for so long is dead; a slow one that moves is not.
STALL_S = 30.0
CONNECT_S = 15.0
LANES = 16
CHUNK = 1 << 20
# More in one answer, as it is or unpacked, would only fill the memory.
MOST_BYTES = 64 << 20
_PIECE = 64 << 10
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER = re.compile(r"[\t\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. headers: by names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooLong(Offline):
    """An answer of more than MOST_BYTES."""


class Line:
    """Kept connections to one server. whom: how faults call it. Any thread."""

    def __init__(self, whom: str, stall_s: float = STALL_S) -> None:
        self._whom = whom
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._broken = False
        connect_s = min(CONNECT_S, stall_s)
        self._pools = pools_by_scheme(self._opened, connect_s, stall_s)
        self._timeout = urllib3.Timeout(connect=connect_s, read=stall_s)
        self._trust = trust(self._opened)
        self._proxies = Proxies()
        self._managers: dict[str | None, urllib3.PoolManager] = {}

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | Iterator[bytes] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:  # fmt: skip
        """One request and its whole answer. Raises Offline, TooLong among them."""
        if params:
            url = f"{url}?{urlencode(params)}"
        with self._translated():
            reply = self._open(method, url, headers, content)
            try:
                return Reply(reply.status, reply.headers, self._whole(reply))
            finally:
                # Kept for the next request where it was read to its end.
                reply.close()

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str]) -> Iterator[tuple[Reply, Iterator[bytes]]]:
        """A GET whose body is read as it comes; that of the reply itself is empty. Raises Offline."""
        with self._translated():
            reply = self._open("GET", url, headers, None)
            try:
                yield Reply(reply.status, reply.headers, b""), self._read(reply, CHUNK, decoded=False)
            finally:
                # Also one that was not read to its end.
                reply.close()

    def break_off(self) -> None:
        """End every request that is under way, now: nobody waits for a server that is silent."""
        with self._lock:
            self._broken = True
            sockets = list(self._sockets)
        for one in sockets:
            _shut(one)

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            managers = list(self._managers.values())
        for manager in managers:
            manager.clear()

    def _open(self, method: str, url: str, headers: Mapping[str, str], content: object) -> BaseHTTPResponse:
        # A signed address and its headers are an answer's words, and may be anything.
        fit = all(_NAME.fullmatch(name) and _HEADER.fullmatch(value) for name, value in headers.items())
        if not fit or not _ADDRESS.match(url):
            raise self._unread()
        return self._manager(url).urlopen(
            method, url, redirect=False, retries=False, body=content, headers=headers, timeout=self._timeout,
            preload_content=False,
        )  # fmt: skip

    def _whole(self, reply: BaseHTTPResponse) -> bytes:
        body = bytearray()
        for piece in self._read(reply, _PIECE, decoded=True):
            body += piece
            if len(body) > MOST_BYTES:
                raise TooLong(f"The answer of {self._whom} was too long.")
        return bytes(body)

    def _read(self, reply: BaseHTTPResponse, piece: int, *, decoded: bool) -> Iterator[bytes]:
        try:
            yield from reply.stream(piece, decode_content=decoded)
        except ValueError as error:
            # urllib3's own, of a chunk whose length is below nothing.
            raise self._unread() from error

    def _unread(self) -> Offline:
        return Offline(f"The answer of {self._whom} could not be read.")

    def _manager(self, url: str) -> urllib3.PoolManager:
        """Connections for an address: those of its proxy, where the system names one."""
        proxy = self._proxies.of(url)
        with self._lock:
            if proxy not in self._managers:
                manager = manager_for(proxy, self._trust, LANES)
                manager.pool_classes_by_scheme = self._pools
                self._managers[proxy] = manager
            return self._managers[proxy]

    def _opened(self, opened: socket.socket) -> None:
        with self._lock:
            self._sockets.add(opened)
            broken = self._broken
        if broken:
            opened.close()
            raise ProtocolError("Broken off.")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """urllib3's errors as faults. Nothing of an address is told: signed ones are secrets."""
        try:
            yield
        except urllib3.exceptions.TimeoutError as error:
            raise Offline(f"There was no answer from {self._whom}.") from error
        except DecodeError as error:
            raise self._unread() from error
        except ProxySchemeUnknown as error:
            raise Offline("This system's proxy is of a kind that cannot be used: only HTTP proxies can.") from error
        except HTTPError as error:
            raise Offline(f"The connection to {self._whom} failed.") from error


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        # The system's own call: that of an encrypted one takes away what a thread that reads still uses.
        socket.socket.shutdown(one, socket.SHUT_RDWR)
