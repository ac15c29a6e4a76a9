"""`/v1/claims`: a guest's things become the signed-in user's. The work is in `gateway.claims`."""

from __future__ import annotations

from fastapi import APIRouter

from coachvision.gateway import claims
from coachvision.gateway.calls import PathId, User
from coachvision.web.problems import problems
from coachvision.wire.gateway_sharing import Claim, CreateClaim

router = APIRouter(prefix="/v1/claims", tags=["claims"])


@router.post("", status_code=202, responses=problems("token_invalid", "forbidden", "not_found"))
def create(body: CreateClaim, call: User) -> Claim:
    """Claim what that guest stored; the same again goes on where it stopped."""
    return claims.begin(call, body.guest_token)


@router.get("/{claim_id}", responses=problems("token_invalid", "forbidden", "not_found"))
def get(claim_id: PathId, call: User) -> Claim:
    """How far it is."""
    return claims.get(call, claim_id)
