"""A guest's things become a user's: pending, copying, copied, switched, deleted. For `routes.claims` and maintenance.

Every step can be killed and repeated, by several processes at once. The objects are copied within the bucket, each
whole or not at all; then all of them, and the links to them, change hands in one transaction. The guest's copies go
when no signed address of them can be in use any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import RowMapping, func, insert, select, update

from coachvision.checkpoints import checkpoint
from coachvision.clock import iso
from coachvision.gateway import quotas, tables, uploads
from coachvision.gateway.calls import Caller, OwnedCall, hash_token, not_found
from coachvision.gateway.context import Context
from coachvision.gateway.state import Transaction
from coachvision.gateway.storage import ObjectMissing
from coachvision.web.problems import Refusal
from coachvision.wire.gateway_sharing import Claim

_columns = tables.claim.c
_objects = tables.claim_object.c
_uploads = tables.upload.c


def begin(call: OwnedCall, guest_token: str) -> Claim:
    """Claim what the guest with this token stored, and go on with it. The same again goes on from there.

    From now on the token is nobody's. Raises Refusal: not_found (no such guest, or another user's).
    """
    context = call.context
    guest = _find_guest(call, guest_token)
    if guest["claimed_by"] is None:
        _settle(context, guest["guest_id"])
    with context.state.write() as transaction:
        owner = f"guest:{guest['guest_id']}"
        transaction.lock_account(owner, "guest")
        account = transaction.lock_account(call.owner, call.caller.tier)
        known = transaction.one(select(tables.claim).where(_columns.guest_id == guest["guest_id"]))
        if known is not None and known["owner"] != call.owner:
            raise not_found()
        if known is None:
            _claim(transaction, call, guest["guest_id"])
            transaction.note("claim.begun", account, guest["guest_id"])
        found = transaction.one(select(tables.claim).where(_columns.guest_id == guest["guest_id"]))
        assert found is not None  # noqa: S101 - inserted just above; for the type checker
    checkpoint("gateway.claim.pending")
    advance(context, found["claim_id"])
    return get(call, found["claim_id"])


def get(call: OwnedCall, claim_id: str) -> Claim:
    """How far it is. Raises Refusal: not_found."""
    with call.context.state.read() as connection:
        mine = (_columns.claim_id == claim_id) & (_columns.owner == call.owner)
        found = connection.execute(select(tables.claim).where(mine)).mappings().one_or_none()
        if found is None:
            raise not_found()
        count = select(func.count(), func.count(_objects.etag)).where(_objects.claim_id == claim_id)
        total, copied = connection.execute(count).one()
    return Claim(
        claim_id=claim_id,
        guest_id=found["guest_id"],
        state=found["state"],
        objects_total=total,
        objects_copied=copied,
    )


def unfinished(context: Context) -> list[str]:
    """Claims that somebody must go on with; for maintenance."""
    due = (_columns.state != "deleted") & (
        _columns.delete_after.is_(None) | (_columns.delete_after <= iso(context.clock.now()))
    )
    with context.state.read() as connection:
        return list(connection.scalars(select(_columns.claim_id).where(due).order_by(_columns.created)))


def advance(context: Context, claim_id: str) -> None:
    """Go on as far as it goes now. Raises Refusal where the bucket or the database cannot be reached."""
    while (step := _next(context, claim_id)) is not None:
        step(context, claim_id)


def _next(context: Context, claim_id: str) -> Callable[[Context, str], None] | None:
    with context.state.read() as connection:
        claim = connection.execute(select(tables.claim).where(_columns.claim_id == claim_id)).mappings().one_or_none()
    if claim is None or claim["state"] == "deleted":
        return None
    if claim["state"] == "switched":
        return _delete if claim["delete_after"] <= iso(context.clock.now()) else None
    return {"pending": _start, "copying": _copy_all, "copied": _switch}[claim["state"]]


def _find_guest(call: OwnedCall, token: str) -> RowMapping:
    columns = tables.guest.c
    with call.context.state.read() as connection:
        statement = select(tables.guest).where(columns.token_sha256 == hash_token(token))
        guest = connection.execute(statement).mappings().one_or_none()
    if guest is None or guest["claimed_by"] not in (None, call.caller.subject):
        raise not_found()
    return guest


def _settle(context: Context, guest_id: str) -> None:
    """Uploads whose completion was begun and not confirmed are stored or gone before anything is counted."""
    call = OwnedCall(context, "", Caller("guest", guest_id))
    completing = select(_uploads.upload_id).where(_uploads.owner == call.owner, _uploads.state == "completing")
    with context.state.read() as connection:
        found = list(connection.scalars(completing))
    for upload_id in found:
        try:
            uploads.complete(call, upload_id)
        except Refusal as refusal:
            # Stored, gone, or open again because parts are missing: all of that is settled.
            if refusal.code == "upstream_unavailable":
                raise


def _claim(transaction: Transaction, call: OwnedCall, guest_id: str) -> None:
    """The guest is nobody any more; what it had begun is dropped, what it had stored does not expire."""
    owner, claim_id = f"guest:{guest_id}", str(uuid.uuid4())
    values = {
        "claim_id": claim_id, "guest_id": guest_id, "owner": call.owner, "state": "pending",
        "created": transaction.now, "changed": transaction.now,
    }  # fmt: skip
    transaction.execute(insert(tables.claim).values(values))
    guest = tables.guest.c
    transaction.execute(update(tables.guest).where(guest.guest_id == guest_id).values(claimed_by=call.caller.subject))
    opened = select(tables.upload).where(_uploads.owner == owner, _uploads.state == "open").with_for_update()
    for row in transaction.execute(opened).mappings().all():
        uploads.abandon(transaction, row)
    mine = (_uploads.owner == owner) & _uploads.state.in_(("stored", "completing"))
    transaction.execute(update(tables.upload).where(mine).values(expires=None))
    _enlist(transaction, claim_id, owner, call.caller)


def _enlist(transaction: Transaction, claim_id: str, owner: str, caller: Caller) -> int:
    """Put the guest's stored objects on the claim's list; how many were not on it yet."""
    listed = select(_objects.upload_id).where(_objects.claim_id == claim_id)
    new = select(tables.upload).where(
        _uploads.owner == owner, _uploads.state == "stored", _uploads.upload_id.not_in(listed)
    )
    rows = transaction.execute(new).mappings().all()
    for row in rows:
        values = {
            "claim_id": claim_id, "upload_id": row["upload_id"], "old_key": row["key"],
            "new_key": caller.key(row["session_id"], row["upload_id"], row["ext"]),
        }  # fmt: skip
        transaction.execute(insert(tables.claim_object).values(values))
    return len(rows)


def _start(context: Context, claim_id: str) -> None:
    _change_state(context, claim_id, "pending", "copying")
    checkpoint("gateway.claim.copying")


def _copy_all(context: Context, claim_id: str) -> None:
    todo = (
        select(tables.claim_object, _uploads.size, _uploads.etag.label("source_etag"))
        .join(tables.upload, _uploads.upload_id == _objects.upload_id)
        .where(_objects.claim_id == claim_id, _objects.etag.is_(None))
    )
    with context.state.read() as connection:
        rows = connection.execute(todo).mappings().all()
    for row in rows:
        _copy(context, row)
        checkpoint("gateway.claim.object_copied")
    _change_state(context, claim_id, "copying", "copied")
    checkpoint("gateway.claim.copied")


def _copy(context: Context, row: RowMapping) -> None:
    """Copy one object, unless the copy is there."""
    held = context.bucket.head(row["new_key"])
    if held is None or held.size != row["size"]:
        try:
            held = context.bucket.copy(row["old_key"], row["new_key"], row["source_etag"])
        except ObjectMissing:
            _drop_lost(context, row)
            return
        checkpoint("gateway.claim.copy_made")
    with context.state.write() as transaction:
        mine = (_objects.claim_id == row["claim_id"]) & (_objects.upload_id == row["upload_id"])
        kept = transaction.execute(update(tables.claim_object).where(mine).values(etag=held.etag)).rowcount
    if not kept:
        # The account was erased meanwhile.
        context.bucket.delete(row["new_key"])


def _drop_lost(context: Context, row: RowMapping) -> None:
    """The bucket has lost the guest's object: there is nothing to claim, which must not hold up the rest."""
    with context.state.write() as transaction:
        found = transaction.one(select(tables.upload).where(_uploads.upload_id == row["upload_id"]).with_for_update())
        mine = (_objects.claim_id == row["claim_id"]) & (_objects.upload_id == row["upload_id"])
        transaction.execute(tables.claim_object.delete().where(mine))
        if found is not None and found["state"] == "stored":
            uploads.abandon(transaction, found)


