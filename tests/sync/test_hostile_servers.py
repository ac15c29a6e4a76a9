"""What answers in a server's place, or lies between: the line is offline then, and keeps nothing. Raw sockets."""

from __future__ import annotations

import base64
import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coachvision.sync.faults import Fault, Offline
from coachvision.sync.remotes import connections
from coachvision.sync.remotes import line as line_module
from coachvision.sync.remotes.gateway import GatewayRemote
from coachvision.sync.remotes.line import Line, Reply, TooLong
from coachvision.sync.remotes.storage import retry_after
from tests.sync.test_line import SOON_S, UNENDING_S, Asking, server_context, write_certificate

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SIGNATURE = "X-Amz-Signature=5ec4e7"
Talk = Callable[["Server", socket.socket], None]


class Server:
    """Talks over each connection as it is told to."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.at = f"127.0.0.1:{self.port}"
        self.heads: list[bytes] = []
        # A connection that has nothing to say any more.
        self.held = threading.Event()
        self.cut = threading.Event()
        self.released = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = self._listening.accept()
                self._threads.append(threading.Thread(target=self._one, args=(one,)))
                self._threads[-1].start()

    def _one(self, one: socket.socket) -> None:
        one.settimeout(60)
        with one:
            try:
                self._talk(self, one)
            except OSError:
                self.cut.set()

    def head(self, one: socket.socket) -> None:
        """The next request."""
        got = b""
        while b"\r\n\r\n" not in got:
            piece = one.recv(1 << 16)
            if not piece:
                raise ConnectionError
            got += piece
        self.heads.append(got)

    def hold(self) -> None:
        self.held.set()
        self.released.wait(UNENDING_S)

    def stop(self) -> None:
        self.released.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Talk], Server]]:
    running: list[Server] = []

    def serve(talk: Talk) -> Server:
        running.append(Server(talk))
        return running[-1]

    yield serve
    for one in running:
        one.stop()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line("the cloud")
    yield line
    line.close()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One for localhost, which this process trusts."""
    path = tmp_path / "certificate.pem"
    write_certificate(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def answering(*answers: bytes) -> Talk:
    """One answer after the other over the same connection."""

    def talk(server: Server, one: socket.socket) -> None:
        for answer in answers:
            server.head(one)
            one.sendall(answer)
        server.hold()

    return talk


def encrypted(talk: Talk, certificate: Path) -> Talk:
    context = server_context(certificate)

    def over(server: Server, one: socket.socket) -> None:
        with context.wrap_socket(one, server_side=True) as inner:
            talk(server, inner)

    return over


def tunnel(server: Server, one: socket.socket) -> None:
    """A proxy that lets through."""
    server.head(one)
    host, _, port = server.heads[-1].split()[1].decode().rpartition(":")
    with socket.create_connection((host, int(port))) as far:
        one.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=pump, args=(far, one))
        back.start()
        pump(one, far)
        back.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def silent(server: Server, one: socket.socket) -> None:
    one.recv(1)
    server.hold()


def get(line: Line, url: str) -> bytes:
    return line.request("GET", url, headers={"Accept-Encoding": "gzip"}).body


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_what_comes_before_an_answer_is_not_taken_for_it_nor_the_answer_for_the_next_ones(
    serve: Callable[[Talk], Server], line: Line, status: bytes
) -> None:
    passing = b"HTTP/1.1 " + status + b"\r\nLink: </a>\r\n\r\n"
    server = serve(answering(passing * 2 + OK, b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno"))
    assert line.request("GET", f"http://{server.at}/", headers={}) == Reply(200, {"Content-Length": "2"}, b"ok")
    assert line.request("GET", f"http://{server.at}/", headers={}).status == 404


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000 + OK, id="flood"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", id="chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\nok", id="header"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 10_000 + b"\r\n", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", id="packed"),
    ],
)
def test_an_answer_that_is_none_counts_as_offline_and_no_address_is_written_down(
    serve: Callable[[Talk], Server], line: Line, caplog: pytest.LogCaptureFixture, answer: bytes
) -> None:
    server = serve(answering(answer))
    with pytest.raises(Offline) as met:
        get(line, f"http://{server.at}/part?{SIGNATURE}")
    assert SIGNATURE not in caplog.text + met.value.told


