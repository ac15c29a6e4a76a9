"""A bad network as a process: an HTTP proxy in front of one server, with faults, R2's rules, a rate and a byte limit.

`FaultProxy.start(upstream)` gives a handle. The Host header goes through unchanged, so addresses signed for the proxy's
own address hold behind it. A fault is
`{"kind", "path": regex over path and query, "method", "skip": how many pass first, "times": how many it hits}`:

- `reset`: a TCP reset; with `at` after so many bytes of the request's body, else before any;
- `stall`: as `reset`, but silence until the faults change; `stall_reply`: the same with half of the answer sent;
- `late`: served after `seconds`;
- `lost`: served, then a reset instead of the answer;
- `truncate`: served, the answer ends after `at` bytes of its body (half of it by default);
- `status`: `status`, `body`, `headers`, not forwarded; with `forward` it is forwarded and its answer replaced;
- `error_in_200`: 200 with an S3 `<Error>`, not forwarded.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from tests.support.process import announce, end_with_parent
from tests.support.proxy_handle import FaultProxy
from tests.support.r2_rules import R2Rules, error_body

__all__ = ["FaultProxy"]

BLOCK = 65536
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}


class _Cut(Exception):  # noqa: N818 - ordered, not an error
    """The connection ends here, with a reset."""


class _Network:
    """What is wrong at the moment, shared by all connections."""

    def __init__(self, upstream: str) -> None:
        self.host, self.port = urlsplit(upstream).hostname or "", urlsplit(upstream).port or 80
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.connections: set[socket.socket] = set()
        self.log: list[dict[str, Any]] = []
        self.fresh()

    def fresh(self) -> None:
        self.offline = False
        self.rate: float | None = None
        self.cut_after: int | None = None
        self.up = self.down = 0
        self.r2: R2Rules | None = None
        self.log.clear()
        self.set_faults([])

    def set_faults(self, faults: list[dict[str, Any]]) -> None:
        self.faults = [dict(fault) for fault in faults]
        self.released.set()
        self.released = threading.Event()

    def configure(self, **values: Any) -> None:
        for name, value in values.items():
            if name == "r2":
                self.r2 = R2Rules() if value else None
            elif name in ("offline", "rate", "cut_after"):
                setattr(self, name, value)
            else:
                raise ValueError(name)
        if "cut_after" in values:
            self.up = self.down = 0
        if self.offline:
            self.reset_all()

    def reset_all(self) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.shutdown(socket.SHUT_RDWR)

    def take_fault(self, method: str, target: str) -> dict[str, Any]:
        for fault in self.faults:
            if fault.get("method", method) != method or not re.search(fault.get("path", ""), target):
                continue
            if fault.get("skip"):
                fault["skip"] -= 1
                return {}
            if fault.get("times") is not None:
                fault["times"] -= 1
                if fault["times"] == 0:
                    self.faults.remove(fault)
            return fault
        return {}

    def count(self, up: int = 0, down: int = 0) -> None:
        """Bytes of a body that pass. Raises _Cut when the limit is reached: the network is gone from then on."""
        with self.lock:
            self.up += up
            self.down += down
            if self.cut_after is not None and self.up + self.down >= self.cut_after:
                self.offline = True
                self.reset_all()
        if self.offline:
            raise _Cut
        if self.rate:
            self.released.wait((up + down) / self.rate)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, network: _Network, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.network = network
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what this is for; anything else is a defect of the proxy, shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(cast("Any", request), client_address)


class _Proxied(BaseHTTPRequestHandler):
    """One connection of a client, and one to the server behind."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.network = self.server.network
        self.network.connections.add(self.connection)
        self.behind: http.client.HTTPConnection | None = None

    def finish(self) -> None:
        self.network.connections.discard(self.connection)
        if self.behind is not None:
            self.behind.close()
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass

    def __getattr__(self, name: str) -> Any:
        # The library looks a method up for each verb; here they are all the same.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        entry = {"method": self.command, "target": self.path, "status": None, "at": time.monotonic()}
        with self.network.lock:
            fault = self.network.take_fault(self.command, self.path)
            self.network.log.append(entry)
        try:
            if self.network.offline:
                raise _Cut
            entry["status"] = self._exchange(fault)
        except (_Cut, http.client.HTTPException, OSError):
            # To the client, whatever broke behind is a broken connection.
            self._hang_up()

    def _exchange(self, fault: dict[str, Any]) -> int:
        kind, released = fault.get("kind", ""), self.network.released
        body = self._body(fault, released)
        if kind in ("reset", "stall") and not fault.get("at"):
            self._break(kind, released)
        if kind == "late":
            released.wait(fault["seconds"])
        if kind == "error_in_200" or (kind == "status" and not fault.get("forward")):
            for _ in body:
                pass
            return self._reply_with(fault)
        refusal = self._r2_refusal()
        if refusal is not None:
            for _ in body:
                pass
            return self._reply(refusal[0], {"content-type": "application/xml"}, refusal[1].encode())
        answer = self._forward(body)
        with answer:
            if self.network.r2 is not None and answer.status < 300:
                self.network.r2.served(self.command, self.path, int(self.headers.get("content-length") or 0))
            if kind == "lost":
                answer.read()
                raise _Cut
            if kind == "status":
                answer.read()
                return self._reply_with(fault)
            self._relay(answer, kind, fault.get("at"), released)
            return answer.status

    def _break(self, kind: str, released: threading.Event) -> None:
        if kind == "stall":
            released.wait()
        raise _Cut

    def _body(self, fault: dict[str, Any], released: threading.Event) -> Iterator[bytes]:
        """The request's body as it comes in; the fault strikes at its byte."""
        at = fault.get("at") if fault.get("kind") in ("reset", "stall") else None
        seen = 0
        for block in self._blocks():
            if at is not None and seen + len(block) >= at:
                yield block[: at - seen]
                self._break(fault["kind"], released)
            seen += len(block)
            self.network.count(up=len(block))
            yield block

    def _blocks(self) -> Iterator[bytes]:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("content-length") or 0)
        while left:
            block = self.rfile.read1(min(left, BLOCK))  # type: ignore[attr-defined]
            if not block:
                raise _Cut
            left -= len(block)
            yield block

    def _r2_refusal(self) -> tuple[int, str] | None:
        rules = self.network.r2
        if rules is None:
            return None
        return rules.refusal(self.command, self.path, self.headers)

    def _forward(self, body: Iterator[bytes]) -> http.client.HTTPResponse:
        if self.behind is None:
            self.behind = http.client.HTTPConnection(self.network.host, self.network.port, timeout=60)
            self.behind.connect()
            self.behind.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.behind.putheader(name, value)
        chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        if chunked:
            self.behind.putheader("transfer-encoding", "chunked")
        elif "content-length" in self.headers:
            self.behind.putheader("content-length", self.headers["content-length"])
        self.behind.endheaders()
        for block in body:
            self.behind.send(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
        if chunked:
            self.behind.send(b"0\r\n\r\n")
        answer = self.behind.getresponse()
        if answer.will_close:
            self.behind = None
        return answer

    def _relay(self, answer: http.client.HTTPResponse, kind: str, at: int | None, released: threading.Event) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        length = answer.getheader("content-length")
        bodyless = self.command == "HEAD" or answer.status in (204, 304)
        if length is not None:
            self.send_header("content-length", length)
        elif not bodyless:
            self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if bodyless:
            return
        limit = None
        if kind in ("truncate", "stall_reply"):
            limit = at if at is not None else int(length or 2) // 2
        sent = 0
        while block := answer.read1(BLOCK):
            self.network.count(down=len(block))
            if limit is not None and sent + len(block) > limit:
                self.wfile.write(block[: limit - sent])
                self._break("stall" if kind == "stall_reply" else "reset", released)
            sent += len(block)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block) if length is None else block)
        if length is None:
            self.wfile.write(b"0\r\n\r\n")

    def _reply_with(self, fault: dict[str, Any]) -> int:
        if fault["kind"] == "error_in_200":
            xml = error_body(fault.get("code", "InternalError"), "We encountered an internal error. Please try again.")
            return self._reply(200, {"content-type": "application/xml"}, xml.encode())
        body = fault.get("body", "")
        text = json.dumps(body) if isinstance(body, dict) else body
        return self._reply(fault["status"], fault.get("headers", {}), text.encode())

    def _reply(self, status: int, headers: dict[str, str], body: bytes) -> int:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return status

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
            self.connection.close()
        self.close_connection = True


class _Controlled(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        values = json.loads(self.rfile.read(int(self.headers["content-length"])))
        network = self.server.network
        verb = self.path.strip("/")
        if verb == "log":
            told: Any = {"requests": list(network.log), "up": network.up, "down": network.down}
        else:
            told = {"reset": network.fresh, "faults": network.set_faults, "configure": network.configure}[verb](
                **values
            )
        data = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description="A bad network in front of one HTTP server.")
    parser.add_argument("upstream", help="http://host:port")
    network = _Network(parser.parse_args().upstream)
    front, control = _Server(network, _Proxied), _Server(network, _Controlled)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    end_with_parent()
    announce(url=front.url, control=control.url)
    front.serve_forever()


if __name__ == "__main__":
    main()
