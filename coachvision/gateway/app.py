"""Makes the gateway: `create(settings)` for servers and tests; `factory()` reads the environment, for uvicorn."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from coachvision import __version__
from coachvision.clock import Clock
from coachvision.gateway import context, maintenance, metrics, migrate, settings
from coachvision.gateway.routes import ROUTERS
from coachvision.web import logs, problems
from coachvision.web.requests import BodyLimit, RequestLog
from coachvision.wire.gateway import MANIFEST_BYTES

# Names the SQLite file that is used without DATABASE_URL.
DATABASE = "COACHVISION_GATEWAY_DATABASE"
_log = logging.getLogger("coachvision.gateway")


def create(configured: settings.Settings, clock: Clock | None = None) -> FastAPI:
    """The gateway as an application. Its database is brought up to date first."""
    if configured.log == "json":
        logs.configure(configured.secrets)
    migrate.upgrade(configured.database_url)
    parts = context.build(configured, clock)

    counted = metrics.Metrics()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(_sweep_now_and_then(parts, counted))
        yield
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        parts.close()

    app = FastAPI(
        title="CoachVision gateway",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        # A redirect would go wherever the caller's Host header says.
        redirect_slashes=False,
        # It would send addresses with the tokens of links wherever OTEL's variables say.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=_name,
    )
    app.state.context = parts
    app.state.metrics = counted
    problems.install(app, ROUTERS)
    app.add_middleware(BodyLimit, limit=MANIFEST_BYTES)
    app.add_middleware(metrics.Measured, metrics=counted)
    app.add_middleware(RequestLog)
    for router in ROUTERS:
        app.include_router(router)
    return app


def factory() -> FastAPI:
    """The gateway as the environment describes it. Raises UsageError."""
    database = Path(os.environ.get(DATABASE, "gateway.db")).resolve()
    return create(settings.from_environment(os.environ, database=database))


async def _sweep_now_and_then(parts: context.Context, counted: metrics.Metrics) -> None:
    """Every so often, each process at moments of its own, so that several do not all sweep at once."""
    every = parts.settings.sweep_every_s
    while every:
        await asyncio.sleep(every * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        try:
            counted.count_sweep(await run_in_threadpool(maintenance.sweep, parts))
        except Exception:
            # A bug in a sweep must not stop those to come, nor the service.
            _log.exception("sweep failed")


def _name(route: APIRoute) -> str:
    """Operation ids that say where they are: `uploads.create`."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}.{route.name}"
