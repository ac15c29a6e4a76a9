"""What a gateway does by itself: the reaper of what expired, finishing what was left, anchoring the audit.

For `app`, which sweeps now and then, and `coachvision gateway`. Any number of processes may sweep at once: each row is
judged again under its lock, and everything is harmless to repeat.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, delete, or_, select

from coachvision.checkpoints import checkpoint
from coachvision.clock import iso
from coachvision.gateway import auditing, claims, erasure, tables, uploads
from coachvision.gateway.calls import Caller, OwnedCall, owner_tier
from coachvision.gateway.context import Context
from coachvision.web.problems import Refusal

_log = logging.getLogger("coachvision.gateway")
# As R2 does with what was begun and never finished.
IDLE = timedelta(days=7)
# Longer than any request: whatever is older was left behind by a process that died.
LEFT = timedelta(minutes=10)
# Longer than between beginning an upload in the bucket and writing that down, by any clock.
ORPHANED = timedelta(days=1)
_KEPT = timedelta(days=30)
_KEPT_SHARES = timedelta(days=90)
_BATCH = 500
_columns = tables.upload.c
_T = TypeVar("_T")


@dataclass
class Swept:
    """How much one sweep found of each. failed: left for the next, because bucket or database did not answer."""

    expired: int = 0
    cleaned: int = 0
    settled: int = 0
    orphans: int = 0
    claims: int = 0
    erasures: int = 0
    rows: int = 0
    anchors: int = 0
    failed: int = 0


def sweep(context: Context) -> Swept:
    """Once through everything."""
    swept = Swept()
    now = context.clock.now()
    expired = and_(_columns.expires <= iso(now), _columns.state.in_(("open", "stored")))
    idle = and_(_columns.state == "open", _columns.changed <= iso(now - IDLE))
    completing = and_(_columns.state == "completing", _columns.changed <= iso(now - LEFT))
    dirty = and_(_columns.state == "aborted", _columns.clean.is_(False), _columns.changed <= iso(now - LEFT))
    due = or_(expired, idle)
    swept.settled = _each(swept, _find(context, completing), lambda each: _settle(context, *each))
    swept.expired = _each(swept, _find(context, due), lambda each: _expire(context, *each, due))
    swept.cleaned = _each(swept, _find(context, dirty), lambda each: _clean(context, each[0]))
    swept.claims = _each(swept, claims.unfinished(context), lambda each: claims.advance(context, each))
    swept.erasures = _each(swept, erasure.unfinished(context), lambda each: erasure.finish(context, each))
    swept.orphans = _each(swept, ("users/", "anonymous/"), lambda each: _abort_orphans(context, each))
    swept.rows = _forget_rows(context)
    swept.anchors = _each(swept, (None,), lambda _: int(auditing.anchor(context) is not None))
    _log.info("sweep %s", " ".join(f"{name}={count}" for name, count in asdict(swept).items() if count))
    return swept


def _each(swept: Swept, found: Iterable[_T], work: Callable[[_T], int | None]) -> int:
    """Work on each; one that cannot be done now does not keep the others waiting. A None of work counts as one."""
    done = 0
    for each in found:
        try:
            count = work(each)
        except Refusal as refusal:
            # The refusal's words are for callers and name nobody.
            _log.warning("sweep: left for the next time (%s)", refusal.code)
            swept.failed += 1
        else:
            done += 1 if count is None else count
    return done


def _find(context: Context, which: ColumnElement[bool]) -> list[tuple[str, str]]:
    """Upload id and owner."""
    statement = select(_columns.upload_id, _columns.owner).where(which).order_by(_columns.changed).limit(_BATCH)
    with context.state.read() as connection:
        return [(row.upload_id, row.owner) for row in connection.execute(statement)]


def _settle(context: Context, upload_id: str, owner: str) -> None:
    """Confirm, or drop, what a process that died was completing."""
    kind, _, subject = owner.partition(":")
    call = OwnedCall(context, "", Caller("guest" if kind == "guest" else "user", subject))
    try:
        uploads.complete(call, upload_id)
    except Refusal as refusal:
        if refusal.code == "upstream_unavailable":
            raise


def _expire(context: Context, upload_id: str, owner: str, due: ColumnElement[bool]) -> int:
    """Take one whose time has come, unless a claim or a kept session was faster. How many: one or none."""
    with context.state.write() as transaction:
        transaction.lock_account(owner, owner_tier(owner))
        mine = (_columns.upload_id == upload_id) & (_columns.owner == owner)
        row = transaction.one(select(tables.upload).where(mine, due).with_for_update())
        if row is None:
            return 0
        uploads.abandon(transaction, row)
    checkpoint("gateway.sweep.expired")
    uploads.clean(context, row)
    checkpoint("gateway.sweep.cleaned")
    return 1


def _clean(context: Context, upload_id: str) -> int:
    with context.state.read() as connection:
        row = connection.execute(select(tables.upload).where(_columns.upload_id == upload_id)).mappings().one_or_none()
    if row is None or row["state"] != "aborted":
        return 0
    uploads.clean(context, row)
    return 1


def _abort_orphans(context: Context, prefix: str) -> int:
    """Multipart uploads that a process began and died before it wrote that down."""
    before, count = context.clock.now() - ORPHANED, 0
    for key, storage_id, begun in context.bucket.pending(prefix):
        if begun > before:
            continue
        live = (_columns.storage_id == storage_id) & _columns.state.in_(("open", "completing"))
        with context.state.read() as connection:
            if connection.scalar(select(_columns.upload_id).where(live)) is not None:
                continue
        context.bucket.abort(key, storage_id)
        count += 1
    return count


def _forget_rows(context: Context) -> int:
    """Rows that say nothing to anybody any more."""
    now = context.clock.now()
    done = (_columns.state == "aborted") & _columns.clean.is_(True) & (_columns.changed <= iso(now - _KEPT))
    with context.state.write() as transaction:
        old = list(transaction.connection.scalars(select(_columns.upload_id).where(done).limit(_BATCH)))
        statements = (
            delete(tables.part).where(tables.part.c.upload_id.in_(old)),
            delete(tables.upload).where(_columns.upload_id.in_(old)),
            delete(tables.usage_day).where(tables.usage_day.c.day < iso(now - timedelta(days=2))[:10]),
            delete(tables.share).where(tables.share.c.expires <= iso(now - _KEPT_SHARES)),
            delete(tables.delegation).where(tables.delegation.c.expires <= iso(now - _KEPT)),
            delete(tables.invitation).where(tables.invitation.c.expires <= iso(now)),
        )
        return sum(transaction.execute(statement).rowcount for statement in statements)
