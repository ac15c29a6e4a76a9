"""Errors of an HTTP service as `application/problem+json`. Routes raise `Refusal`; `install` makes every error one.

The only place that words an error's body. For edge and gateway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from coachvision.wire.gateway import STATUS, Code, Problem, SessionState

MEDIA_TYPE = "application/problem+json"
_CODES: Mapping[int, Code] = {
    401: "token_invalid", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
    429: "rate_limited", 500: "internal_error", 503: "upstream_unavailable",
}  # fmt: skip


class Refusal(Exception):  # noqa: N818 - what a route answers instead of its reply
    """A request that is not fulfilled. detail: one plain sentence, without ids of others, tokens or addresses.

    retry_after: whole seconds. current: with `rev_conflict` alone.
    """

    def __init__(
        self, code: Code, detail: str, *, retry_after: int | None = None, current: SessionState | None = None
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.current = current


def respond(refusal: Refusal, request_id: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The refusal as a response."""
    status = STATUS[refusal.code]
    problem = Problem(
        code=refusal.code, status=status, detail=refusal.detail, request_id=request_id,
        retry_after=refusal.retry_after, current=refusal.current,
    )  # fmt: skip
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if refusal.retry_after is not None:
        sent["Retry-After"] = str(refusal.retry_after)
    if status == STATUS["token_invalid"]:
        sent["WWW-Authenticate"] = "Bearer"
    body = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, status, sent, media_type=MEDIA_TYPE)


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Every error of this app is told as a problem, in its responses and in its OpenAPI document.

    routers: all that the app includes, each without a prefix: FastAPI keeps their routes from `app.routes`.
    """
    app.state.problem_routes = [*app.routes, *(route for router in routers for route in router.routes)]
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it


def problems(*codes: Code) -> dict[int | str, dict[str, Any]]:
    """What a route declares in `responses`: the problems it answers with, beside those that every route may."""
    statuses = {STATUS[code] for code in (*codes, "invalid_request", "rate_limited", "upstream_unavailable")}
    return {status: {"model": Problem, "description": "A problem"} for status in sorted(statuses)}


def request_id(request: Request) -> str:
    """The id that `requests.RequestLog` gave to this request."""
    return str(request.scope.get("coachvision.request_id", ""))


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for it alone
    return respond(error, request_id(request))


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Where and why, never the value: it may be a password."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = error.errors()[0]
    place = ".".join(str(part) for part in found["loc"])
    return respond(Refusal("invalid_request", f"{place}: {found['msg']}."), request_id(request))


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = _CODES.get(error.status_code, "invalid_request" if error.status_code < 500 else "internal_error")
    words = {
        "not_found": "There is nothing here.",
        "method_not_allowed": "That cannot be done here.",
        "invalid_request": "The request cannot be read.",
        "too_large": "The request is too large.",
    }
    headers = {**(error.headers or {})}
    if code == "method_not_allowed":
        headers["Allow"] = ", ".join(_methods(request))
    return respond(Refusal(code, words.get(code, "It could not be done.")), request_id(request), headers)


def _methods(request: Request) -> list[str]:
    """What can be done at this address: Starlette names the methods of the first route there alone."""
    found: set[str] = set()
    for route in request.app.state.problem_routes:
        matched, _ = route.matches(request.scope)
        if matched is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return sorted(found)


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Error bodies under their own media type, without FastAPI's validation error, which is never sent; what wants a
    token says so."""
    for path in document.get("paths", {}).values():
        for operation in path.values():
            responses = operation["responses"]
            if str(STATUS["token_invalid"]) in responses:
                operation["security"] = [{"token": []}]
            for status, response in list(responses.items()):
                content: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
                schema = content.get("schema", {})
                if schema.get("$ref", "").endswith("/HTTPValidationError"):
                    del responses[status]
                elif schema.get("$ref", "").endswith("/Problem"):
                    response["content"] = {MEDIA_TYPE: {"schema": schema}}
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer"}
    for name in ("HTTPValidationError", "ValidationError"):
        document.get("components", {}).get("schemas", {}).pop(name, None)
    return document
