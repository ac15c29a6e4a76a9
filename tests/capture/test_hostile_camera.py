"""A network camera that means harm: it leads nowhere else, and takes no more memory than a camera may."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coachvision.capture.camera import Trouble
from tests.capture.conftest import Filmed
from tests.capture.test_camera import of

Conversation = Callable[[socketserver.StreamRequestHandler, str], bool]


class Rude:
    """A server whose every connection is `answer`'s: it gets each request's first line, and says whether to go on.

    heard: these lines. Use `rude`.
    """

    def __init__(self, answer: Conversation) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    while line := self.rfile.readline().decode(errors="replace").strip():
                        heard.append(line)
                        while self.rfile.readline().strip():
                            pass
                        if not answer(self, line.split()[0]):
                            return
                except OSError:
                    # Whoever looked has gone.
                    return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        self.address = f"rtsp://{self.place}/court"


@contextmanager
def rude(answer: Conversation) -> Iterator[Rude]:
    made = Rude(answer)
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()


def told(handler: socketserver.StreamRequestHandler, status: str, more: str = "") -> bool:
    """An RTSP answer; the requests of one conversation are numbered from 1."""
    number = getattr(handler, "number", 0) + 1
    handler.number = number  # type: ignore[attr-defined]
    handler.wfile.write(f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n{more}\r\n".encode())
    return True


def sends_on(to: str) -> Conversation:
    def answer(handler: socketserver.StreamRequestHandler, method: str) -> bool:
        if method == "DESCRIBE":
            return told(handler, "302 Found", f"Location: {to}\r\n")
        return told(handler, "200 OK", "Public: DESCRIBE, SETUP, PLAY\r\n")

    return answer


def refuses(handler: socketserver.StreamRequestHandler, _method: str) -> bool:
    return told(handler, "404 Not Found")


@pytest.mark.parametrize("options", ["?http", "?https"])
def test_no_option_in_an_address_makes_it_another_protocol(film: Callable[[Rude], Filmed], options: str) -> None:
    with rude(refuses) as server:
        server.address += options
        filmed = film(server)
        filmed.until(lambda all_told: of(all_told, Trouble))
        assert [line for line in server.heard if line.startswith(("GET", "POST"))] == []
        filmed.camera.close()


def test_no_answer_leads_to_another_protocol(film: Callable[[Rude], Filmed]) -> None:
    """TLS would begin with a byte that is no request of RTSP."""
    with rude(refuses) as other, rude(sends_on(f"rtsps://{other.place}/court")) as server:
        filmed = film(server)
        filmed.until(lambda all_told: of(all_told, Trouble))
        assert server.heard[1].startswith("DESCRIBE")
        assert other.heard == []
        filmed.camera.close()


def test_a_description_of_two_gigabytes_takes_no_memory(film: Callable[[Rude], Filmed]) -> None:
    line = b"a=x:" + b"b" * 100_000 + b"\r\n"

    def answer(handler: socketserver.StreamRequestHandler, method: str) -> bool:
        if method == "OPTIONS":
            return told(handler, "200 OK", "Public: DESCRIBE\r\n")
        told(handler, "200 OK", f"Content-Type: application/sdp\r\nContent-Length: {2**31 - 48}\r\n")
        while True:
            handler.wfile.write(line)

    with rude(answer) as server:
        filmed = film(server)
        filmed.until(lambda all_told: of(all_told, Trouble))
        status = Path(f"/proc/{filmed.camera.pid}/status").read_text()
        most = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert most is not None
        assert int(most[1]) < 1_000_000
        filmed.camera.close()


def test_what_a_camera_says_in_its_own_words_is_cut(film: Callable[[Rude], Filmed]) -> None:
    def answer(handler: socketserver.StreamRequestHandler, _method: str) -> bool:
        handler.wfile.write(b"HTTP/1.1 404 " + b"gone " * 5_000 + b"\r\nContent-Length: 0\r\n\r\n")
        return False

    with rude(answer) as server:
        server.address = f"http://{server.place}/video"
        filmed = film(server)
        filmed.until(lambda all_told: of(all_told, Trouble))
        trouble = of(filmed.told, Trouble)[0]
        assert isinstance(trouble, Trouble)
        assert "404 gone" in trouble.error.message
        assert len(trouble.error.message) < 200
        filmed.camera.close()
