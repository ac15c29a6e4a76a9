"""What somebody who was sent a link can do with it, without an account. For `routes.public_shares`.

A wrong password is slow and counted by link and address; a right one forgives what was counted, so that a class behind
one address is never locked out. What was unlocked stays so for an hour, by a sealed cookie.
"""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import RowMapping, select, update
from starlette.concurrency import run_in_threadpool

from coachvision.clock import iso
from coachvision.gateway import tables
from coachvision.gateway.calls import Call, hash_token
from coachvision.gateway.passwords import is_right, is_sealed, seal
from coachvision.gateway.shares import gone
from coachvision.web.problems import Refusal
from coachvision.wire.gateway_sharing import Playback, SharedCard

UNLOCKED_S = 3600
WRONG_PASSWORDS = "10/15minute"
_columns = tables.share.c


async def find(call: Call, token: str) -> RowMapping:
    """The link's row. Raises Refusal: not_found (counted by address), share_gone."""
    row = await run_in_threadpool(_find, call, token)
    if row is None:
        await call.context.limits.hit(call.context.settings.rates.unknown_shares, "unknown share", call.address)
        raise Refusal("not_found", "There is no such link.")
    if row["revoked"] or row["expires"] <= iso(call.now):
        raise gone()
    return row


async def unlock(call: Call, token: str, password: str) -> str:
    """The seal for a right password. Raises Refusal: as `find`, forbidden, rate_limited, state_conflict (none set)."""
    row = await find(call, token)
    if row["password"] is None:
        raise Refusal("state_conflict", "This link has no password.")
    limits, who = call.context.limits, f"{row['share_id']} {call.address}"
    await limits.hit(WRONG_PASSWORDS, "wrong password", who)
    if not await run_in_threadpool(is_right, row["password"], password):
        raise Refusal("forbidden", "That is not the password.")
    await limits.forgive(WRONG_PASSWORDS, "wrong password", who)
    until = int(call.now.timestamp()) + UNLOCKED_S
    return seal(call.context.address_key, row["share_id"], row["password"], until)


async def card(call: Call, token: str, sealed: str) -> SharedCard:
    """What there is to see; with a password that was not given yet, only that there is one. Raises as `find`."""
    row = await find(call, token)
    told = SharedCard(
        expires=row["expires"], locked=_is_locked(call, row, sealed), allow_download=row["allow_download"], card=None
    )
    if told.locked or row["card_id"] is None:
        return told
    content = await run_in_threadpool(_read_card, call, row)
    return told.model_copy(update={"card": content})


async def play(call: Call, token: str, sealed: str) -> Playback:
    """A signed address of the film, counted as a view. Raises Refusal: as `find`, forbidden (locked)."""
    row = await find(call, token)
    if _is_locked(call, row, sealed):
        raise Refusal("forbidden", "This link wants its password first.")
    return await run_in_threadpool(_play, call, row)


def _find(call: Call, token: str) -> RowMapping | None:
    with call.context.state.read() as connection:
        statement = select(tables.share).where(_columns.token_sha256 == hash_token(token))
        return connection.execute(statement).mappings().one_or_none()


def _is_locked(call: Call, row: RowMapping, sealed: str) -> bool:
    if row["password"] is None:
        return False
    return not is_sealed(call.context.address_key, row["share_id"], row["password"], sealed, call.now.timestamp())


def _read_card(call: Call, row: RowMapping) -> dict[str, object] | None:
    stored = _stored(call, row["owner"], row["card_id"])
    data = call.context.bucket.read(stored["key"]) if stored is not None else None
    if data is None:
        return None
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _play(call: Call, row: RowMapping) -> Playback:
    stored = _stored(call, row["owner"], row["object_id"])
    if stored is None:
        raise gone()
    # Nobody would notice a view that a power loss takes back.
    with call.context.state.write(durable=False) as transaction:
        mine = _columns.share_id == row["share_id"]
        transaction.execute(update(tables.share).where(mine).values(views=_columns.views + 1))
    seconds, now = call.context.settings.download_ttl_s, call.now
    kind = "attachment" if row["allow_download"] else "inline"
    answer = {
        "response-content-type": stored["content_type"],
        "response-content-disposition": f'{kind}; filename="{stored["upload_id"]}.{stored["ext"]}"',
    }
    return Playback(
        url=call.context.bucket.sign_get(stored["key"], answer=answer, seconds=seconds, now=now),
        expires=iso(now + timedelta(seconds=seconds)),
        content_type=stored["content_type"],
    )


def _stored(call: Call, owner: str, object_id: str) -> RowMapping | None:
    columns = tables.upload.c
    theirs = (columns.upload_id == object_id) & (columns.owner == owner) & (columns.state == "stored")
    with call.context.state.read() as connection:
        return connection.execute(select(tables.upload).where(theirs)).mappings().one_or_none()