def endless(server: Server, one: socket.socket) -> None:
    server.head(one)
    one.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        one.sendall(b"x" * (1 << 20))


def test_an_answer_without_end_is_not_kept(
    serve: Callable[[Talk], Server], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "MOST_BYTES", 4 << 20)
    server = serve(endless)
    with pytest.raises(TooLong):
        get(line, f"http://{server.at}/")
    assert server.cut.wait(60)


def test_a_small_answer_that_unpacks_to_a_large_one_is_not_kept(
    serve: Callable[[Talk], Server], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "MOST_BYTES", 4 << 20)
    packed = gzip.compress(b"\0" * (5 << 20))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with pytest.raises(TooLong):
        get(line, f"http://{serve(answering(head + packed)).at}/")


def test_changes_too_large_for_one_answer_are_asked_for_a_few_at_a_time(
    serve: Callable[[Talk], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tokens:
        user_id = None

        def access_token(self, *, rejected: str | None = None) -> str:
            return "token"

    monkeypatch.setattr(line_module, "MOST_BYTES", 1000)
    page = b'{"changes": [], "cursor": "e.9", "more": true}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"

    def talk(server: Server, one: socket.socket) -> None:
        server.head(one)
        few = b"limit=" in server.heads[-1]
        body = page if few else page + b" " * 1000
        one.sendall(head % len(body) + body)

    server = serve(talk)
    remote = GatewayRemote(f"http://{server.at}", Tokens())
    assert remote.changes("e.7").cursor == "e.9"
    remote.close()
    assert [one.split()[1] for one in server.heads] == [b"/v1/changes?cursor=e.7", b"/v1/changes?cursor=e.7&limit=8"]


@pytest.mark.parametrize("name", ["", "two words", "a\r\nX-Other", "\u00e9"])
def test_a_header_whose_name_is_none_is_not_sent(serve: Callable[[Talk], Server], line: Line, name: str) -> None:
    server = serve(answering(OK))
    with pytest.raises(Offline, match="could not be read"):
        line.request("GET", f"http://{server.at}/", headers={name: "x"})
    assert server.heads == []


@pytest.mark.parametrize(
    "url", ["", "//x", "/path", "ftp://localhost/", "http://", "http://[::1", "http://localhost:x/"]
)
def test_an_address_that_is_none_counts_as_offline(line: Line, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(Offline):
        get(line, url)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    by_proxy = Line("the cloud")
    with pytest.raises(Offline):
        get(by_proxy, url)
    by_proxy.close()


def test_a_word_that_is_not_a_number_of_seconds_is_no_time_to_wait() -> None:
    assert retry_after(Reply(503, {"Retry-After": "\u00b2"}, b"")) is None
    assert retry_after(Reply(503, {"Retry-After": "7"}, b"")) == 7.0


# Addresses

NOT_TO_BE_REACHED = ("255.255.255.255", 9)


def test_of_a_servers_addresses_the_first_that_answers_is_taken(
    serve: Callable[[Talk], Server], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answering(OK))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        places = [NOT_TO_BE_REACHED, nobody.getsockname(), ("127.0.0.1", server.port)]
        told = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", place) for place in places]
        monkeypatch.setattr(connections, "getaddrinfo", lambda *_: told)
        assert get(line, "http://cloud.invalid/") == b"ok"


def test_a_server_of_no_name_that_there_is_counts_as_offline(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Offline):
        get(line, f"http://{'a' * 80}.invalid/")
    monkeypatch.setattr(connections, "getaddrinfo", unknown)
    with pytest.raises(Offline):
        get(line, "http://cloud.invalid/")


# Proxies


def test_a_proxys_name_and_password_are_told_as_they_are_not_as_an_address_writes_them(
    serve: Callable[[Talk], Server], monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    far = serve(encrypted(answering(OK), certificate))
    proxy = serve(tunnel)
    monkeypatch.setenv("https_proxy", f"http://co%40ach:s%3Acr%2Fet%C3%A9@{proxy.at}")
    line = Line("the cloud")
    assert get(line, f"https://localhost:{far.port}/") == b"ok"
    line.close()
    told = proxy.heads[0].partition(b"Proxy-Authorization: Basic ")[2].split()[0]
    assert base64.b64decode(told).decode() == "co@ach:s:cr/et\u00e9"
    # It is the proxy's affair alone.
    assert b"Proxy-Authorization" not in far.heads[0]


def test_a_server_may_be_named_as_near_with_its_port(
    serve: Callable[[Talk], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answering(OK))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", server.at)
    line = Line("the cloud")
    assert get(line, f"http://{server.at}/") == b"ok"
    line.close()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "ftp://127.0.0.1:1"])
def test_a_proxy_of_another_kind_is_told_as_what_it_is(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("all_proxy", proxy)
    line = Line("the cloud")
    with pytest.raises(Offline, match="proxy is of a kind that cannot be used"):
        get(line, "http://cloud.invalid/")
    line.close()


# An end on demand


@pytest.fixture
def unending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's patience ends: neither for a connection, nor for a handshake, nor for an answer."""
    monkeypatch.setattr(line_module, "CONNECT_S", UNENDING_S)


def broken_off(line: Line, url: str, waiting: Server) -> list[Fault]:
    """What a request meets that is broken off while `waiting` holds it."""
    asking = Asking(line, url)
    assert waiting.held.wait(60)
    line.break_off()
    over = asking.over(SOON_S)
    waiting.released.set()
    asking.over()
    line.close()
    assert over
    return asking.met


@pytest.mark.usefixtures("unending")
def test_a_connection_that_nobody_takes_ends_on_demand() -> None:
    line = Line("x", UNENDING_S)
    with contextlib.ExitStack() as stack:
        # Its queue is full: whatever else is sent there is dropped, as on a wireless network that is gone.
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())

        asking = Asking(line, f"http://127.0.0.1:{full.getsockname()[1]}/")
        assert not asking.over(0.5)
        line.break_off()
        over = asking.over(SOON_S)
    # Refused at the latest now that nobody listens.
    asking.over()
    line.close()
    assert over
    assert [type(one) for one in asking.met] == [Offline]


@pytest.mark.usefixtures("unending")
def test_a_handshake_that_nobody_answers_ends_on_demand(serve: Callable[[Talk], Server]) -> None:
    server = serve(silent)
    assert [type(one) for one in broken_off(Line("x", UNENDING_S), f"https://{server.at}/", server)] == [Offline]


@pytest.mark.usefixtures("unending")
def test_a_proxy_that_is_silent_about_a_tunnel_ends_on_demand(
    serve: Callable[[Talk], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(silent)
    monkeypatch.setenv("https_proxy", f"http://{proxy.at}")
    assert [type(one) for one in broken_off(Line("x", UNENDING_S), "https://cloud.invalid/", proxy)] == [Offline]


@pytest.mark.usefixtures("unending")
def test_a_request_by_way_of_an_encrypted_proxy_ends_on_demand(
    serve: Callable[[Talk], Server], monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    far = serve(encrypted(silent, certificate))
    proxy = serve(encrypted(tunnel, certificate))
    monkeypatch.setenv("https_proxy", f"https://localhost:{proxy.port}")
    assert [type(one) for one in broken_off(Line("x", UNENDING_S), f"https://localhost:{far.port}/", far)] == [Offline]
