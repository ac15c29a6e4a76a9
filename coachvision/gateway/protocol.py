"""HTTP connections that answer at once. And how uvicorn serves. For `main`.

uvicorn writes an answer's headers and body apart. Where it has bound the port for several workers, the sockets do not
say that they are TCP, asyncio leaves Nagle's algorithm on, and each body waits 40 ms for the acknowledgement of its
headers: a tenth of the requests a second.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol


class PromptProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # chosen by uvicorn when it is imported
    """The protocol uvicorn would choose, without Nagle's algorithm."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


# Who is believed about a caller's address is ours to say: uvicorn would believe X-Forwarded-For from loopback. A silent
# connection is kept for longer than apps and proxies keep theirs, so that none is closed under a request.
SERVING: dict[str, Any] = {
    "proxy_headers": False, "server_header": False, "access_log": False, "log_config": None, "http": PromptProtocol,
    "timeout_keep_alive": 75,
}  # fmt: skip
