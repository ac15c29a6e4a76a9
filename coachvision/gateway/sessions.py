"""Sessions and the library's other root records as the gateway keeps them: revisions, tombstones, the feed of changes.

Changes of one owner are numbered under the lock of its account, so that the numbers appear in order and a reader's
cursor never skips one. For `routes.sessions`, claims and the reaper.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, select, tuple_, update

from coachvision.checkpoints import checkpoint
from coachvision.clock import iso
from coachvision.gateway import tables
from coachvision.gateway.calls import OwnedCall, not_found
from coachvision.gateway.state import Fields, Transaction, one
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import Changes, ListedSession, SessionList, SessionManifest, SessionState

_columns = tables.session.c
_EPOCH = re.compile(r"[0-9a-f]{0,32}")
_LISTED = ("title", "athlete", "exercise", "created", "updated", "duration_s", "metrics")


def put(call: OwnedCall, session_id: str, manifest: SessionManifest, seen: int) -> SessionState:
    """Store a manifest over the revision that the caller saw (0: none yet); undoes a deletion.

    The same change sent again, because its reply was lost, is answered as if it were the first.
    Raises Refusal: not_found, rev_conflict (with what is held), state_conflict (a file that is not stored).
    """
    told = manifest.model_dump_json()
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        held = transaction.one(_mine(call.owner, session_id))
        if held is not None and held["rev"] == seen + 1 and held["manifest"] == told:
            return state_of(held)
        _refuse_unless_seen(held, seen)
        _check_files(transaction, call.owner, session_id, manifest)
        values = {
            "kind": manifest.kind, "deleted": False, "device_id": manifest.device_id, "created": manifest.created,
            "summary": json.dumps({name: getattr(manifest, name) for name in _LISTED}, default=dict), "manifest": told,
        }  # fmt: skip
        changed = _change(transaction, account, session_id, seen, values)
        _keep_objects(transaction, call.owner, session_id, None)
        transaction.note("session.changed", account, session_id)
    checkpoint("gateway.session.put")
    return state_of(changed)


def delete(call: OwnedCall, session_id: str, seen: int, device_id: str) -> SessionState:
    """Leave a tombstone; the session's objects go when the trash is emptied. Repeating it is harmless.

    Raises Refusal: not_found, rev_conflict.
    """
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        held = transaction.one(_mine(call.owner, session_id))
        if held is None:
            raise not_found()
        if held["deleted"] and held["rev"] in (seen, seen + 1):
            return state_of(held)
        _refuse_unless_seen(held, seen)
        values = {
            "kind": held["kind"], "deleted": True, "device_id": device_id, "created": held["created"],
            "summary": None, "manifest": None,
        }  # fmt: skip
        changed = _change(transaction, account, session_id, seen, values)
        expires = call.now + timedelta(seconds=call.context.settings.trash_ttl_s)
        _keep_objects(transaction, call.owner, session_id, iso(expires))
        transaction.note("session.deleted", account, session_id)
    checkpoint("gateway.session.deleted")
    return state_of(changed)


def get(call: OwnedCall, session_id: str) -> SessionState:
    """What is held, a tombstone included. Raises Refusal: not_found."""
    with call.context.state.read() as connection:
        held = one(connection, _mine(call.owner, session_id))
    if held is None:
        raise not_found()
    return state_of(held)


def changes(call: OwnedCall, cursor: str | None, limit: int) -> Changes:
    """What changed after the cursor, oldest first. A cursor of an account that was erased since begins anew.

    Raises Refusal: invalid_request for what is no cursor.
    """
    epoch, after = _read_cursor(cursor)
    with call.context.state.read() as connection:
        current = connection.scalar(select(tables.account.c.epoch).where(tables.account.c.owner == call.owner))
    if current is None:
        # Also of an account without anything the cursor says which one it was, should it be erased.
        with call.context.state.write() as transaction:
            current = transaction.lock_account(call.owner, call.caller.tier)["epoch"]
    if current != epoch:
        after = 0
    with call.context.state.read() as connection:
        statement = (
            select(tables.session)
            .where(_columns.owner == call.owner, _columns.seq > after)
            .order_by(_columns.seq)
            .limit(limit + 1)
        )
        rows = connection.execute(statement).mappings().all()
    page = rows[:limit]
    last = page[-1]["seq"] if page else after
    return Changes(
        changes=[state_of(row) for row in page], cursor=f"{current}.{last}", more=len(rows) > len(page),
        anew=bool(epoch) and current != epoch,
    )  # fmt: skip


def listed(call: OwnedCall, cursor: str | None, limit: int) -> SessionList:
    """The sessions, newest first. Raises Refusal: invalid_request for what is no cursor."""
    statement = select(_columns.session_id, _columns.created, _columns.summary).where(
        _columns.owner == call.owner, _columns.kind == "session", _columns.deleted.is_(False)
    )
    if cursor is not None:
        statement = statement.where(tuple_(_columns.created, _columns.session_id) < read_list_cursor(cursor, 2))
    statement = statement.order_by(_columns.created.desc(), _columns.session_id.desc()).limit(limit + 1)
    with call.context.state.read() as connection:
        rows = connection.execute(statement).all()
    page = rows[:limit]
    following = f"{page[-1].created}~{page[-1].session_id}" if len(rows) > limit else None
    return SessionList(sessions=[summary_of(row.session_id, row.summary) for row in page], cursor=following)


def read_list_cursor(cursor: str, count: int) -> tuple[str, ...]:
    """The place in a list of this many columns. Raises Refusal (invalid_request)."""
    place = tuple(cursor.split("~"))
    if len(place) != count or not all(place) or "\x00" in cursor:
        raise _no_cursor()
    return place


def read_number(text: str) -> int:
    """A column of a cursor that is a number. Raises Refusal (invalid_request)."""
    # Eighteen digits fit the column whatever they are.
    if not text.isdecimal() or not text.isascii() or len(text) > 18:
        raise _no_cursor()
    return int(text)


def summary_of(session_id: str, summary: str) -> ListedSession:
    """One line of a list."""
    return ListedSession.model_validate({"id": session_id, **json.loads(summary)})


def state_of(row: Fields | RowMapping) -> SessionState:
    """A row as callers see it."""
    manifest = None if row["manifest"] is None else SessionManifest.model_validate_json(row["manifest"])
    return SessionState(
        id=row["session_id"], kind=row["kind"], rev=row["rev"], deleted=row["deleted"], device_id=row["device_id"],
        changed=row["changed"], manifest=manifest,
    )  # fmt: skip


def _mine(owner: str, session_id: str) -> Any:
    return select(tables.session).where(_columns.owner == owner, _columns.session_id == session_id)


def _refuse_unless_seen(held: Fields | None, seen: int) -> None:
    if held is None and seen != 0:
        raise not_found()
    if held is not None and held["rev"] != seen:
        detail = "It was changed elsewhere in the meantime: see what is held now."
        raise Refusal("rev_conflict", detail, current=state_of(held))


def _change(transaction: Transaction, account: Fields, session_id: str, seen: int, values: dict[str, Any]) -> Fields:
    owner, seq = account["owner"], account["change_seq"] + 1
    row = {
        **values, "owner": owner, "session_id": session_id, "rev": seen + 1, "seq": seq, "changed": transaction.now,
    }  # fmt: skip
    transaction.upsert(tables.session, row, [name for name in row if name not in ("owner", "session_id")])
    transaction.execute(update(tables.account).where(tables.account.c.owner == owner).values(change_seq=seq))
    changed = transaction.one(_mine(owner, session_id))
    assert changed is not None  # noqa: S101 - written just above; for the type checker
    return changed


def _check_files(transaction: Transaction, owner: str, session_id: str, manifest: SessionManifest) -> None:
    """A manifest promises its objects to other laptops: they must be there, and the owner's."""
    wanted = {file.object_id for file in manifest.files if file.object_id is not None}
    if not wanted:
        return
    columns = tables.upload.c
    found = transaction.connection.scalars(
        select(columns.upload_id).where(
            columns.owner == owner,
            columns.session_id == session_id,
            columns.state == "stored",
            columns.upload_id.in_(wanted),
        )
    )
    if wanted - set(found):
        raise Refusal("state_conflict", "A file of this session is not stored: send it first.")


def _keep_objects(transaction: Transaction, owner: str, session_id: str, expires: str | None) -> None:
    """From when on the reaper may take the session's objects; None: never."""
    columns = tables.upload.c
    mine = (columns.owner == owner) & (columns.session_id == session_id)
    transaction.execute(update(tables.upload).where(mine).values(expires=expires))


def _read_cursor(cursor: str | None) -> tuple[str | None, int]:
    if not cursor:
        return None, 0
    epoch, _, after = cursor.partition(".")
    if not _EPOCH.fullmatch(epoch):
        raise _no_cursor()
    return epoch, read_number(after)


def _no_cursor() -> Refusal:
    return Refusal("invalid_request", "That is no cursor of this list.")
