"""The audit as its owners and its operator see it: own trail, anchors in the bucket, the check of the chains.

For `routes.account`, maintenance and `coachvision gateway`. Entries are written by `state.Transaction.note`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, tuple_

from coachvision.clock import iso
from coachvision.gateway import sessions, tables
from coachvision.gateway.calls import OwnedCall
from coachvision.gateway.context import Context
from coachvision.web import audit
from coachvision.wire.gateway_sharing import AuditEntry, AuditTrail

ANCHORS = "audit/"
# Heads that moved since the last anchor are anchored; so much earlier is looked at, whatever the clocks say.
_MARGIN = timedelta(days=1)
_columns = tables.audit.c


def trail(call: OwnedCall, cursor: str | None, limit: int) -> AuditTrail:
    """The caller's own entries, newest first. Raises Refusal: invalid_request for what is no cursor."""
    with call.context.state.read() as connection:
        account = tables.account.c
        key = connection.scalar(select(account.audit_key).where(account.owner == call.owner))
        if key is None:
            return AuditTrail(entries=[])
        place = tuple_(_columns.at, _columns.writer, _columns.seq)
        statement = select(tables.audit).where(_columns.subject == audit.pseudonym(bytes(key), call.owner))
        if cursor is not None:
            at, writer, seq = sessions.read_list_cursor(cursor, 3)
            statement = statement.where(place < (at, writer, sessions.read_number(seq)))
        order = (_columns.at.desc(), _columns.writer.desc(), _columns.seq.desc())
        rows = connection.execute(statement.order_by(*order).limit(limit + 1)).all()
    page = rows[:limit]
    following = f"{page[-1].at}~{page[-1].writer}~{page[-1].seq}" if len(rows) > limit else None
    entries = [AuditEntry(at=row.at, action=row.action, target=row.target) for row in page]
    return AuditTrail(entries=entries, cursor=following)


def anchor(context: Context) -> str | None:
    """Keep the heads of the chains that moved lately in the bucket, where the database's master cannot rewrite them
    unnoticed. Returns the key; None where nothing moved since the last one."""
    known = context.bucket.keys(ANCHORS)
    last_at = known[-1].removeprefix(ANCHORS).removesuffix(".json") if known else iso(datetime.fromtimestamp(0, UTC))
    since = iso(datetime.fromisoformat(last_at) - _MARGIN)
    with context.state.read() as connection:
        last = select(_columns.writer, func.max(_columns.seq).label("seq")).where(_columns.at >= since)
        moved = last.group_by(_columns.writer).subquery()
        statement = select(_columns.writer, _columns.seq, _columns.hash).join(
            moved, (_columns.writer == moved.c.writer) & (_columns.seq == moved.c.seq)
        )
        heads = [audit.Head(row.writer, row.seq, row.hash) for row in connection.execute(statement)]
    data = audit.anchors_to_json(heads)
    if not heads or (known and context.bucket.read(known[-1]) == data):
        return None
    key = f"{ANCHORS}{iso(context.clock.now())}.json"
    context.bucket.put(key, data, "application/json")
    return key


def check(context: Context) -> list[audit.Break]:
    """Every place where a chain is not what was written. Raises ValueError where an anchor cannot be read."""
    anchors = {}
    for key in context.bucket.keys(ANCHORS):
        for head in audit.anchors_from_json(context.bucket.read(key) or b""):
            anchors[head.writer, head.seq] = head
    with context.state.read() as connection:
        rows = connection.execution_options(yield_per=1000).execute(
            select(tables.audit).order_by(_columns.writer, _columns.seq)
        )

        def entries() -> Iterator[audit.Entry]:
            for row in rows.mappings():
                yield audit.Entry(**row)

        return audit.check(entries(), anchors.values())
