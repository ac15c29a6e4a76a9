"""`/v1/shares`: links of guests and users. The work is in `gateway.shares`."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from coachvision.gateway import shares
from coachvision.gateway.calls import Owner, PathId
from coachvision.web.problems import problems
from coachvision.wire.gateway_sharing import ChangeShare, CreateShare, NewShare, Share, Shares

router = APIRouter(prefix="/v1/shares", tags=["shares"])
_ASKED: Final = ("token_invalid", "forbidden")


@router.post("", status_code=201, responses=problems(*_ASKED, "not_found", "too_large"))
def create(body: CreateShare, call: Owner) -> NewShare:
    """Make a link to a stored object. Its address is told once."""
    return shares.create(call, body)


@router.get("", responses=problems(*_ASKED))
def listed(call: Owner) -> Shares:
    """Those that still hold."""
    return Shares(shares=shares.listed(call))


@router.patch("/{share_id}", responses=problems(*_ASKED, "not_found", "share_gone"))
def change(share_id: PathId, body: ChangeShare, call: Owner) -> Share:
    """Change how long it lasts, its password, or whether it may be downloaded."""
    return shares.change(call, share_id, body)


@router.delete("/{share_id}", status_code=204, responses=problems(*_ASKED, "not_found"))
def revoke(share_id: PathId, call: Owner) -> None:
    """Nobody can open it any more."""
    shares.revoke(call, share_id)
