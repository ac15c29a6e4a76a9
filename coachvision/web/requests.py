"""Around every request: an id, one log line, a bound on the body, and the last word on bugs. For edge and gateway."""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coachvision.web.logs import current_request
from coachvision.web.problems import Refusal, respond
from coachvision.wire.gateway import STATUS

_log = logging.getLogger("coachvision.web")
SCOPE_KEY = "coachvision.request_id"


class RequestLog:
    """ASGI middleware, outermost: gives each request an id of its own (`X-Request-Id`) and logs how it ended.

    An id sent by the caller is not used: it could forge lines of the log. A bug is logged with its traceback and
    answered as `internal_error`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        name = uuid.uuid4().hex
        scope[SCOPE_KEY] = name
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", name.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        token = current_request.set(name)
        try:
            await self._app(scope, receive, stamped)
        except Exception:
            _log.exception("unexpected error")
            if status:
                raise
            refusal = Refusal("internal_error", "Something went wrong inside the service.")
            await respond(refusal, name)(scope, receive, stamped)
        finally:
            _log.info("request", extra=self._ended(scope, status, started))
            current_request.reset(token)

    @staticmethod
    def _ended(scope: Scope, status: int, started: float) -> dict[str, Any]:
        """The route's pattern, never the path: paths hold ids and share tokens."""
        route = getattr(scope.get("route"), "path", "-")
        ms = round((time.perf_counter() - started) * 1000, 1)
        return {"method": scope["method"], "route": route, "status": status, "ms": ms}


class BodyLimit:
    """ASGI middleware: a body of more than `limit` bytes is refused with 413, whatever its header says."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > self._limit:
            refusal = Refusal("too_large", f"A request may have {self._limit} bytes at most.")
            await respond(refusal, scope.get(SCOPE_KEY, ""))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._limit:
                    # FastAPI lets this pass while it reads a body, and makes "unreadable" of anything else.
                    raise HTTPException(STATUS["too_large"])
            return message

        await self._app(scope, counted, send)
