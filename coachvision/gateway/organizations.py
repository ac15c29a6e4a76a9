"""Organizations: who belongs to one, in which role, and which sessions their owners let its coaches see.

For `routes.organizations` and erasure. Whoever is no member finds nothing. Of two locks, the caller's account comes
first, then the organization.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, tuple_, update

from coachvision.clock import iso
from coachvision.gateway import sessions, tables
from coachvision.gateway.calls import OwnedCall, hash_token, not_found
from coachvision.gateway.state import Transaction
from coachvision.web.problems import Refusal
from coachvision.wire.gateway_sharing import (
    Invitation,
    Member,
    MemberSession,
    MemberSessions,
    Organization,
    Role,
)

INVITED_FOR = timedelta(days=7)
_USER = "user:"
_org = tables.organization.c
_member = tables.member.c
_invitation = tables.invitation.c
_consent = tables.consent.c


def create(call: OwnedCall, name: str) -> Organization:
    """A new one; the caller owns it."""
    organization_id = str(uuid.uuid4())
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        values = {"organization_id": organization_id, "name": name, "created": transaction.now}
        transaction.execute(insert(tables.organization).values(values))
        _add(transaction, organization_id, call.owner, "owner")
        transaction.note("organization.created", account, organization_id)
    return Organization.model_validate({**values, "role": "owner"})


def listed(call: OwnedCall) -> list[Organization]:
    """Those the caller belongs to, by name."""
    statement = (
        select(tables.organization, _member.role)
        .join(tables.member, _member.organization_id == _org.organization_id)
        .where(_member.owner == call.owner)
        .order_by(_org.name, _org.organization_id)
    )
    with call.context.state.read() as connection:
        return [Organization.model_validate(row) for row in connection.execute(statement).mappings()]


def invite(call: OwnedCall, organization_id: str, role: Role) -> Invitation:
    """A token that lets whoever brings it join, once. Raises Refusal: not_found, forbidden (only owners choose)."""
    token, invitation_id = secrets.token_urlsafe(32), str(uuid.uuid4())
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        mine = _role(transaction.connection, organization_id, call.owner)
        if mine == "athlete" or (mine == "coach" and role != "athlete"):
            raise Refusal("forbidden", "Owners invite anybody, coaches athletes alone.")
        values = {
            "invitation_id": invitation_id, "organization_id": organization_id, "role": role,
            "created": transaction.now, "expires": iso(call.now + INVITED_FOR), "token_sha256": hash_token(token),
        }  # fmt: skip
        transaction.execute(insert(tables.invitation).values(values))
        transaction.note("organization.invited", account, invitation_id)
    return Invitation.model_validate({**values, "token": token})


def withdraw(call: OwnedCall, organization_id: str, invitation_id: str) -> None:
    """The invitation is worthless. Repeating it is harmless. Raises Refusal: not_found, forbidden."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        if _role(transaction.connection, organization_id, call.owner) == "athlete":
            raise Refusal("forbidden", "Owners and coaches withdraw invitations.")
        theirs = (_invitation.invitation_id == invitation_id) & (_invitation.organization_id == organization_id)
        if transaction.execute(delete(tables.invitation).where(theirs)).rowcount:
            transaction.note("organization.uninvited", account, invitation_id)


