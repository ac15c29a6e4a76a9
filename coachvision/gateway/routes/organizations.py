"""`/v1/organizations`: for signed-in users. The work is in `gateway.organizations`."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from coachvision.gateway import organizations
from coachvision.gateway.calls import PLACE_OF_THREE, PathId, User
from coachvision.web.problems import problems
from coachvision.wire.gateway import PAGE
from coachvision.wire.gateway_sharing import (
    AcceptInvitation,
    ChangeRole,
    CreateInvitation,
    CreateOrganization,
    Invitation,
    Member,
    Members,
    MemberSessions,
    Organization,
    Organizations,
)

router = APIRouter(prefix="/v1/organizations", tags=["organizations"])
_ASKED: Final = ("token_invalid", "forbidden")

UserId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Cursor = Annotated[str | None, Query(pattern=PLACE_OF_THREE)]
Limit = Annotated[int, Query(ge=1, le=PAGE)]


@router.post("", status_code=201, responses=problems(*_ASKED))
def create(body: CreateOrganization, call: User) -> Organization:
    """A new one, owned by the caller."""
    return organizations.create(call, body.name)


@router.get("", responses=problems(*_ASKED))
def listed(call: User) -> Organizations:
    """Those the caller belongs to."""
    return Organizations(organizations=organizations.listed(call))


@router.post("/{organization_id}/invitations", status_code=201, responses=problems(*_ASKED, "not_found"))
def invite(organization_id: PathId, body: CreateInvitation, call: User) -> Invitation:
    """Owners invite anybody, coaches athletes. The token is told once."""
    return organizations.invite(call, organization_id, body.role)


@router.delete(
    "/{organization_id}/invitations/{invitation_id}", status_code=204, responses=problems(*_ASKED, "not_found")
)
def withdraw(organization_id: PathId, invitation_id: PathId, call: User) -> None:
    """The invitation is worthless from now on."""
    organizations.withdraw(call, organization_id, invitation_id)


@router.post("/{organization_id}/members", status_code=201, responses=problems(*_ASKED, "not_found", "state_conflict"))
def join(organization_id: PathId, body: AcceptInvitation, call: User) -> Organization:
    """Take an invitation."""
    return organizations.join(call, organization_id, body.token)


@router.get("/{organization_id}/members", responses=problems(*_ASKED, "not_found"))
def members(organization_id: PathId, call: User) -> Members:
    """Everybody who belongs to it."""
    return Members(members=organizations.members(call, organization_id))


@router.patch("/{organization_id}/members/{user_id}", responses=problems(*_ASKED, "not_found", "state_conflict"))
def change_role(organization_id: PathId, user_id: UserId, body: ChangeRole, call: User) -> Member:
    """Owners give a member another role."""
    return organizations.change_role(call, organization_id, user_id, body.role)


@router.delete(
    "/{organization_id}/members/{user_id}",
    status_code=204,
    responses=problems(*_ASKED, "not_found", "state_conflict"),
)
def remove(organization_id: PathId, user_id: UserId, call: User) -> None:
    """Leave, or (owners) remove a member."""
    organizations.remove(call, organization_id, user_id)


@router.put("/{organization_id}/sessions/{session_id}", status_code=204, responses=problems(*_ASKED, "not_found"))
def consent(organization_id: PathId, session_id: PathId, call: User) -> None:
    """Let the coaches see one of the caller's own sessions."""
    organizations.consent(call, organization_id, session_id)


@router.delete("/{organization_id}/sessions/{session_id}", status_code=204, responses=problems(*_ASKED, "not_found"))
def withdraw_consent(organization_id: PathId, session_id: PathId, call: User) -> None:
    """Hide it again."""
    organizations.withdraw_consent(call, organization_id, session_id)


@router.get("/{organization_id}/sessions", responses=problems(*_ASKED, "not_found"))
def shown(organization_id: PathId, call: User, cursor: Cursor = None, limit: Limit = PAGE) -> MemberSessions:
    """What members let the coaches see."""
    return organizations.shown(call, organization_id, cursor, limit)
