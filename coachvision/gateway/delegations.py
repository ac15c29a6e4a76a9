"""Grants to upload for one session, which an edge box keeps instead of a user's token. For `routes.delegations`."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import insert, select, update

from coachvision.clock import iso
from coachvision.gateway import tables
from coachvision.gateway.calls import OwnedCall, hash_token, not_found
from coachvision.wire.gateway_sharing import Delegation, NewDelegation

LIFETIME = timedelta(days=7)
_columns = tables.delegation.c


def create(call: OwnedCall, session_id: str) -> NewDelegation:
    """A new grant. The session need not be known yet: the box may be the first to send it."""
    token, delegation_id = secrets.token_urlsafe(32), str(uuid.uuid4())
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        values = {
            "delegation_id": delegation_id, "token_sha256": hash_token(token), "owner": call.owner,
            "session_id": session_id, "created": transaction.now, "expires": iso(call.now + LIFETIME),
            "revoked": False,
        }  # fmt: skip
        transaction.execute(insert(tables.delegation).values(values))
        transaction.note("delegation.created", account, delegation_id)
    told = Delegation.model_validate(values)
    return NewDelegation(**told.model_dump(), token=token)


def listed(call: OwnedCall) -> list[Delegation]:
    """Those that still hold, newest first."""
    holding = (_columns.owner == call.owner) & _columns.revoked.is_(False) & (_columns.expires > iso(call.now))
    statement = select(tables.delegation).where(holding).order_by(_columns.created.desc(), _columns.delegation_id)
    with call.context.state.read() as connection:
        return [Delegation.model_validate(row) for row in connection.execute(statement).mappings()]


def revoke(call: OwnedCall, delegation_id: str) -> None:
    """It holds no longer, from the next request on. Repeating it is harmless. Raises Refusal: not_found."""
    mine = (_columns.delegation_id == delegation_id) & (_columns.owner == call.owner)
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        found = transaction.one(select(_columns.revoked).where(mine))
        if found is None:
            raise not_found()
        if not found["revoked"]:
            transaction.execute(update(tables.delegation).where(mine).values(revoked=True))
            transaction.note("delegation.revoked", account, delegation_id)
