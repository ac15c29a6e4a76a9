"""`/healthz`: the process answers. `/readyz`: its database and bucket do too. Not limited: balancers ask often."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select

from coachvision.gateway import tables
from coachvision.web.problems import problems
from coachvision.wire.gateway import Health

router = APIRouter(tags=["service"])


@router.get("/healthz", responses=problems())
async def alive() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", responses=problems())
def ready(request: Request) -> Health:
    """The database and the bucket answer."""
    context = request.app.state.context
    with context.state.read() as connection:
        connection.execute(select(tables.secret.c.name).limit(1)).all()
    context.bucket.check()
    return Health(status="ok")
