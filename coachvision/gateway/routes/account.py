"""`GET /v1/account`: what the caller uses, against what it may."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import func, select

from coachvision.gateway import tables
from coachvision.gateway.calls import Owner
from coachvision.gateway.state import one
from coachvision.web.problems import problems
from coachvision.wire.gateway import Account, Usage

router = APIRouter(tags=["account"])


@router.get("/v1/account", responses=problems("token_invalid", "forbidden"))
def account(call: Owner) -> Account:
    """Tier, usage and limits."""
    uploads, sessions = tables.upload.c, tables.session.c
    objects = select(func.count()).where(uploads.owner == call.owner, uploads.state == "stored").scalar_subquery()
    kept = select(func.count()).where(
        sessions.owner == call.owner, sessions.kind == "session", sessions.deleted.is_(False)
    )
    statement = select(tables.account, objects.label("objects"), kept.scalar_subquery().label("sessions")).where(
        tables.account.c.owner == call.owner
    )
    with call.context.state.read() as connection:
        row = one(connection, statement)
    tier = row["tier"] if row else call.caller.tier
    return Account(
        subject=call.caller.subject,
        tier=tier,
        usage=Usage(
            stored_bytes=row["stored_bytes"] if row else 0,
            reserved_bytes=row["reserved_bytes"] if row else 0,
            objects=row["objects"] if row else 0,
            sessions=row["sessions"] if row else 0,
        ),
        limits=call.context.settings.tiers[tier],
    )
