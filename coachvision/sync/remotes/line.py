"""HTTP as sync needs it: connections that are kept, given up when they stall, and broken off at once on demand.

By urllib3: a backlog of small files is four requests a file, and what a request costs is most of it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError
from urllib3.response import BaseHTTPResponse

from coachvision.sync.faults import Offline

# A connection that moves nothing for so long is dead; a slow one that moves is not.
STALL_S = 30.0
CONNECT_S = 15.0
# Less than any usual server or proxy keeps a silent connection (60 s and more): it is ours to give it up, or a request
# would meet its end half way.
KEPT_S = 30.0
LANES = 16
CHUNK = 1 << 20
# The system counts its patience for all that it is given at once: on a slow line that must not be much.
_SLICE = 64 << 10
_HEADER = re.compile(r"[\t\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. headers: by names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """Kept connections to one server. whom: how faults call it. Any thread."""

    def __init__(self, whom: str, stall_s: float = STALL_S) -> None:
        self._whom = whom
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._broken = False
        self._kinds = _kinds(self._opened, stall_s)
        self._timeout = urllib3.Timeout(connect=min(CONNECT_S, stall_s), read=stall_s)
        # As every request of the app: the same authorities are trusted, the system's proxies are used.
        self._trust = httpx.create_ssl_context()
        self._proxies = getproxies()
        self._managers: dict[str | None, urllib3.PoolManager] = {}

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | Iterator[bytes] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:  # fmt: skip
        """One request and its whole answer. Raises Offline."""
        if params:
            url = f"{url}?{urlencode(params)}"
        with self._told():
            reply = self._open(method, url, headers, content, preload_content=True)
            return Reply(reply.status, reply.headers, reply.data)

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str]) -> Iterator[tuple[Reply, Iterator[bytes]]]:
        """A GET whose body is read as it comes; that of the reply itself is empty. Raises Offline."""
        with self._told():
            reply = self._open("GET", url, headers, None, preload_content=False)
            try:
                yield Reply(reply.status, reply.headers, b""), reply.stream(CHUNK, decode_content=False)
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

    def _open(
        self, method: str, url: str, headers: Mapping[str, str], content: object, *, preload_content: bool
    ) -> BaseHTTPResponse:
        if not all(_HEADER.fullmatch(value) for value in headers.values()):
            raise Offline(f"The answer of {self._whom} could not be read.")
        return self._manager(url).urlopen(
            method, url, redirect=False, retries=False, body=content, headers=headers, timeout=self._timeout,
            preload_content=preload_content,
        )  # fmt: skip

    def _manager(self, url: str) -> urllib3.PoolManager:
        """Connections for an address: those of its proxy, where the system names one."""
        proxy = self._proxy(url)
        with self._lock:
            if proxy not in self._managers:
                self._managers[proxy] = self._new_manager(proxy)
            return self._managers[proxy]

    def _proxy(self, url: str) -> str | None:
        if not self._proxies:
            return None
        at = urlsplit(url)
        proxy = self._proxies.get(at.scheme) or self._proxies.get("all")
        return None if proxy is None or proxy_bypass(at.hostname or "") else proxy

    def _new_manager(self, proxy: str | None) -> urllib3.PoolManager:
        kept: dict[str, Any] = {"maxsize": LANES, "ssl_context": self._trust}
        if proxy is None:
            manager = urllib3.PoolManager(**kept)
        else:
            at = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            known = f"{at.username}:{at.password or ''}" if at.username else None
            headers = urllib3.make_headers(proxy_basic_auth=known)
            manager = urllib3.ProxyManager(at.geturl(), proxy_headers=headers, **kept)
        manager.pool_classes_by_scheme = self._kinds
        return manager

    def _opened(self, opened: socket.socket) -> None:
        with self._lock:
            self._sockets.add(opened)
            broken = self._broken
        if broken:
            _shut(opened)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """urllib3's errors as faults. Nothing of an address is told: signed ones are secrets."""
        try:
            yield
        except urllib3.exceptions.TimeoutError as error:
            raise Offline(f"There was no answer from {self._whom}.") from error
        except DecodeError as error:
            raise Offline(f"The answer of {self._whom} could not be read.") from error
        except HTTPError as error:
            raise Offline(f"The connection to {self._whom} failed.") from error


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # The system's own call: that of an encrypted one takes away what a thread that reads still uses.
        socket.socket.shutdown(one, socket.SHUT_RDWR)


def _kinds(opened: Callable[[socket.socket], None], stall_s: float) -> dict[str, Any]:
    """urllib3's pools by scheme, whose connections tell of themselves."""

    class Connection(HTTPConnection):
        """Known to its line from its beginning; not used again after a long silence."""

        silent_since = 0.0

        def connect(self) -> None:
            super().connect()
            self.silent_since = time.monotonic()
            self.sock.settimeout(stall_s)
            opened(self.sock)

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