def join(call: OwnedCall, organization_id: str, token: str) -> Organization:
    """Take an invitation. Raises Refusal: not_found (no such invitation), state_conflict (a member already)."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        _lock(transaction, organization_id)
        if _find_role(transaction.connection, organization_id, call.owner) is not None:
            raise Refusal("state_conflict", "You belong to it already.")
        wanted = (_invitation.token_sha256 == hash_token(token)) & (_invitation.organization_id == organization_id)
        found = transaction.one(select(tables.invitation).where(wanted, _invitation.expires > transaction.now))
        if found is None:
            raise not_found()
        transaction.execute(delete(tables.invitation).where(wanted))
        _add(transaction, organization_id, call.owner, found["role"])
        transaction.note("organization.joined", account, organization_id)
        row = transaction.one(select(tables.organization).where(_org.organization_id == organization_id))
    return Organization.model_validate({**(row or {}), "role": found["role"]})


def members(call: OwnedCall, organization_id: str) -> list[Member]:
    """Everybody, in the order they joined. Raises Refusal: not_found."""
    with call.context.state.read() as connection:
        _role(connection, organization_id, call.owner)
        statement = (
            select(tables.member)
            .where(_member.organization_id == organization_id)
            .order_by(_member.joined, _member.owner)
        )
        return [_told(row) for row in connection.execute(statement).mappings()]


def change_role(call: OwnedCall, organization_id: str, user_id: str, role: Role) -> Member:
    """Give a member another role. Raises Refusal: not_found, forbidden, state_conflict (the last owner)."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        _lock(transaction, organization_id)
        if _role(transaction.connection, organization_id, call.owner) != "owner":
            raise Refusal("forbidden", "Only owners change roles.")
        theirs = (_member.organization_id == organization_id) & (_member.owner == _USER + user_id)
        before = _role(transaction.connection, organization_id, _USER + user_id)
        if before == "owner" and role != "owner":
            _refuse_without_owner(transaction, organization_id)
        if before != role:
            transaction.execute(update(tables.member).where(theirs).values(role=role))
            transaction.note("organization.role_changed", account, organization_id)
        row = transaction.one(select(tables.member).where(theirs))
    assert row is not None  # noqa: S101 - it has a role; for the type checker
    return _told(row)


def remove(call: OwnedCall, organization_id: str, user_id: str) -> None:
    """Leave, or (owners) remove a member; what it let the coaches see is hidden again. The last member takes it along.

    Raises Refusal: not_found, forbidden, state_conflict (the last owner among others).
    """
    owner = _USER + user_id
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        _lock(transaction, organization_id)
        mine = _role(transaction.connection, organization_id, call.owner)
        if owner != call.owner and mine != "owner":
            raise Refusal("forbidden", "Only owners remove others.")
        theirs = _role(transaction.connection, organization_id, owner)
        count = select(func.count()).where(_member.organization_id == organization_id)
        if transaction.connection.scalar(count) == 1:
            _dissolve(transaction, organization_id)
            transaction.note("organization.dissolved", account, organization_id)
            return
        if theirs == "owner":
            _refuse_without_owner(transaction, organization_id)
        _take_out(transaction, organization_id, owner)
        transaction.note("organization.left", account, organization_id)


