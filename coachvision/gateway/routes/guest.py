"""`POST /v1/guest`: an identity without a person, for sharing without an account."""

from __future__ import annotations

import secrets
import uuid

from fastapi import APIRouter
from sqlalchemy import insert
from starlette.concurrency import run_in_threadpool

from coachvision.gateway import tables
from coachvision.gateway.calls import Call, Stranger, hash_token
from coachvision.web.problems import problems
from coachvision.wire.gateway import Guest

router = APIRouter(tags=["guest"])


@router.post("/v1/guest", status_code=201, responses=problems())
async def create(call: Stranger) -> Guest:
    """A guest id and its token, which is told once."""
    await call.context.limits.hit(call.context.settings.rates.guests, "guests", call.address)
    return await run_in_threadpool(_create, call)


def _create(call: Call) -> Guest:
    guest_id, token = str(uuid.uuid4()), secrets.token_urlsafe(32)
    with call.context.state.write() as transaction:
        values = {"guest_id": guest_id, "token_sha256": hash_token(token), "created": transaction.now}
        transaction.execute(insert(tables.guest).values(values))
        account = transaction.lock_account(f"guest:{guest_id}", "guest")
        address = call.context.hash_address(call.address, transaction.now[:10])
        transaction.note("guest.created", account, guest_id, address)
    return Guest(guest_id=guest_id, token=token)
