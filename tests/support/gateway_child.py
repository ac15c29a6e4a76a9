"""The gateway as a process: `python -m tests.support.gateway_child`, configured by its environment alone.

Serves on a free port of loopback, announces its address, and ends when standard input closes. For `gateway_process`.
"""

from __future__ import annotations

import socket

import uvicorn

from coachvision.gateway.app import factory
from coachvision.gateway.protocol import SERVING
from tests.support.process import announce, end_with_parent


def main() -> None:
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    app = factory()
    end_with_parent()
    announce(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    uvicorn.Server(uvicorn.Config(app, **SERVING)).run(sockets=[listener])


if __name__ == "__main__":
    main()
