"""Makes the gateway: `create(settings)` for servers and tests; `factory()` reads the environment, for uvicorn."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from coachvision import __version__
from coachvision.clock import Clock
from coachvision.gateway import context, migrate, settings
from coachvision.gateway.routes import ROUTERS
from coachvision.web import logs, problems
from coachvision.web.requests import BodyLimit, RequestLog
from coachvision.wire.gateway import MANIFEST_BYTES

# Names the SQLite file that is used without DATABASE_URL.
DATABASE = "COACHVISION_GATEWAY_DATABASE"


def create(configured: settings.Settings, clock: Clock | None = None) -> FastAPI:
    """The gateway as an application. Its database is brought up to date first."""
    if configured.log == "json":
        logs.configure(configured.secrets)
    migrate.upgrade(configured.database_url)
    parts = context.build(configured, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        parts.close()

    app = FastAPI(
        title="CoachVision gateway",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        generate_unique_id_function=_name,
    )
    app.state.context = parts
    problems.install(app)
    app.add_middleware(BodyLimit, limit=MANIFEST_BYTES)
    app.add_middleware(RequestLog)
    for router in ROUTERS:
        app.include_router(router)
    return app


def factory() -> FastAPI:
    """The gateway as the environment describes it. Raises UsageError."""
    database = Path(os.environ.get(DATABASE, "gateway.db")).resolve()
    return create(settings.from_environment(os.environ, database=database))


def _name(route: APIRoute) -> str:
    """Operation ids that say where they are: `uploads.create`."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}.{route.name}"
