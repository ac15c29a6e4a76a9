"""The life of an upload: announced, signed (after `declaring`), resumed, completed or dropped. For `routes.uploads`,
claims and the reaper.

The bucket is never asked inside a transaction. Intent is committed before each effect on the bucket and confirmed
after, so that a repeat of the same request finishes what a killed one began.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, Select, insert, select, update

from coachvision.checkpoints import checkpoint
from coachvision.clock import iso
from coachvision.gateway import quotas, tables
from coachvision.gateway.calls import OwnedCall, not_found, owner_tier
from coachvision.gateway.context import Context
from coachvision.gateway.state import Fields, Transaction, one
from coachvision.gateway.storage import HeldPart, PartsMissing, UploadMissing, expected_etag
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import (
    CONTENT_TYPES,
    CreateUpload,
    PartDigest,
    SignedPart,
    SignedParts,
    StoredPart,
    Upload,
    UploadStatus,
)

MAX_PARTS = 10_000
_MIB = 1 << 20
_OPEN, _COMPLETING, _STORED, _ABORTED = "open", "completing", "stored", "aborted"
_columns = tables.upload.c


def create(call: OwnedCall, wanted: CreateUpload, idempotency_key: str) -> tuple[Upload, bool]:
    """Announce an upload and reserve its bytes; whether it is new. The same key and request again is the same upload.

    Raises Refusal: unsupported_type, idempotency_mismatch, too_large, quota_exceeded, not_found (a delegate elsewhere).
    """
    call.check_session(wanted.session_id)
    if CONTENT_TYPES.get(wanted.ext) != wanted.content_type:
        raise Refusal("unsupported_type", f"Files ending in .{wanted.ext} are not stored as that type.")
    digest = hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        mine = (_columns.owner == call.owner) & (_columns.idempotency_key == idempotency_key)
        known = transaction.one(select(tables.upload).where(mine))
        if known is None:
            quotas.reserve(transaction, call, account, wanted.size)
            row = _announce(transaction, call, wanted, idempotency_key, digest)
            transaction.note("upload.created", account, row["upload_id"], _guest_address(call, transaction))
        elif known["request_sha256"] != digest:
            raise Refusal("idempotency_mismatch", "That Idempotency-Key was used for another request.")
    checkpoint("gateway.upload.created")
    found = row if known is None else known
    if found["state"] == _OPEN and found["storage_id"] is None:
        begin(call.context, found)
    return Upload.model_validate(found, from_attributes=False), known is None


def part_size(size: int, wanted: int) -> int:
    """Bytes of all parts but the last: as configured, whole MiB more where 10,000 of them would not do."""
    least = -(-size // MAX_PARTS)
    return max(wanted, -(-least // _MIB) * _MIB)


def signed(call: OwnedCall, row: Fields, storage_id: str, parts: Sequence[PartDigest]) -> SignedParts:
    """URLs for these declared parts. storage_id: the bucket's own id of the upload. Pure."""
    now, seconds = call.now, call.context.settings.url_ttl_s
    made = []
    for part in parts:
        size = _size_of(row, part.n)
        url, headers = call.context.bucket.sign_part(
            row["key"], storage_id, part.n, size=size, md5=part.md5, seconds=seconds, now=now
        )
        made.append(SignedPart(n=part.n, url=url, size=size, headers=headers))
    return SignedParts(parts=made, expires=iso(now + timedelta(seconds=seconds)))


def status(call: OwnedCall, upload_id: str) -> UploadStatus:
    """Where the upload stands: asked of the bucket, which alone knows. Raises Refusal: not_found, upload_gone."""
    with call.context.state.read() as connection:
        found = known(call, one(connection, _mine(call, upload_id)))
        declared = _declared(connection, upload_id)
    if found["state"] == _ABORTED:
        raise _gone()
    if found["state"] == _STORED:
        return UploadStatus.model_validate({**found, "completed": [], "missing": []})
    held: dict[int, HeldPart] = {}
    if found["storage_id"] is not None:
        try:
            held = call.context.bucket.parts(found["key"], found["storage_id"])
        except UploadMissing:
            return _without_storage(call, found, list(declared.values()))
    completed = [
        StoredPart(n=n, size=part.size, md5=part.md5)
        for n, part in sorted(held.items())
        if part.md5 == declared.get(n) and part.size == _size_of(found, n)
    ]
    there = {part.n for part in completed}
    missing = [n for n in range(1, found["parts_total"] + 1) if n not in there]
    return UploadStatus.model_validate({**found, "completed": completed, "missing": missing})


