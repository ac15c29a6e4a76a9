"""A club: its owner invites, members choose what the coaches see, and nobody outside learns that it exists."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coachvision.wire.gateway import SessionManifest
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess

SignIn = Callable[..., GatewayClient]
ROOT = "/v1/organizations"


@pytest.fixture
def gateway(lasting_gateway: GatewayProcess) -> GatewayProcess:
    return lasting_gateway


class Club:
    """An organization and clients of its owner, a coach, an athlete, and of somebody outside."""

    def __init__(self, url: str, sign_in: SignIn) -> None:
        self.owner, self.coach, self.athlete, self.other = (
            sign_in(url, f"{name}@example.org") for name in ("owner", "coach", "athlete", "other")
        )
        self.late = sign_in(url, "late@example.org").http.headers["authorization"]
        self.id = str(self.owner.http.post(ROOT, json={"name": "TSV"}).raise_for_status().json()["organization_id"])
        self.path = f"{ROOT}/{self.id}"
        self.bring_in(self.owner, self.coach, "coach")
        self.bring_in(self.coach, self.athlete, "athlete")

    def bring_in(self, by: GatewayClient, whom: GatewayClient, role: str) -> None:
        invited = by.http.post(self.path + "/invitations", json={"role": role}).raise_for_status().json()
        whom.http.post(self.path + "/members", json={"token": invited["token"]}).raise_for_status()

    def members(self) -> dict[str, str]:
        told = self.owner.http.get(self.path + "/members").raise_for_status().json()["members"]
        return {member["user_id"]: member["role"] for member in told}


@pytest.fixture
def club(gateway: GatewayProcess, sign_in: SignIn) -> Club:
    return Club(gateway.url, sign_in)


def subject(client: GatewayClient) -> str:
    return str(client.http.get("/v1/account").json()["subject"])


def film(client: GatewayClient, title: str, created: str = "2026-05-01T10:00:00.000Z") -> str:
    session = str(uuid.uuid4())
    manifest = SessionManifest(device_id="laptop", created=created, updated=created, title=title)
    answer = client.http.put(f"/v1/sessions/{session}", json=manifest.model_dump(), headers={"If-Match": "0"})
    answer.raise_for_status()
    return session


def test_coaches_see_what_members_let_them_see(club: Club) -> None:
    shown = film(club.athlete, "Sprung", "2026-05-01T10:00:00.000Z")
    later = film(club.athlete, "Wurf", "2026-05-02T10:00:00.000Z")
    film(club.athlete, "privat")
    for session in (shown, later, later):
        assert club.athlete.http.put(f"{club.path}/sessions/{session}").status_code == 204
    for viewer in (club.owner, club.coach):
        told = viewer.http.get(club.path + "/sessions").raise_for_status().json()["sessions"]
        assert [(entry["title"], entry["owner"]) for entry in told] == [
            ("Wurf", subject(club.athlete)),
            ("Sprung", subject(club.athlete)),
        ]
    first = club.coach.http.get(club.path + "/sessions", params={"limit": 1}).json()
    second = club.coach.http.get(club.path + "/sessions", params={"limit": 1, "cursor": first["cursor"]}).json()
    assert [page["sessions"][0]["title"] for page in (first, second)] == ["Wurf", "Sprung"]
    assert second["cursor"] is None
    assert club.athlete.http.get(club.path + "/sessions").status_code == 403
    assert club.athlete.http.delete(f"{club.path}/sessions/{shown}").status_code == 204
    assert len(club.coach.http.get(club.path + "/sessions").json()["sessions"]) == 1
    # Deleted by its owner, or its owner gone: not there either.
    club.athlete.http.delete(f"/v1/sessions/{later}", headers={"If-Match": "1"}).raise_for_status()
    assert club.coach.http.get(club.path + "/sessions").json()["sessions"] == []


def test_a_member_who_leaves_takes_the_consent_along(club: Club) -> None:
    session = film(club.athlete, "Sprung")
    club.athlete.http.put(f"{club.path}/sessions/{session}").raise_for_status()
    assert club.athlete.http.delete(f"{club.path}/members/{subject(club.athlete)}").status_code == 204
    assert club.athlete.http.get(club.path + "/members").status_code == 404
    club.bring_in(club.owner, club.athlete, "athlete")
    assert club.coach.http.get(club.path + "/sessions").json()["sessions"] == []


def test_nobody_lets_others_sessions_be_seen(club: Club) -> None:
    session = film(club.athlete, "Sprung")
    assert club.coach.http.put(f"{club.path}/sessions/{session}").status_code == 404
    assert club.other.http.put(f"{club.path}/sessions/{film(club.other, 'x')}").status_code == 404
    assert club.coach.http.get(club.path + "/sessions").json()["sessions"] == []


def test_an_invitation_serves_once_for_its_organization(club: Club) -> None:
    token = club.owner.http.post(club.path + "/invitations", json={"role": "coach"}).json()["token"]
    elsewhere = club.other.http.post(ROOT, json={"name": "Other"}).json()["organization_id"]
    assert club.athlete.http.post(f"{ROOT}/{elsewhere}/members", json={"token": token}).status_code == 404
    taken = club.athlete.http.post(club.path + "/members", json={"token": token})
    assert (taken.status_code, taken.json()["code"]) == (409, "state_conflict")
    joined = club.other.http.post(club.path + "/members", json={"token": token})
    assert (joined.status_code, joined.json()["role"]) == (201, "coach")
    # Sent again because the reply was lost: no second membership, and no doubt.
    assert club.other.http.post(club.path + "/members", json={"token": token}).status_code == 409
    late = GatewayClient(str(club.owner.http.base_url), club.late)
    assert late.http.post(club.path + "/members", json={"token": token}).status_code == 404
    late.close()
    invited = club.owner.http.post(club.path + "/invitations", json={"role": "coach"}).json()
    withdrawn = f"{club.path}/invitations/{invited['invitation_id']}"
    assert [club.coach.http.delete(withdrawn).status_code for _ in range(2)] == [204, 204]
    with GatewayClient(str(club.owner.http.base_url)) as nobody:
        assert nobody.http.post(club.path + "/members", json={"token": token}).status_code == 401


def test_roles_bound_what_members_may_do(club: Club) -> None:
    for by, role, expected in (
        (club.coach, "coach", 403),
        (club.coach, "athlete", 201),
        (club.athlete, "athlete", 403),
        (club.other, "athlete", 404),
    ):
        assert by.http.post(club.path + "/invitations", json={"role": role}).status_code == expected
    me = f"{club.path}/members/{subject(club.athlete)}"
    assert club.athlete.http.patch(me, json={"role": "owner"}).status_code == 403
    assert club.coach.http.delete(me).status_code == 403
    assert club.owner.http.patch(me, json={"role": "coach"}).json()["role"] == "coach"
    assert club.owner.http.patch(f"{club.path}/members/nobody", json={"role": "coach"}).status_code == 404
    assert club.owner.http.delete(me).status_code == 204
    assert sorted(club.members().values()) == ["coach", "owner"]


def test_an_organization_never_loses_its_last_owner_and_goes_with_its_last_member(club: Club) -> None:
    boss, coach = subject(club.owner), subject(club.coach)
    for refused in (
        club.owner.http.patch(f"{club.path}/members/{boss}", json={"role": "coach"}),
        club.owner.http.delete(f"{club.path}/members/{boss}"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "state_conflict")
    club.owner.http.patch(f"{club.path}/members/{coach}", json={"role": "owner"}).raise_for_status()

    def leave(who: tuple[GatewayClient, str]) -> int:
        return who[0].http.delete(f"{club.path}/members/{who[1]}").status_code

    with ThreadPoolExecutor(2) as pool:
        left = sorted(pool.map(leave, [(club.owner, boss), (club.coach, coach)]))
    assert left == [204, 409]
    last: Any = club.owner if club.owner.http.get(club.path + "/members").status_code == 200 else club.coach
    last.http.delete(f"{club.path}/members/{subject(club.athlete)}").raise_for_status()
    assert last.http.delete(f"{club.path}/members/{subject(last)}").status_code == 204
    assert last.http.get(ROOT).json() == {"organizations": []}
    assert last.http.get(club.path + "/members").status_code == 404
