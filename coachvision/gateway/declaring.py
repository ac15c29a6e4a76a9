"""Declaring the MD5s of parts about to be sent, which is what signing a URL costs. For `routes.uploads`.

One brief transaction, from the event loop where it can (`State.briefly`); with a database server, together with what
other requests declare (`declarations`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select

from coachvision.gateway import tables
from coachvision.gateway.calls import OwnedCall
from coachvision.gateway.declarations import SIGNED_BY, Declaration, fields
from coachvision.gateway.state import Fields, Prepared, upserting
from coachvision.gateway.uploads import known, refuse_unless_open
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import PartDigest


async def declare(call: OwnedCall, upload_id: str, parts: Sequence[PartDigest]) -> Fields:
    """Declare the MD5s of these parts; the upload as `uploads.signed` takes it.

    A declaration that a power loss takes back is found missing at `complete`, and made again.
    Raises Refusal: not_found, upload_gone, upload_busy, state_conflict (stored already), invalid_request.
    """
    context, md5s = call.context, {part.n: part.md5 for part in parts}
    if context.state.is_server and len(md5s) == len(parts):
        found = await context.declarations.put(Declaration(upload_id, call.owner, call.caller.session_id, md5s))
        if found is not None:
            return _checked(call, found, parts)
    return await context.state.briefly(declare_now, call, upload_id, parts)


def declare_now(call: OwnedCall, upload_id: str, parts: Sequence[PartDigest]) -> Fields:
    """The same in a transaction of this request's own, waiting for whoever has the upload."""
    with call.context.state.write(durable=False) as transaction:
        rows = _FOR_SIGNING.run(transaction.connection, [{"upload_id": upload_id, "owner": call.owner}])
        found = _checked(call, fields(rows[0]) if rows else None, parts)
        declared = [{"upload_id": upload_id, "n": part.n, "md5": part.md5} for part in parts]
        _DECLARE.run(transaction.connection, declared)
    return found


def _select_for_signing(_: str) -> Select[tuple[object, ...]]:
    columns = tables.upload.c
    mine = (columns.upload_id == bindparam("upload_id")) & (columns.owner == bindparam("owner"))
    # Shared: two may sign, but not while it is being completed or dropped.
    return select(*(columns[name] for name in SIGNED_BY)).where(mine).with_for_update(read=True)


def _upsert_part(dialect: str) -> Any:
    return upserting(dialect, tables.part, ["md5"]).values(
        {name: bindparam(name) for name in ("upload_id", "n", "md5")}
    )


_FOR_SIGNING, _DECLARE = Prepared(_select_for_signing), Prepared(_upsert_part)


def _checked(call: OwnedCall, row: Fields | None, parts: Sequence[PartDigest]) -> Fields:
    found = known(call, row)
    refuse_unless_open(found)
    numbers = {part.n for part in parts}
    if len(numbers) < len(parts) or max(numbers) > found["parts_total"]:
        raise Refusal("invalid_request", f"Each part once, from 1 to {found['parts_total']}.")
    return found
