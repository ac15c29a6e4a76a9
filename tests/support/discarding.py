"""A cloud that keeps nothing but counts: gateway and storage in one, for files too large to be kept. No checks but MD5.

`python -m tests.support.discarding` announces its address and ends when standard input closes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.process import announce, end_with_parent

PART_BYTES = 16 << 20
BLOCK = 1 << 20
_WHEN = "2026-01-31T12:00:00.000Z"


class _Cloud(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.uploads: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, set[int]] = {}
        self.taken = 0
        self.counting = threading.Lock()


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Cloud

    def do_GET(self) -> None:
        if self.path.startswith("/taken"):
            self._answer({"bytes": self.server.taken})
        else:
            self._answer({"changes": [], "cursor": "0", "more": False})

    def do_POST(self) -> None:
        body = self._json()
        parts = self.path.split("/")
        if self.path == "/v1/uploads":
            self._announced(body)
        elif parts[-1] == "urls":
            self._answer({"parts": [self._signed(parts[3], one) for one in body["parts"]], "expires": _WHEN})
        elif parts[-1] == "complete":
            upload = self.server.uploads[parts[3]]
            upload["state"] = "stored" if len(self.server.parts[parts[3]]) == upload["parts_total"] else "open"
            self._answer(upload)

    def do_PUT(self) -> None:
        if self.path.startswith("/v1/sessions/"):
            manifest = self._json()
            state = {
                "id": self.path.split("/")[-1], "kind": manifest.get("kind", "session"), "rev": 1, "deleted": False,
                "device_id": "d", "changed": _WHEN, "manifest": None,
            }  # fmt: skip
            self._answer(state)
            return
        digest, left = hashlib.md5(usedforsecurity=False), int(self.headers["Content-Length"])
        while left:
            block = self.rfile.read(min(BLOCK, left))
            digest.update(block)
            left -= len(block)
        right = base64.b64encode(digest.digest()).decode() == self.headers["Content-MD5"]
        _, _, upload, number = self.path.split("/")
        if right:
            self.server.parts[upload].add(int(number))
            # Several parts come at once: counting is reading and writing.
            with self.server.counting:
                self.server.taken += int(self.headers["Content-Length"])
        self._answer({}, 200 if right else 400, {"ETag": f'"{digest.hexdigest()}"'})

    def _announced(self, body: dict[str, Any]) -> None:
        upload_id = str(uuid.uuid4())
        self.server.parts[upload_id] = set()
        self.server.uploads[upload_id] = {
            **{name: body[name] for name in ("session_id", "kind", "ext", "size", "sha256")}, "upload_id": upload_id,
            "part_size": PART_BYTES, "parts_total": -(-body["size"] // PART_BYTES), "state": "open",
        }  # fmt: skip
        self._answer(self.server.uploads[upload_id], 201)

    def _signed(self, upload: str, part: dict[str, Any]) -> dict[str, Any]:
        md5 = base64.b64encode(bytes.fromhex(part["md5"])).decode()
        url = f"{self.server.url}/part/{upload}/{part['n']}"
        return {"n": part["n"], "url": url, "size": 0, "headers": {"Content-MD5": md5}}

    def _json(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def _answer(self, told: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(told).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def main() -> None:
    cloud = _Cloud()
    end_with_parent()
    announce(url=cloud.url)
    cloud.serve_forever()
    sys.exit(0)


if __name__ == "__main__":
    main()
