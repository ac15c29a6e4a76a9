"""`/healthz`: the process answers. `/readyz`: its database and bucket do too. `/metrics`: what it counted.

Not limited: balancers and Prometheus ask often.
"""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from sqlalchemy import select

from coachvision.gateway import tables
from coachvision.web.problems import Refusal, problems
from coachvision.wire.gateway import Health

router = APIRouter(tags=["service"])
Authorization = Annotated[str, Header(max_length=1000)]


class _Text(Response):
    media_type = "text/plain; version=0.0.4"


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


@router.get("/metrics", response_class=_Text, responses=problems("token_invalid"))
async def metrics(request: Request, authorization: Authorization = "") -> Response:
    """Counters of this process, in Prometheus' format."""
    token = request.app.state.context.settings.metrics_token
    if token is not None:
        expected = f"Bearer {token.get_secret_value()}"
        if not hmac.compare_digest(expected.encode(), authorization.encode()):
            raise Refusal("token_invalid", "That is for the operator.")
    return _Text(request.app.state.metrics.tell())
