"""What a gateway counts, in Prometheus' format: requests by route and status, their times, what sweeps found.

Labels are routes, never paths: those hold ids and the tokens of links. One registry a process.
"""

from __future__ import annotations

import time
from dataclasses import asdict

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coachvision.gateway.maintenance import Swept

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "coachvision_gateway_requests", "Requests", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "coachvision_gateway_request_seconds", "Seconds", ["method", "route"], buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._swept = Counter("coachvision_gateway_swept", "Found by sweeps", ["what"], registry=self._registry)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def count_sweep(self, swept: Swept) -> None:
        """What a sweep found."""
        for what, count in asdict(swept).items():
            self._swept.labels(what).inc(count)

    def tell(self) -> bytes:
        """Everything, as Prometheus reads it (text format 0.0.4)."""
        return generate_latest(self._registry)


class Measured:
    """ASGI middleware that counts what went through."""

    # An unknown verb is anybody's invention, and each would be a new row for ever.
    _VERBS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            method = scope["method"] if scope["method"] in self._VERBS else "-"
            self._metrics.count_request(method, route, status, time.perf_counter() - started)
