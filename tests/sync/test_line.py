"""The line that sync's requests go over: proxies, age, patience, encryption, an end on demand. Against real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from coachvision.sync.faults import Fault, Offline
from coachvision.sync.remotes import connections
from coachvision.sync.remotes.line import Line

# What a slow server takes with a pause after each mouthful, far below the patience that is given to the line; the rest,
# more than the system keeps for it, it takes at once.
SLOW, BODY = 6 << 20, 16 << 20
MOUTHFUL = 512 << 10
BREATH_S = 0.25
PATIENCE_S = 2.0
# A line's own patience where its end is not to be that, and how soon an end on demand is, however busy the machine.
UNENDING_S, SOON_S = 600.0, 30.0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        seen = SimpleNamespace(target=self.path, auth=self.headers["Proxy-Authorization"], peer=self.client_address)
        self.server.seen.append(seen)
        if self.path.endswith("/silent"):
            self.server.held.set()
            self.server.released.wait(UNENDING_S)
        self.answer()

    def do_PUT(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, MOUTHFUL)))
            if left > BODY - SLOW:
                self.server.released.wait(BREATH_S)
        self.answer()

    def answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        # So little is taken in before it is read that the sender has to wait.
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
        self.server_bind()
        self.server_activate()
        self.seen: list[SimpleNamespace] = []
        self.held = threading.Event()
        self.released = threading.Event()

    @property
    def at(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@pytest.fixture
def start() -> Iterator[Callable[[], Server]]:
    running: list[tuple[Server, threading.Thread]] = []

    def start() -> Server:
        server = Server()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server(start: Callable[[], Server]) -> Server:
    return start()


@pytest.fixture
def encrypted(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server behind TLS, whose certificate this process trusts."""
    certificate = tmp_path / "certificate.pem"
    write_certificate(certificate)
    server.socket = server_context(certificate).wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return server


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    told = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(told + certificate.public_bytes(serialization.Encoding.PEM))


def get(line: Line, url: str) -> bytes:
    return line.request("GET", url, headers={}).body


class Asking:
    """A request under way in a thread of its own. met: what it ended with, if that was a fault."""

    def __init__(self, line: Line, url: str) -> None:
        self._line = line
        self._url = url
        self.met: list[Fault] = []
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        try:
            get(self._line, self._url)
        except Fault as fault:
            self.met.append(fault)

    def over(self, patience_s: float | None = None) -> bool:
        """Whether it came to its end within so many seconds; None: however long that takes."""
        self._thread.join(patience_s)
        return not self._thread.is_alive()


def test_the_systems_proxy_is_used_but_for_those_that_it_names_as_near(
    start: Callable[[], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, near = start(), start()
    monkeypatch.setenv("http_proxy", f"http://coach:secret@{proxy.at}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    line = Line("the cloud")
    assert get(line, "http://cloud.invalid/far") == b"ok"
    assert get(line, f"http://{near.at}/near") == b"ok"
    line.close()
    assert [(one.target, one.auth) for one in proxy.seen] == [("http://cloud.invalid/far", "Basic Y29hY2g6c2VjcmV0")]
    assert [(one.target, one.auth) for one in near.seen] == [("/near", None)]


def test_a_connection_is_kept_but_not_used_again_after_a_long_silence(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line("the cloud")
    for _ in range(2):
        get(line, f"http://{server.at}/")
    monkeypatch.setattr(connections, "KEPT_S", 0.0)
    get(line, f"http://{server.at}/")
    line.close()
    first, second, third = (one.peer for one in server.seen)
    assert first == second
    assert third != second


def test_a_server_that_takes_little_at_a_time_is_slow_and_not_dead(server: Server) -> None:
    line = Line("the storage", PATIENCE_S)
    headers = {"Content-Length": str(BODY)}
    reply = line.request("PUT", f"http://{server.at}/", headers=headers, content=iter([b"x" * BODY]))
    assert (reply.status, reply.body) == (200, b"ok")
    line.close()


def test_a_server_that_nobody_vouches_for_is_not_spoken_to(encrypted: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line("the cloud")
    assert get(line, f"https://localhost:{encrypted.server_address[1]}/") == b"ok"
    line.close()
    monkeypatch.delenv("SSL_CERT_FILE")
    stranger = Line("the cloud")
    with pytest.raises(Offline):
        get(stranger, f"https://localhost:{encrypted.server_address[1]}/")
    stranger.close()
    assert len(encrypted.seen) == 1


def test_an_encrypted_request_that_nobody_answers_ends_on_demand(encrypted: Server) -> None:
    line = Line("the cloud", UNENDING_S)
    asking = Asking(line, f"https://localhost:{encrypted.server_address[1]}/silent")
    assert encrypted.held.wait(60)
    line.break_off()
    over = asking.over(SOON_S)
    encrypted.released.set()
    asking.over()
    line.close()
    assert over
    assert [type(one) for one in asking.met] == [Offline]


def test_a_header_that_would_break_the_request_is_not_sent(server: Server) -> None:
    line = Line("the storage")
    with pytest.raises(Offline, match="could not be read"):
        line.request("GET", f"http://{server.at}/", headers={"Content-MD5": "a\r\nX-Other: b"})
    line.close()
    assert server.seen == []
