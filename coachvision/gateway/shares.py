"""Links to objects: made, listed, changed and revoked by their owners. For `routes.shares` and `public_shares`.

A link is a token of 256 bits, kept as its SHA-256. Who opens one is the business of `public_shares`.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from coachvision.clock import iso
from coachvision.gateway import tables
from coachvision.gateway.calls import OwnedCall, hash_token, not_found
from coachvision.gateway.passwords import hash_password
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import Tier
from coachvision.wire.gateway_sharing import ChangeShare, CreateShare, NewShare, Share

CARD_BYTES = 256_000
_columns = tables.share.c
_uploads = tables.upload.c


def create(call: OwnedCall, wanted: CreateShare) -> NewShare:
    """A new link. Raises Refusal: not_found (object or card), too_large (card), invalid_request (lifetime)."""
    token, share_id = secrets.token_urlsafe(32), str(uuid.uuid4())
    # Slow on purpose, so not while others wait for the account.
    password = None if wanted.password is None else hash_password(wanted.password)
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        shared = _stored(transaction.connection, call, wanted.object_id)
        if wanted.card_id is not None:
            _check_card(_stored(transaction.connection, call, wanted.card_id))
        expires = iso(call.now + timedelta(seconds=_lifetime(call, account["tier"], wanted.expires_in)))
        values = {
            "share_id": share_id, "token_sha256": hash_token(token), "owner": call.owner,
            "object_id": wanted.object_id, "card_id": wanted.card_id, "password": password,
            "allow_download": wanted.allow_download, "created": transaction.now,
            # A guest's object is there for some days, and its links no longer than that.
            "expires": min(expires, shared["expires"] or expires), "revoked": False, "views": 0,
        }  # fmt: skip
        transaction.execute(insert(tables.share).values(values))
        transaction.note("share.created", account, share_id)
    url = f"{call.context.settings.public_url.rstrip('/')}/s/{token}"
    return NewShare(**_told(values).model_dump(), url=url)


def listed(call: OwnedCall) -> list[Share]:
    """Those that still hold, newest first."""
    holding = (_columns.owner == call.owner) & _columns.revoked.is_(False) & (_columns.expires > iso(call.now))
    statement = select(tables.share).where(holding).order_by(_columns.created.desc(), _columns.share_id)
    with call.context.state.read() as connection:
        return [_told(row) for row in connection.execute(statement).mappings()]


def change(call: OwnedCall, share_id: str, wanted: ChangeShare) -> Share:
    """Change what was named. Raises Refusal: not_found, share_gone, invalid_request (lifetime)."""
    values: dict[str, object] = {}
    if "password" in wanted.model_fields_set:
        values["password"] = None if wanted.password is None else hash_password(wanted.password)
    if wanted.allow_download is not None:
        values["allow_download"] = wanted.allow_download
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        held = _mine(transaction.connection, call, share_id)
        if held["revoked"] or held["expires"] <= transaction.now:
            raise gone()
        if wanted.expires_in is not None:
            shared = _stored(transaction.connection, call, held["object_id"])
            expires = iso(call.now + timedelta(seconds=_lifetime(call, account["tier"], wanted.expires_in)))
            values["expires"] = min(expires, shared["expires"] or expires)
        if values:
            transaction.execute(update(tables.share).where(_columns.share_id == share_id).values(values))
            transaction.note("share.changed", account, share_id)
        return _told(_mine(transaction.connection, call, share_id))


def revoke(call: OwnedCall, share_id: str) -> None:
    """Nobody can open it any more. Repeating it is harmless. Raises Refusal: not_found."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        if not _mine(transaction.connection, call, share_id)["revoked"]:
            transaction.execute(update(tables.share).where(_columns.share_id == share_id).values(revoked=True))
            transaction.note("share.revoked", account, share_id)


def gone() -> Refusal:
    """Expired, revoked, or its object is no more."""
    return Refusal("share_gone", "This link has expired.")


def _lifetime(call: OwnedCall, tier: Tier, wanted: int | None) -> int:
    settings = call.context.settings
    longest = settings.share_longest_s[tier]
    if wanted is None:
        return min(settings.share_default_s[tier], longest)
    if wanted > longest:
        raise Refusal("invalid_request", f"A link of yours may last {longest} seconds at most.")
    return wanted


def _stored(connection: Connection, call: OwnedCall, object_id: str) -> RowMapping:
    mine = (_uploads.upload_id == object_id) & (_uploads.owner == call.owner) & (_uploads.state == "stored")
    found = connection.execute(select(tables.upload).where(mine)).mappings().one_or_none()
    if found is None:
        raise not_found()
    return found


def _check_card(card: RowMapping) -> None:
    if card["kind"] != "card" or card["ext"] != "json":
        raise Refusal("invalid_request", "card_id: that object is no card.")
    if card["size"] > CARD_BYTES:
        raise Refusal("too_large", f"A card may have {CARD_BYTES} bytes at most.")


def _mine(connection: Connection, call: OwnedCall, share_id: str) -> RowMapping:
    mine = (_columns.share_id == share_id) & (_columns.owner == call.owner)
    found = connection.execute(select(tables.share).where(mine)).mappings().one_or_none()
    if found is None:
        raise not_found()
    return found


def _told(row: RowMapping | dict[str, object]) -> Share:
    return Share.model_validate({**row, "password": row["password"] is not None})