def complete(call: OwnedCall, upload_id: str) -> Upload:
    """Make the object and check it: its size, and the ETag that the declared MD5s give. Repeating it is harmless.

    Raises Refusal: not_found, upload_gone, state_conflict (parts missing), checksum_mismatch (the object is dropped).
    """
    with call.context.state.write() as transaction:
        found = known(call, transaction.one(_mine(call, upload_id).with_for_update()))
        if found["state"] == _STORED:
            return Upload.model_validate(found)
        if found["state"] == _ABORTED:
            raise _gone()
        declared = _declared(transaction.connection, upload_id)
        if len(declared) < found["parts_total"] or found["storage_id"] is None:
            raise _incomplete()
        if found["state"] == _OPEN:
            _set(transaction, upload_id, state=_COMPLETING)
    checkpoint("gateway.complete.begun")
    md5s = [declared[n] for n in range(1, found["parts_total"] + 1)]
    try:
        call.context.bucket.complete(found["key"], found["storage_id"], md5s)
    except PartsMissing as error:
        with call.context.state.write() as transaction:
            _set(transaction, upload_id, state=_OPEN, when=_COMPLETING)
        raise _incomplete() from error
    except UploadMissing:
        # Completed by a request whose reply was lost, or swept: the object itself tells.
        pass
    checkpoint("gateway.complete.applied")
    return _confirm(call, found, md5s)


def drop(call: OwnedCall, upload_id: str) -> None:
    """Abort an upload, or remove a stored object. Repeating it is harmless. Raises Refusal: not_found, upload_busy."""
    with call.context.state.write() as transaction:
        # The account before the upload, as everywhere: two that wait for each other would both fail.
        transaction.lock_account(call.owner, call.caller.tier)
        found = known(call, transaction.one(_mine(call, upload_id).with_for_update()))
        if found["state"] == _COMPLETING:
            raise _busy()
        if found["state"] != _ABORTED:
            abandon(transaction, found)
    checkpoint("gateway.drop.decided")
    if not found["clean"]:
        clean(call.context, found)


def clean(context: Context, row: Fields) -> None:
    """Remove from the bucket what an aborted upload left there. Also for the reaper; repeating it is harmless."""
    if row["storage_id"] is not None:
        context.bucket.abort(row["key"], row["storage_id"])
    context.bucket.delete(row["key"])
    with context.state.write() as transaction:
        _set(transaction, row["upload_id"], clean=True, when=_ABORTED)


