"""Forgetting an account: its objects, its rows, and last the key that says who its audit entries are about.

For `routes.account` and maintenance. What was begun is finished by the next sweep if the process dies.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from coachvision.checkpoints import checkpoint
from coachvision.clock import iso
from coachvision.gateway import organizations, tables, uploads
from coachvision.gateway.calls import OwnedCall, owner_tier
from coachvision.gateway.context import Context
from coachvision.gateway.state import Transaction

_ABANDONED = timedelta(minutes=1)
_uploads = tables.upload.c


def erase(call: OwnedCall) -> None:
    """Erase the caller's account. Repeating it is harmless. Raises Refusal where bucket or database fail."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        transaction.upsert(tables.erasure, {"owner": call.owner, "begun": transaction.now}, [])
        transaction.note("account.erasing", account, "")
    checkpoint("gateway.erasure.begun")
    finish(call.context, call.owner)


def unfinished(context: Context) -> list[str]:
    """Owners whose erasure was begun and left; for maintenance."""
    columns = tables.erasure.c
    left = columns.begun <= iso(context.clock.now() - _ABANDONED)
    with context.state.read() as connection:
        return list(connection.scalars(select(columns.owner).where(left)))


def finish(context: Context, owner: str) -> None:
    """Erase until nothing is left, which what comes in meanwhile may make take another round."""
    while True:
        with context.state.write() as transaction:
            transaction.lock_account(owner, owner_tier(owner))
            prefixes = [_prefix(each) for each in _forget(transaction, owner)]
        checkpoint("gateway.erasure.forgotten")
        for prefix in prefixes:
            _empty(context, prefix)
        checkpoint("gateway.erasure.emptied")
        with context.state.write() as transaction:
            account = transaction.lock_account(owner, owner_tier(owner))
            if _is_empty(transaction, owner):
                _end(transaction, owner)
                transaction.note("account.erased", account, "")
                break
    checkpoint("gateway.erasure.ended")
    context.state.wipe_log()


def _owners(transaction: Transaction, owner: str) -> list[str]:
    """The account, and the guests whose things it has claimed."""
    claim = tables.claim.c
    guests = transaction.connection.scalars(select(claim.guest_id).where(claim.owner == owner))
    return [owner, *(f"guest:{guest_id}" for guest_id in guests)]


def _forget(transaction: Transaction, owner: str) -> list[str]:
    """All rows but those that are needed to find the objects. Returns the owners concerned."""
    organizations.forget(transaction, owner)
    owners = _owners(transaction, owner)
    for table in (tables.session, tables.share, tables.delegation, tables.consent):
        transaction.execute(delete(table).where(table.c.owner.in_(owners)))
    live = select(tables.upload).where(_uploads.owner.in_(owners), _uploads.state != "aborted").with_for_update()
    for row in transaction.execute(live).mappings().all():
        uploads.abandon(transaction, row)
    return owners


def _prefix(owner: str) -> str:
    kind, _, subject = owner.partition(":")
    return f"{'users' if kind == 'user' else 'anonymous'}/{subject}/"


def _empty(context: Context, prefix: str) -> None:
    for key, storage_id, _ in context.bucket.pending(prefix):
        context.bucket.abort(key, storage_id)
    for key in context.bucket.keys(prefix):
        context.bucket.delete(key)
        checkpoint("gateway.erasure.object_deleted")


def _is_empty(transaction: Transaction, owner: str) -> bool:
    live = select(_uploads.upload_id).where(_uploads.owner.in_(_owners(transaction, owner)))
    return transaction.connection.scalar(live.where(_uploads.state != "aborted").limit(1)) is None


def _end(transaction: Transaction, owner: str) -> None:
    owners = _owners(transaction, owner)
    _forget(transaction, owner)
    theirs = select(_uploads.upload_id).where(_uploads.owner.in_(owners))
    claims = select(tables.claim.c.claim_id).where(tables.claim.c.owner == owner)
    guests = [each.removeprefix("guest:") for each in owners if each.startswith("guest:")]
    for statement in (
        delete(tables.part).where(tables.part.c.upload_id.in_(theirs)),
        delete(tables.upload).where(_uploads.owner.in_(owners)),
        delete(tables.claim_object).where(tables.claim_object.c.claim_id.in_(claims)),
        delete(tables.claim).where(tables.claim.c.owner == owner),
        delete(tables.guest).where(tables.guest.c.guest_id.in_(guests)),
        delete(tables.erasure).where(tables.erasure.c.owner.in_(owners)),
        # Last, and with it the key of the pseudonyms: nobody can say any more who the entries are about.
        delete(tables.account).where(tables.account.c.owner.in_(owners)),
    ):
        transaction.execute(statement)