def _switch(context: Context, claim_id: str) -> None:
    """All objects and links change hands at once, unless one more was stored meanwhile: then that is copied first."""
    with context.state.read() as connection:
        guest_id = connection.scalar(select(_columns.guest_id).where(_columns.claim_id == claim_id))
    _settle(context, str(guest_id))
    with context.state.write() as transaction:
        claim = transaction.one(select(tables.claim).where(_columns.claim_id == claim_id).with_for_update())
        if claim is None or claim["state"] != "copied":
            return
        owner, caller = f"guest:{claim['guest_id']}", Caller("user", claim["owner"].removeprefix("user:"))
        transaction.lock_account(owner, "guest")
        account = transaction.lock_account(claim["owner"], caller.tier)
        if _enlist(transaction, claim_id, owner, caller):
            _set(transaction, claim_id, state="copying")
            return
        _hand_over(transaction, claim_id, owner, caller.owner)
        # Addresses of the guest's copies were signed until now, and may be in use until they expire.
        after = iso(context.clock.now() + timedelta(seconds=context.settings.download_ttl_s))
        _set(transaction, claim_id, state="switched", delete_after=after)
        transaction.note("claim.switched", account, claim["guest_id"])
    checkpoint("gateway.claim.switched")


def _hand_over(transaction: Transaction, claim_id: str, guest: str, user: str) -> None:
    rows = transaction.execute(
        select(tables.claim_object, _uploads.size)
        .join(tables.upload, _uploads.upload_id == _objects.upload_id)
        .where(_objects.claim_id == claim_id, _uploads.owner == guest)
    ).mappings()
    size = 0
    for row in rows.all():
        size += row["size"]
        # A guest's Idempotency-Key may be one of the user's.
        values = {
            "owner": user, "key": row["new_key"], "storage_id": None, "etag": row["etag"], "expires": None,
            "idempotency_key": f"claimed {row['upload_id']}",
        }  # fmt: skip
        transaction.execute(update(tables.upload).where(_uploads.upload_id == row["upload_id"]).values(values))
    # The user did not choose this moment: a full account takes it all the same, and is full.
    quotas.release(transaction, guest, stored=size)
    quotas.release(transaction, user, stored=-size)
    transaction.execute(update(tables.share).where(tables.share.c.owner == guest).values(owner=user))


def _delete(context: Context, claim_id: str) -> None:
    """The guest's copies go."""
    with context.state.read() as connection:
        keys = list(connection.scalars(select(_objects.old_key).where(_objects.claim_id == claim_id)))
    for key in keys:
        context.bucket.delete(key)
        checkpoint("gateway.claim.object_deleted")
    with context.state.write() as transaction:
        claim = transaction.one(select(tables.claim).where(_columns.claim_id == claim_id).with_for_update())
        if claim is None or claim["state"] != "switched":
            return
        account = transaction.lock_account(claim["owner"], "registered")
        _set(transaction, claim_id, state="deleted")
        transaction.note("claim.done", account, claim["guest_id"])
    checkpoint("gateway.claim.deleted")


def _change_state(context: Context, claim_id: str, before: str, after: str) -> None:
    with context.state.write() as transaction:
        mine = (_columns.claim_id == claim_id) & (_columns.state == before)
        transaction.execute(update(tables.claim).where(mine).values(state=after, changed=transaction.now))


def _set(transaction: Transaction, claim_id: str, **values: object) -> None:
    transaction.execute(
        update(tables.claim).where(_columns.claim_id == claim_id).values(changed=transaction.now, **values)
    )
