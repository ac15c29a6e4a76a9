"""Messages between the gateway and its callers about people: claims, shares, delegations, organizations, audit.

The rules of `wire.gateway` hold here too.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from coachvision.wire.gateway import WHOLE, Id, ListedSession, Moment, Reply, Request, Token

Password = Annotated[str, Field(min_length=1, max_length=200)]
ShareSeconds = Annotated[int, Field(ge=60, le=90 * 86_400), WHOLE]

ClaimState = Literal["pending", "copying", "copied", "switched", "deleted"]
Role = Literal["owner", "coach", "athlete"]


class CreateClaim(Request):
    """`POST /v1/claims` with Bearer: what that guest stored becomes the signed-in user's. Repeating it is harmless."""

    guest_token: Token


class Claim(Reply):
    """How far a claim is. deleted: finished, the guest's copies are gone."""

    claim_id: Id
    guest_id: Id
    state: ClaimState
    objects_total: int
    objects_copied: int


class CreateDelegation(Request):
    """`POST /v1/delegations` with Bearer: a grant to upload for one session, which an edge box keeps."""

    session_id: Id


class Delegation(Reply):
    """A grant without its token."""

    delegation_id: Id
    session_id: Id
    created: Moment
    expires: Moment


class NewDelegation(Delegation):
    """The token is told once."""

    token: Token


class Delegations(Reply):
    """`GET /v1/delegations`: those that still hold."""

    delegations: list[Delegation]


class CreateShare(Request):
    """`POST /v1/shares`. card_id: a stored object of kind `card`. expires_in: seconds; null is the tier's default."""

    object_id: Id
    card_id: Id | None = None
    expires_in: ShareSeconds | None = None
    password: Password | None = None
    allow_download: bool = False


class ChangeShare(Request):
    """`PATCH /v1/shares/{id}`: fields left out stay. password: null takes it away. expires_in: counted from now."""

    expires_in: ShareSeconds | None = None
    password: Password | None = None
    allow_download: bool | None = None


class Share(Reply):
    """A link without its token."""

    share_id: Id
    object_id: Id
    card_id: Id | None
    created: Moment
    expires: Moment
    views: int
    password: bool
    allow_download: bool


class NewShare(Share):
    """The link is told once; the gateway keeps the SHA-256 of its token alone."""

    url: str


class Shares(Reply):
    """`GET /v1/shares`: those that still hold, newest first."""

    shares: list[Share]


class UnlockShare(Request):
    """`POST /s/{token}/unlock`."""

    password: Password


class SharedCard(Reply):
    """`GET /s/{token}/card`: what the link's page shows. locked: the password comes first, and card is null till then.

    card: the JSON of the stored card, as the desktop made it.
    """

    expires: Moment
    locked: bool
    allow_download: bool
    card: dict[str, Any] | None


class Playback(Reply):
    """`POST /s/{token}/play`."""

    url: str
    expires: Moment
    content_type: str


class CreateOrganization(Request):
    """`POST /v1/organizations`: the caller becomes its owner."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class Organization(Reply):
    """One organization as a member sees it."""

    organization_id: Id
    name: str
    role: Role
    created: Moment


class Organizations(Reply):
    """`GET /v1/organizations`: those the caller belongs to."""

    organizations: list[Organization]


class CreateInvitation(Request):
    """`POST /v1/organizations/{id}/invitations` (owners and coaches; coaches invite athletes alone)."""

    role: Role


class Invitation(Reply):
    """The token is told once; whoever brings it joins, once."""

    invitation_id: Id
    organization_id: Id
    role: Role
    token: Token
    expires: Moment


class AcceptInvitation(Request):
    """`POST /v1/organizations/{id}/members`."""

    token: Token


class Member(Reply):
    """One member."""

    user_id: str
    role: Role
    joined: Moment


class Members(Reply):
    """`GET /v1/organizations/{id}/members`."""

    members: list[Member]


class ChangeRole(Request):
    """`PATCH /v1/organizations/{id}/members/{user}` (owners)."""

    role: Role


class MemberSession(ListedSession):
    """A session that its owner lets the organization's coaches see."""

    owner: str


class MemberSessions(Reply):
    """`GET /v1/organizations/{id}/sessions` (owners and coaches)."""

    sessions: list[MemberSession]
    cursor: str | None = None


class AuditEntry(Reply):
    """One change of state. target: the id concerned. Never a token, a URL or an address."""

    at: Moment
    action: str
    target: str


class AuditTrail(Reply):
    """`GET /v1/audit`: the caller's own, newest first."""

    entries: list[AuditEntry]
    cursor: str | None = None
