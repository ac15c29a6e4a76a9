"""A web server that says what it was sent: the upstream of the fault proxy's tests. Counts what it served."""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.process import announce, end_with_parent


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served = 0

    def do_PUT(self) -> None:
        Echo.served += 1
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        told = {"host": self.headers["host"], "sha256": hashlib.sha256(body).hexdigest(), "path": self.path}
        self._send(json.dumps(told).encode())

    def do_GET(self) -> None:
        if self.path == "/served":
            self._send(str(Echo.served).encode())
        else:
            Echo.served += 1
            self._send(b"0123456789" * int(self.path.strip("/")))

    def _send(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    end_with_parent()
    announce(url=f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


if __name__ == "__main__":
    main()