def _announce(
    transaction: Transaction, call: OwnedCall, wanted: CreateUpload, idempotency_key: str, digest: str
) -> Fields:
    upload_id = str(uuid.uuid4())
    size = part_size(wanted.size, call.context.settings.part_bytes)
    expires = None
    if call.caller.kind == "guest":
        expires = iso(call.now + timedelta(seconds=call.context.settings.guest_ttl_s))
    values = {
        **wanted.model_dump(), "upload_id": upload_id, "owner": call.owner, "idempotency_key": idempotency_key,
        "request_sha256": digest, "key": call.caller.key(wanted.session_id, upload_id, wanted.ext), "part_size": size,
        "parts_total": -(-wanted.size // size), "state": _OPEN, "clean": False, "created": transaction.now,
        "changed": transaction.now, "expires": expires,
    }  # fmt: skip
    transaction.execute(insert(tables.upload).values(values))
    made = transaction.one(select(tables.upload).where(_columns.upload_id == upload_id))
    assert made is not None  # noqa: S101 - inserted just above; for the type checker
    return made


def begin(context: Context, row: Fields) -> str:
    """Begin the bucket's multipart upload; of two that try, one is kept. Returns the bucket's id of it."""
    begun = context.bucket.begin(row["key"], row["content_type"])
    checkpoint("gateway.upload.begun")
    with context.state.write() as transaction:
        mine = _columns.upload_id == row["upload_id"]
        free = mine & _columns.storage_id.is_(None) & (_columns.state == _OPEN)
        transaction.execute(update(tables.upload).where(free).values(storage_id=begun))
        kept = transaction.connection.scalar(select(_columns.storage_id).where(mine))
    if kept != begun:
        context.bucket.abort(row["key"], begun)
    if kept is None:
        raise _gone()
    return str(kept)


def _confirm(call: OwnedCall, row: Fields, md5s: list[str]) -> Upload:
    """Judge the object by the bucket's own word and settle the quota, or drop it."""
    stored = call.context.bucket.head(row["key"])
    etag = expected_etag(md5s)
    good = stored is not None and (stored.size, stored.etag) == (row["size"], etag)
    with call.context.state.write() as transaction:
        account = transaction.lock_account(row["owner"], call.caller.tier)
        current = known(call, transaction.one(_mine(call, row["upload_id"]).with_for_update()))
        if current["state"] == _COMPLETING and good:
            quotas.settle(transaction, row["owner"], row["size"])
            _set(transaction, row["upload_id"], state=_STORED, etag=etag)
            transaction.note("upload.stored", account, row["upload_id"])
        elif current["state"] == _COMPLETING:
            abandon(transaction, current)
    checkpoint("gateway.complete.confirmed")
    if current["state"] == _ABORTED:
        raise _gone()
    if good:
        return Upload.model_validate({**current, "state": _STORED})
    clean(call.context, row)
    if stored is None:
        raise _gone()
    raise Refusal("checksum_mismatch", "What arrived is not what was announced; it was dropped. Send it again.")


def _without_storage(call: OwnedCall, row: Fields, md5s: list[str]) -> UploadStatus:
    """The bucket knows no such upload: it was completed and the confirmation is due, or it was swept."""
    if row["state"] == _COMPLETING:
        confirmed = _confirm(call, row, md5s)
        return UploadStatus.model_validate({**confirmed.model_dump(), "completed": [], "missing": []})
    with call.context.state.write() as transaction:
        transaction.lock_account(call.owner, call.caller.tier)
        found = known(call, transaction.one(_mine(call, row["upload_id"]).with_for_update()))
        if found["state"] == _OPEN:
            abandon(transaction, found)
    raise _gone()


def abandon(transaction: Transaction, row: Fields) -> None:
    """Aborted from now on, and its bytes given back; `clean` follows. row: read under a lock in this transaction."""
    account = transaction.lock_account(row["owner"], owner_tier(row["owner"]))
    stored = row["state"] == _STORED
    quotas.release(
        transaction, row["owner"], reserved=0 if stored else row["size"], stored=row["size"] if stored else 0
    )
    _set(transaction, row["upload_id"], state=_ABORTED)
    transaction.note("upload.removed" if stored else "upload.aborted", account, row["upload_id"])


def _set(transaction: Transaction, upload_id: str, *, when: str | None = None, **values: object) -> None:
    statement = update(tables.upload).where(_columns.upload_id == upload_id)
    if when is not None:
        statement = statement.where(_columns.state == when)
    transaction.execute(statement.values(changed=transaction.now, **values))


def _mine(call: OwnedCall, upload_id: str) -> Select[tuple[object, ...]]:
    return select(tables.upload).where(_columns.upload_id == upload_id, _columns.owner == call.owner)


def known(call: OwnedCall, row: Fields | None) -> Fields:
    """An upload of the caller, of a session it may touch. Raises Refusal: not_found."""
    if row is None:
        raise not_found()
    call.check_session(row["session_id"])
    return row


def _declared(connection: Connection, upload_id: str) -> dict[int, str]:
    columns = tables.part.c
    statement = select(columns.n, columns.md5).where(columns.upload_id == upload_id).order_by(columns.n)
    return {row.n: row.md5 for row in connection.execute(statement)}


def _size_of(row: Fields, n: int) -> int:
    """Bytes of part n: all equal but the last."""
    size: int = min(row["part_size"], row["size"] - (n - 1) * row["part_size"])
    return size


def _guest_address(call: OwnedCall, transaction: Transaction) -> str:
    return call.context.hash_address(call.address, transaction.now[:10]) if call.caller.kind == "guest" else ""


def refuse_unless_open(row: Fields) -> None:
    """Raises Refusal: upload_busy, state_conflict (stored already), upload_gone."""
    if row["state"] == _COMPLETING:
        raise _busy()
    if row["state"] == _STORED:
        raise Refusal("state_conflict", "It is stored already.")
    if row["state"] == _ABORTED:
        raise _gone()


def _busy() -> Refusal:
    return Refusal("upload_busy", "It is being completed.", retry_after=1)


def _gone() -> Refusal:
    return Refusal("upload_gone", "That upload does not exist any more: announce it anew.")


def _incomplete() -> Refusal:
    return Refusal("state_conflict", "Not all parts have arrived: ask which are missing.")