def consent(call: OwnedCall, organization_id: str, session_id: str) -> None:
    """Let the coaches see one of the caller's sessions. Repeating it is harmless. Raises Refusal: not_found."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        _role(transaction.connection, organization_id, call.owner)
        columns = tables.session.c
        there = (columns.owner == call.owner) & (columns.session_id == session_id) & columns.deleted.is_(False)
        if transaction.one(select(columns.session_id).where(there, columns.kind == "session")) is None:
            raise not_found()
        values = {
            "organization_id": organization_id, "owner": call.owner, "session_id": session_id,
            "created": transaction.now,
        }  # fmt: skip
        transaction.upsert(tables.consent, values, [])
        transaction.note("consent.given", account, session_id)


def withdraw_consent(call: OwnedCall, organization_id: str, session_id: str) -> None:
    """Hide it again. Repeating it is harmless. Raises Refusal: not_found (no member)."""
    with call.context.state.write() as transaction:
        account = transaction.lock_account(call.owner, call.caller.tier)
        _role(transaction.connection, organization_id, call.owner)
        mine = (_consent.organization_id == organization_id) & (_consent.owner == call.owner)
        if transaction.execute(delete(tables.consent).where(mine, _consent.session_id == session_id)).rowcount:
            transaction.note("consent.withdrawn", account, session_id)


def shown(call: OwnedCall, organization_id: str, cursor: str | None, limit: int) -> MemberSessions:
    """The sessions that members let the coaches see, newest first.

    Raises Refusal: not_found, forbidden (athletes), invalid_request (no cursor).
    """
    session = tables.session.c
    statement = (
        select(session.owner, session.session_id, session.created, session.summary)
        .join(tables.consent, (_consent.owner == session.owner) & (_consent.session_id == session.session_id))
        .where(_consent.organization_id == organization_id, session.kind == "session", session.deleted.is_(False))
    )
    if cursor is not None:
        statement = statement.where(
            tuple_(session.created, session.session_id, session.owner) < sessions.read_list_cursor(cursor, 3)
        )
    statement = statement.order_by(session.created.desc(), session.session_id.desc(), session.owner.desc())
    with call.context.state.read() as connection:
        if _role(connection, organization_id, call.owner) == "athlete":
            raise Refusal("forbidden", "Owners and coaches see the members' sessions.")
        rows = connection.execute(statement.limit(limit + 1)).all()
    page = rows[:limit]
    following = "~".join((page[-1].created, page[-1].session_id, page[-1].owner)) if len(rows) > limit else None
    told = [
        MemberSession(
            **sessions.summary_of(row.session_id, row.summary).model_dump(), owner=row.owner.removeprefix(_USER)
        )
        for row in page
    ]
    return MemberSessions(sessions=told, cursor=following)


def forget(transaction: Transaction, owner: str) -> None:
    """For erasure: out of every organization. One whose last owner this was is dissolved."""
    joined = select(_member.organization_id).where(_member.owner == owner).order_by(_member.organization_id)
    for organization_id in list(transaction.connection.scalars(joined)):
        _lock(transaction, organization_id)
        others = (_member.organization_id == organization_id) & (_member.owner != owner) & (_member.role == "owner")
        if transaction.connection.scalar(select(func.count()).where(others)):
            _take_out(transaction, organization_id, owner)
        else:
            _dissolve(transaction, organization_id)


def _find_role(connection: Connection, organization_id: str, owner: str) -> Role | None:
    mine = (_member.organization_id == organization_id) & (_member.owner == owner)
    role: Role | None = connection.scalar(select(_member.role).where(mine))
    return role


def _role(connection: Connection, organization_id: str, owner: str) -> Role:
    role = _find_role(connection, organization_id, owner)
    if role is None:
        raise not_found()
    return role


def _lock(transaction: Transaction, organization_id: str) -> None:
    """One at a time changes who belongs to it: it must not lose its last owner to two who leave at once."""
    there = select(_org.organization_id).where(_org.organization_id == organization_id).with_for_update()
    if transaction.one(there) is None:
        raise not_found()


def _add(transaction: Transaction, organization_id: str, owner: str, role: Role) -> None:
    values = {"organization_id": organization_id, "owner": owner, "role": role, "joined": transaction.now}
    transaction.execute(insert(tables.member).values(values))


def _refuse_without_owner(transaction: Transaction, organization_id: str) -> None:
    owners = select(func.count()).where(_member.organization_id == organization_id, _member.role == "owner")
    if transaction.connection.scalar(owners) == 1:
        raise Refusal("state_conflict", "It needs an owner: make somebody else one first.")


def _take_out(transaction: Transaction, organization_id: str, owner: str) -> None:
    for table in (tables.member, tables.consent):
        theirs = (table.c.organization_id == organization_id) & (table.c.owner == owner)
        transaction.execute(delete(table).where(theirs))


def _dissolve(transaction: Transaction, organization_id: str) -> None:
    for table in (tables.invitation, tables.consent, tables.member, tables.organization):
        transaction.execute(delete(table).where(table.c.organization_id == organization_id))


def _told(row: RowMapping) -> Member:
    return Member(user_id=row["owner"].removeprefix(_USER), role=row["role"], joined=row["joined"])
