"""`/v1/account` and `/v1/audit`: what the caller uses, against what it may; its own trail; forgetting it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import func, select

from coachvision.gateway import auditing, erasure, tables
from coachvision.gateway.calls import Owner
from coachvision.gateway.state import one
from coachvision.web.problems import problems
from coachvision.wire.gateway import PAGE, Account, Usage
from coachvision.wire.gateway_sharing import AuditTrail

router = APIRouter(tags=["account"])

Cursor = Annotated[str | None, Query(pattern=r"^[^~\x00]{1,80}~[^~\x00]{1,80}~[0-9]{1,18}$")]
Limit = Annotated[int, Query(ge=1, le=PAGE)]


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


@router.delete("/v1/account", status_code=204, responses=problems("token_invalid", "forbidden"))
def erase(call: Owner) -> None:
    """Erase everything: objects, sessions, links, memberships, and who the audit is about."""
    erasure.erase(call)


@router.get("/v1/audit", responses=problems("token_invalid", "forbidden"))
def trail(call: Owner, cursor: Cursor = None, limit: Limit = PAGE) -> AuditTrail:
    """What changed in the caller's account, newest first."""
    return auditing.trail(call, cursor, limit)
