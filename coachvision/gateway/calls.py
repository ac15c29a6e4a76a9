"""Who calls, and the `Call` that every route takes: context, caller, address. Tokens are read here and nowhere else.

Routes choose by annotation: `Anyone` (user, guest or delegate), `Owner` (user or guest), `User`, `Stranger` (nobody
asked). Whoever may not is refused before the route's own work.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from coachvision.clock import iso
from coachvision.gateway import tables
from coachvision.gateway.context import Context
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import Id, Tier

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SIGN_IN = "Sign in first."

PathId = Annotated[Id, Path()]
# Cursors of lists: the columns by which they are ordered.
PLACE_OF_TWO = r"^[^~\x00]{1,80}~[^~\x00]{1,80}$"
PLACE_OF_THREE = r"^[^~\x00]{1,80}~[^~\x00]{1,80}~[^~\x00]{1,80}$"


@dataclass(frozen=True)
class Caller:
    """Whose data a request is about. session_id: the only session a delegate may touch."""

    kind: Literal["user", "guest", "delegate"]
    subject: str
    session_id: str | None = None

    @property
    def owner(self) -> str:
        """How the tables name it. A delegate acts for its user."""
        return f"{'guest' if self.kind == 'guest' else 'user'}:{self.subject}"

    @property
    def tier(self) -> Tier:
        """The tier of a new account."""
        return "guest" if self.kind == "guest" else "registered"

    def key(self, session_id: str, upload_id: str, ext: str) -> str:
        """Where an object of this caller lies in the bucket. Keys are made here alone."""
        if self.kind == "guest":
            return f"anonymous/{self.subject}/{upload_id}.{ext}"
        return f"users/{self.subject}/{session_id}/{upload_id}.{ext}"


def owner_tier(owner: str) -> Tier:
    """The tier of a new account of that owner."""
    return "guest" if owner.startswith("guest:") else "registered"


@dataclass(frozen=True)
class Call:
    """One request: the gateway's parts and where it comes from (IPv4, or IPv6 /64)."""

    context: Context
    address: str

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.context.clock.now()


@dataclass(frozen=True)
class OwnedCall(Call):
    """One request of somebody known."""

    caller: Caller

    @property
    def owner(self) -> str:
        """The caller's data."""
        return self.caller.owner

    def check_session(self, session_id: str) -> None:
        """A delegate has one session; the others are not there for it. Raises Refusal."""
        if self.caller.session_id not in (None, session_id):
            raise not_found()


def not_found() -> Refusal:
    """The answer to ids that do not exist and to those of others: nobody can tell which."""
    return Refusal("not_found", "There is nothing of yours under that id.")


def hash_token(token: str) -> str:
    """What is kept of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _stranger(request: Request) -> Call:
    context = _context(request)
    address = context.addresses.of(request.scope)
    await context.limits.hit(context.settings.rates.address, "address", address)
    return Call(context, address)


async def anyone(request: Request) -> OwnedCall:
    """What `Anyone` stands for. Raises Refusal."""
    context = _context(request)
    address = context.addresses.of(request.scope)
    rates = context.settings.rates
    try:
        caller = await _identify(context, request)
    except Refusal as refusal:
        if refusal.code in ("token_invalid", "token_expired"):
            await context.limits.hit(rates.refused_tokens, "refused", address)
        raise
    key = address if caller.kind == "guest" else caller.owner
    await context.limits.hit(rates.caller, "caller", key)
    return OwnedCall(context, address, caller)


async def _owner(call: Annotated[OwnedCall, Depends(anyone)]) -> OwnedCall:
    if call.caller.kind == "delegate":
        raise Refusal("forbidden", "That grant only uploads.")
    return call


async def _user(call: Annotated[OwnedCall, Depends(anyone)]) -> OwnedCall:
    if call.caller.kind == "guest":
        raise Refusal("token_invalid", _SIGN_IN)
    return await _owner(call)


async def _identify(context: Context, request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    scheme = scheme.lower()
    if scheme == "bearer":
        verifier = context.verifier
        if verifier.ready(token):
            return Caller("user", verifier.verify(token).subject)
        return Caller("user", (await run_in_threadpool(verifier.verify, token)).subject)
    if scheme in ("guest", "delegation") and _TOKEN.fullmatch(token):
        find = _find_guest if scheme == "guest" else _find_delegate
        caller = await run_in_threadpool(find, context, hash_token(token))
        if caller is not None:
            return caller
    raise Refusal("token_invalid", _SIGN_IN)


def _find_guest(context: Context, token_sha256: str) -> Caller | None:
    """A guest whose things were claimed is nobody any more."""
    columns = tables.guest.c
    statement = select(columns.guest_id).where(columns.token_sha256 == token_sha256, columns.claimed_by.is_(None))
    with context.state.read() as connection:
        found = connection.scalar(statement)
    return None if found is None else Caller("guest", found)


def _find_delegate(context: Context, token_sha256: str) -> Caller | None:
    columns = tables.delegation.c
    statement = select(columns.owner, columns.session_id, columns.expires, columns.revoked).where(
        columns.token_sha256 == token_sha256
    )
    with context.state.read() as connection:
        found = connection.execute(statement).one_or_none()
    if found is None or found.revoked or found.expires <= iso(context.clock.now()):
        return None
    return Caller("delegate", found.owner.removeprefix("user:"), found.session_id)


Stranger = Annotated[Call, Depends(_stranger)]
Anyone = Annotated[OwnedCall, Depends(anyone)]
Owner = Annotated[OwnedCall, Depends(_owner)]
User = Annotated[OwnedCall, Depends(_user)]
