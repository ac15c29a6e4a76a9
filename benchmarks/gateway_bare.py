"""The peer of `benchmarks.gateway`: a bare Starlette endpoint that verifies the same token, in a process of its own.

What a programmer in a hurry would write: the key fetched once, `jwt.decode`, one JSON answer. Served as the gateway is.
With `COACHVISION_BENCH_REMEMBER` it remembers tokens it found good until they expire, as the gateway does.
"""

from __future__ import annotations

import os
import socket
import time
from typing import Any

import httpx
import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support.process import announce, end_with_parent


def create(issuer: str, *, remember: bool) -> Starlette:
    """The application. remember: a token is verified once."""
    keys = jwt.PyJWKSet.from_dict(httpx.get(f"{issuer}/.well-known/jwks.json").json())
    by_name = {key.key_id: key.key for key in keys.keys}

    good: dict[str, dict[str, Any]] = {}

    def verify(token: str) -> dict[str, Any]:
        known = good.get(token)
        if known is not None and known["exp"] > time.time():
            return known
        key = by_name[jwt.get_unverified_header(token)["kid"]]
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["ES256"], audience="authenticated", issuer=issuer)
        if remember:
            good[token] = claims
        return claims

    async def answer(request: Request) -> JSONResponse:
        claims = verify(request.headers["authorization"].removeprefix("Bearer "))
        body = await request.json()
        return JSONResponse({"subject": claims["sub"], "parts": len(body["parts"])})

    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])


def main() -> None:
    """Serve on a free port until standard input closes."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    app = create(os.environ["COACHVISION_AUTH_ISSUER"], remember="COACHVISION_BENCH_REMEMBER" in os.environ)
    end_with_parent()
    announce(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main()
