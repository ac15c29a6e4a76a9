"""Debian's Redis as a process of the tests: on a free port of loopback, nothing on disk, gone with its parent."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys

import redis

from tests.support.process import ServerProcess, announce, end_with_parent


def start() -> ServerProcess:
    """A running Redis; `ready["url"]` is where."""
    return ServerProcess.module("tests.support.redis_server")


def main() -> None:
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is not installed: `make system` installs what the tests need")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdin=subprocess.DEVNULL, stdout=sys.stderr,
    )  # fmt: skip

    def end() -> None:
        server.kill()
        server.wait()

    end_with_parent(end)
    with redis.Redis(port=port) as client:
        while server.poll() is None:
            try:
                client.ping()
            except redis.ConnectionError:
                continue
            announce(url=f"redis://127.0.0.1:{port}")
            break
    server.wait()


if __name__ == "__main__":
    main()
