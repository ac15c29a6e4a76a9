"""Where the browser comes back to after signing in: one address on this machine, for one code, once.

On 127.0.0.1, at a port and a path that nobody can guess; only a GET of that very path, asked of that very host, counts,
so that neither a web page (DNS rebinding) nor another program on the machine can put a code of its own in. The code
alone is worth nothing: exchanging it needs the verifier that never leaves this process. For the accounts room alone.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import ClassVar, Self
from urllib.parse import parse_qs, urlsplit

from coachvision.errors import AccountError, Cancelled

_POLL_S = 0.1
_STALL_S = 5.0
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>CoachVision</title>
<style>body{{font:18px system-ui,sans-serif;margin:20vh auto;max-width:32em;padding:0 1em;text-align:center}}</style>
<h1>{title}</h1><p>{text}</p></html>"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


class Loopback:
    """Listens from its making to its closing. address: what to give the service as redirect."""

    def __init__(self) -> None:
        self._path = f"/{secrets.token_urlsafe(32)}"
        self._answers: SimpleQueue[dict[str, str]] = SimpleQueue()
        try:
            self._server = _Server(("127.0.0.1", 0), _Handler)
        except OSError as error:
            raise AccountError(
                "The browser cannot come back", f"This machine lets nobody listen on 127.0.0.1 ({error.strerror})",
                hint="Sign in with a mailed code or a password.",
            ) from error  # fmt: skip
        self._server.timeout = _POLL_S
        self._server.take = self._take
        self.address = f"http://127.0.0.1:{self._server.server_port}{self._path}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()

    def wait(self, patience_s: float, cancelled: Callable[[], bool] = lambda: False) -> str:
        """The code, once the browser brings it. Raises AccountError (refused, never came), Cancelled."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if cancelled():
                raise Cancelled
            self._server.handle_request()
            try:
                answer = self._answers.get_nowait()
            except Empty:
                continue
            if "code" in answer:
                return answer["code"]
            told = answer.get("error_description") or answer["error"]
            raise AccountError(
                "The browser brought no sign-in", " ".join(told.split())[:200], hint="Try again, or choose another way."
            )
        raise AccountError(
            "The browser did not come back", "Nobody finished signing in there", hint="Try again.", retryable=True
        )

    def _take(self, method: str, host: str, target: str) -> tuple[int, str, str]:
        """What to answer: status, heading, text. In the request's own thread."""
        parts = urlsplit(target)
        at_home = host == f"127.0.0.1:{self._server.server_port}"
        if method != "GET" or not at_home or not secrets.compare_digest(parts.path.encode(), self._path.encode()):
            return 404, "Nothing here", ""
        given = {name: values[0] for name, values in parse_qs(parts.query).items() if len(values) == 1}
        if "code" not in given and "error" not in given:
            return 400, "This is no sign-in", "Start again in CoachVision."
        with self._server.once:
            if self._server.used:
                return 410, "This was used already", "Start again in CoachVision."
            self._server.used = True
        self._answers.put(given)
        if "code" in given:
            return 200, "Back to CoachVision", "You can close this page."
        return 200, "Not signed in", "CoachVision tells you more."


class _Server(ThreadingHTTPServer):
    # Closing waits for the threads; each gives up on a silent client after `_STALL_S`.
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.once = threading.Lock()
        self.used = False
        self.take: Callable[[str, str, str], tuple[int, str, str]] = lambda *_: (404, "", "")

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _STALL_S
    server_version = "CoachVision"
    sys_version = ""
    server: ClassVar[_Server]  # type: ignore[misc]  # set by socketserver for each request

    def do_GET(self) -> None:
        self._reply("GET")

    def do_POST(self) -> None:
        self._reply("POST")

    def _reply(self, method: str) -> None:
        status, title, text = self.server.take(method, self.headers.get("Host", ""), self.path)
        body = _PAGE.format(title=title, text=text).encode()
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the code would be in it."""
