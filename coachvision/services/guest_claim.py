"""The guest as the gateway knows him, and what he put there becoming the account's at sign-in.

A guest has a token in the keyring from the first time he needs one. At sign-in it is noted as that account's to claim,
in one write, so that it is the guest's no more; then the gateway is asked, and the token goes when all of it is the
account's. Killed or offline anywhere in between, the next try goes on: each step may be repeated, and no other account
takes it over.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from coachvision.checkpoints import checkpoint
from coachvision.errors import AccountError, Offline, SignedOut
from coachvision.services import gateway_call
from coachvision.services.gateway_call import Unknown
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.accounts.access import Access
    from coachvision.accounts.account import Account

# The keyring's entry: all of them in one, so that handing a token over is one write.
GUEST_TOKENS = "guest-tokens"
# More would not fit where keyrings are small. What an account left unclaimed for so long the cloud has swept.
_MOST = 8
# The gateway copies within the request: many films take longer than a question.
_TIMEOUT_S = 120.0
_LOOK_S, _LOOKS = 0.5, 20


@dataclass(frozen=True, slots=True)
class _Guest:
    """owner: the account that is to have what he shared; "" while he is this laptop's guest."""

    token: str
    owner: str = ""


def guest_token(account: Account) -> str:
    """The token of this laptop's guest, made when it is first needed. Raises Offline, AccountError."""
    from coachvision.wire.gateway import Guest

    guests = _kept(account)
    for one in guests:
        if not one.owner:
            return one.token
    service = account.service
    gateway = gateway_call.require(service.gateway if service else "")
    made = gateway_call.read(gateway, gateway_call.ask_as_stranger(gateway, "POST", "/v1/guest"), Guest)
    _keep(account, [*guests, _Guest(made.token)])
    return made.token


def note(account: Account) -> None:
    """What the guest shared is to be the account's who is signed in, whoever signs in next. Raises AccountError."""
    found = account.identity
    if found is None:
        return
    guests = _kept(account)
    if any(not one.owner for one in guests):
        _keep(account, [one if one.owner else replace(one, owner=found.user_id) for one in guests])
    checkpoint("accounts.claim.noted")


def claim(account: Account, pause: Callable[[float], object] | None = None) -> int | None:
    """Take what the guest put into the cloud into the signed-in account: how many files, None for nothing.

    pause: waits so many seconds while another process is at it. Raises Offline (try again later), SignedOut,
    AccountError.
    """
    found = account.identity
    if found is None:
        return None
    access = account.access()
    if not access.gateway:
        return None
    note(account)
    files: int | None = None
    for one in _kept(account):
        if one.owner != access.user_id:
            continue
        taken = _take(access, one.token, pause or Event().wait)
        checkpoint("accounts.claim.taken")
        _keep(account, [other for other in _kept(account) if other != one])
        checkpoint("accounts.claim.done")
        files = files if taken is None else (files or 0) + taken
    return files


def claim_in_words(account: Account) -> str:
    """As `claim`, what became of it as a sentence for whoever has just signed in; "" where there was nothing."""
    try:
        files = claim(account)
    except (Offline, SignedOut):
        return tr("What you shared as a guest becomes yours as soon as the cloud can be reached.")
    except AccountError as error:
        return tr("What you shared as a guest could not be taken in yet: {error}", error=error)
    return claimed_words(files)


def claimed_words(files: int | None) -> str:
    """`2 files that you shared as a guest are yours now.`; "" where there were none."""
    if not files:
        return ""
    return counted(
        files, "A file that you shared as a guest is yours now.",
        "{count} files that you shared as a guest are yours now.",
    )  # fmt: skip


def _kept(account: Account) -> list[_Guest]:
    try:
        return [_Guest(**one) for one in json.loads(account.secret(GUEST_TOKENS) or "[]")]
    except (ValueError, TypeError):
        # Not written by us: nothing that could be claimed with.
        return []


def _keep(account: Account, guests: list[_Guest]) -> None:
    account.keep_secret(GUEST_TOKENS, json.dumps([asdict(one) for one in guests[-_MOST:]]) if guests else None)


def _take(access: Access, token: str, pause: Callable[[float], object]) -> int | None:
    """Have the gateway do it. None: it knows no such guest, or another account has claimed him before."""
    from coachvision.wire.gateway_sharing import Claim, CreateClaim

    try:
        asked = gateway_call.ask(access, "POST", "/v1/claims", CreateClaim(guest_token=token), timeout_s=_TIMEOUT_S)
    except Unknown:
        return None
    told = gateway_call.read(access.gateway, asked, Claim)
    checkpoint("accounts.claim.asked")
    for _ in range(_LOOKS):
        if told.state in ("switched", "deleted"):
            return told.objects_total
        pause(_LOOK_S)
        told = gateway_call.read(access.gateway, gateway_call.ask(access, "GET", f"/v1/claims/{told.claim_id}"), Claim)
    raise Offline("The cloud is still at it", "What the guest shared is being copied", retryable=True)
