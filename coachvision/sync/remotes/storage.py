"""HTTP as sync needs it: connections that are kept, given up when they stall, and broken off at once on demand.

Also the storage's side of an upload, which is the same for every remote: parts PUT to signed addresses, objects read.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from coachvision.sync.faults import Busy, Expired, Fault, Gone, Mismatch, Offline, TooFast
from coachvision.sync.remotes.base import Address

# A connection that moves nothing for so long is dead; a slow one that moves is not.
STALL_S = 30.0
CONNECT_S = 15.0
# Less than any usual server or proxy keeps a silent connection (60 s and more): it is ours to give it up, or a request
# would meet its end half way.
KEPT_S = 30.0
CHUNK = 1 << 20


class Line:
    """Kept connections to one server. whom: how faults call it. Any thread."""

    def __init__(self, whom: str, stall_s: float = STALL_S, lanes: int = 8) -> None:
        self._whom = whom
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._broken = False
        self._http = httpx.Client(
            timeout=httpx.Timeout(stall_s, connect=min(CONNECT_S, stall_s)),
            limits=httpx.Limits(
                max_connections=lanes * 2, max_keepalive_connections=lanes * 2, keepalive_expiry=KEPT_S
            ),
            follow_redirects=False,
        )

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request and its whole answer. Raises Offline."""
        with self._told():
            return self._http.request(method, url, extensions={"trace": self._trace}, **more)

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """A GET whose body is read as it comes. Raises Offline."""
        with (
            self._told(),
            self._http.stream("GET", url, headers=headers, extensions={"trace": self._trace}) as reply,
        ):
            yield reply

    def break_off(self) -> None:
        """End every request that is under way, now: nobody waits for a server that is silent."""
        with self._lock:
            self._broken = True
            sockets = list(self._sockets)
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        opened = info["return_value"].get_extra_info("socket")
        if isinstance(opened, socket.socket):
            with self._lock:
                self._sockets.add(opened)
                broken = self._broken
            if broken:
                with contextlib.suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """httpx's errors as faults. Nothing of an address is told: signed ones are secrets."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise Offline(f"There was no answer from {self._whom}.") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise Offline(f"The connection to {self._whom} failed.") from error
        except httpx.DecodingError as error:
            raise Offline(f"The answer of {self._whom} could not be read.") from error


class Storage:
    """Parts to, and objects from, signed addresses."""

    def __init__(self, stall_s: float = STALL_S) -> None:
        # Apart from the gateway's connections: no header of the one ever goes to the other.
        self.line = Line("the storage", stall_s)

    def send(self, address: Address, body: Iterator[bytes], size: int, md5: str) -> None:
        """PUT one part; confirmed by the storage's own MD5. Raises a Fault."""
        headers = {**address.headers, "Content-Length": str(size)}
        reply = self.line.request("PUT", address.url, content=body, headers=headers)
        if not 200 <= reply.status_code < 300:
            raise _fault(reply)
        # A success without the storage's own MD5 of the bytes is none: error bodies have come with status 200.
        if reply.headers.get("ETag", "").strip('"').lower() != md5:
            raise Mismatch("The storage did not confirm what was sent.")

    def fetch(self, url: str, offset: int) -> Iterator[bytes]:
        """The bytes of an object from an offset on. Raises a Fault."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        with self.line.stream(url, headers) as reply:
            if reply.status_code not in (200, 206):
                reply.read()
                raise _fault(reply)
            if offset and reply.status_code != 206:
                raise Busy("The storage began from the start again.")
            yield from reply.iter_raw(CHUNK)


def _fault(reply: httpx.Response) -> Fault:
    status = reply.status_code
    if status == 403:
        return Expired("The address to send to has expired.")
    if status in (404, 410):
        return Gone("The storage does not know this upload any more.")
    if status == 400 and b"BadDigest" in reply.content[:4096]:
        return Mismatch("What arrived was not what was sent.")
    if 300 <= status < 400:
        return Offline("Something else than the storage answered: does this network want you to sign in?")
    return busy("The storage", reply)


def busy(who: str, reply: httpx.Response) -> Busy:
    """A server that cannot now, or not so fast."""
    kind = TooFast if reply.status_code == 429 else Busy
    return kind(f"{who} is busy.", retry_after(reply))


def retry_after(reply: httpx.Response) -> float | None:
    """Seconds; dates are not understood on purpose: they would need both clocks to be right."""
    value = reply.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None
