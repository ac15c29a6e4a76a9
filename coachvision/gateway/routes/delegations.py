"""`/v1/delegations`: for signed-in users. The work is in `gateway.delegations`."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from coachvision.gateway import delegations
from coachvision.gateway.calls import PathId, User
from coachvision.web.problems import problems
from coachvision.wire.gateway_sharing import CreateDelegation, Delegations, NewDelegation

router = APIRouter(prefix="/v1/delegations", tags=["delegations"])
_ASKED: Final = ("token_invalid", "forbidden")


@router.post("", status_code=201, responses=problems(*_ASKED))
def create(body: CreateDelegation, call: User) -> NewDelegation:
    """Let a box send one session for a week. Its token is told once."""
    return delegations.create(call, body.session_id)


@router.get("", responses=problems(*_ASKED))
def listed(call: User) -> Delegations:
    """Those that still hold."""
    return Delegations(delegations=delegations.listed(call))


@router.delete("/{delegation_id}", status_code=204, responses=problems(*_ASKED, "not_found"))
def revoke(delegation_id: PathId, call: User) -> None:
    """It holds no longer."""
    delegations.revoke(call, delegation_id)
