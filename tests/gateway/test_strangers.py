"""S3: every endpoint, asked by somebody else: 404, 401 or 403, and nothing has changed."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.conftest import World
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess

NOBODY = str(uuid.uuid4())
# Asked with another's id, these do something of the asker's own or nothing at all; they are tested where they belong.
OPEN = {"/v1/config", "/v1/guest", "/healthz", "/readyz", "/metrics"}


def bodies(ids: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
    """What each endpoint with an id in its path is sent: valid but for whose it is."""
    manifest = {"device_id": "x", "created": "2026-01-31T12:00:00.000Z", "updated": "2026-01-31T12:00:00.000Z"}
    return {
        ("post", "/v1/uploads/{upload_id}/urls"): {"json": {"parts": [{"n": 1, "md5": "0" * 32}]}},
        ("put", "/v1/sessions/{session_id}"): {"json": manifest, "headers": {"If-Match": "1"}},
        ("delete", "/v1/sessions/{session_id}"): {"headers": {"If-Match": "1"}},
        ("patch", "/v1/shares/{share_id}"): {"json": {"allow_download": True}},
        ("post", "/v1/organizations/{organization_id}/invitations"): {"json": {"role": "athlete"}},
        ("post", "/v1/organizations/{organization_id}/members"): {"json": {"token": "A" * 43}},
        ("patch", "/v1/organizations/{organization_id}/members/{user_id}"): {"json": {"role": "coach"}},
    }


@pytest.fixture
def anna(world: World) -> tuple[GatewayClient, dict[str, str]]:
    """Somebody with one of everything, by the names of path parameters."""
    user, session = world.user(), str(uuid.uuid4())
    stored = user.store(b"film", session=session)
    opened = user.announce(b"another", session=session).json()
    manifest = {"device_id": "x", "created": "2026-01-31T12:00:00.000Z", "updated": "2026-01-31T12:00:00.000Z"}
    user.http.put(f"/v1/sessions/{session}", json=manifest, headers={"If-Match": "0"}).raise_for_status()
    share = user.http.post("/v1/shares", json={"object_id": stored.upload_id}).raise_for_status().json()
    grant = user.http.post("/v1/delegations", json={"session_id": session}).raise_for_status().json()
    club = user.http.post("/v1/organizations", json={"name": "Club"}).raise_for_status().json()["organization_id"]
    invited = user.http.post(f"/v1/organizations/{club}/invitations", json={"role": "coach"}).raise_for_status().json()
    token = world.guest().http.headers["authorization"].split()[1]
    claim = user.http.post("/v1/claims", json={"guest_token": token}).raise_for_status().json()
    me = user.http.get("/v1/account").json()["subject"]
    return user, {
        "organization_id": club, "invitation_id": invited["invitation_id"], "user_id": me,
        "claim_id": claim["claim_id"],
        "upload_id": opened["upload_id"], "object_id": stored.upload_id, "session_id": session,
        "share_id": share["share_id"], "delegation_id": grant["delegation_id"],
    }  # fmt: skip


def snapshot(user: GatewayClient, world: World, ids: dict[str, str]) -> list[Any]:
    """All that Anna sees of her own, and what the bucket holds."""
    paths = (
        "/v1/account", "/v1/changes", "/v1/shares", "/v1/delegations", f"/v1/uploads/{ids['upload_id']}",
        f"/v1/uploads/{ids['object_id']}", "/v1/organizations", f"/v1/organizations/{ids['organization_id']}/members",
        f"/v1/organizations/{ids['organization_id']}/sessions", f"/v1/claims/{ids['claim_id']}",
    )  # fmt: skip
    seen = [user.http.get(path).raise_for_status().json() for path in paths]
    return [seen, world.keys(user)]


def test_nobody_reaches_anothers_things_by_any_endpoint(
    world: World, anna: tuple[GatewayClient, dict[str, str]]
) -> None:
    user, ids = anna
    before = snapshot(user, world, ids)
    others = {"user": world.user(), "guest": world.guest(), "stranger": world.stranger()}
    document = others["stranger"].http.get("/v1/openapi.json").raise_for_status().json()
    asked = 0
    for path, operations in document["paths"].items():
        known = [name for name in ids if f"{{{name}}}" in path]
        if not known:
            continue
        for method in operations:
            more = bodies(ids).get((method, path), {})
            for kind, other in others.items():
                asked += 1
                answer = other.http.request(method, path.format(**ids), **more)
                wanted = {401} if kind == "stranger" else {404} if kind == "user" else {401, 404}
                assert answer.status_code in wanted, (kind, method, path, answer.text)
                # The same answer as for what does not exist.
                gone = other.http.request(method, path.format(**dict.fromkeys(ids, NOBODY)), **more)
                told = [{**each.json(), "request_id": ""} for each in (answer, gone)]
                assert told[0] == told[1], (kind, method, path)
    assert asked >= 3 * 20
    assert snapshot(user, world, ids) == before


def test_every_endpoint_without_an_id_asks_who_calls(world: World) -> None:
    stranger = world.stranger()
    document = stranger.http.get("/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        if path in OPEN or "{" in path:
            continue
        for method in operations:
            answer = stranger.http.request(method, path, headers={"Idempotency-Key": "x"}, json={})
            assert answer.status_code in (400, 401), (method, path, answer.text)
            for token in ("Bearer x", "Bearer", "Guest " + "A" * 43, "Delegation " + "A" * 43, "Basic YTpi", "Guest x"):
                headers = {"Authorization": token, "Idempotency-Key": "x"}
                answer = stranger.http.request(method, path, headers=headers, json={})
                assert answer.status_code in (400, 401), (method, path, token, answer.text)


def test_anothers_session_can_neither_be_uploaded_to_nor_shared_nor_downloaded(
    world: World, anna: tuple[GatewayClient, dict[str, str]]
) -> None:
    user, ids = anna
    for other in (world.user(), world.guest()):
        same = other.announce(b"mine", session=ids["session_id"])
        assert same.status_code == 201
        stored = other.store(b"mine", session=ids["session_id"])
        assert all(f"/{stored.upload_id}" not in key for key in world.keys(user))
        assert other.http.post(f"/v1/objects/{ids['object_id']}/download").status_code == 404
        assert other.http.post("/v1/shares", json={"object_id": ids["object_id"]}).status_code == 404
        # Announced, not stored: no object yet, not even for its owner.
        assert user.http.post(f"/v1/objects/{ids['upload_id']}/download").status_code == 404


def test_tokens_are_hashed_in_the_database(
    start_gateway: Callable[..., GatewayProcess], sign_in: Callable[..., GatewayClient], tmp_path: Path
) -> None:
    """S6: canary values are neither in the database, the audit trail nor the log."""
    gateway = start_gateway(environment={"COACHVISION_GATEWAY_SECRET": "canary-of-the-operator"})
    with GatewayClient.guest(gateway.url) as guest:
        upload = guest.store(b"film")
        guest_token = guest.http.headers["authorization"].split()[1]
        url = guest.http.post(f"/v1/objects/{upload.upload_id}/download").json()["url"]
    user = sign_in(gateway.url)
    access_token = user.http.headers["authorization"].split()[1]
    user.http.get("/v1/account").raise_for_status()
    user.http.get(f"/v1/account?token={access_token}", headers={"X-Forwarded-For": "203.0.113.77"})
    with GatewayClient(gateway.url, "Bearer canary.of.nobody") as nobody:
        nobody.http.get("/v1/account")
    log = gateway.log()
    assert log.count('"message": "request"') > 5
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
        dump = "\n".join(database.iterdump())
    assert upload.upload_id in dump
    canaries = (
        guest_token, access_token, url.rpartition("=")[2], "canary", "testing", "203.0.113.77", "127.0.0.1", "anna@",
    )  # fmt: skip
    for place, text in (("log", log), ("database", dump)):
        assert [canary for canary in canaries if canary in text] == [], place


def test_what_cannot_be_done_at_an_address_is_answered_with_what_can(world: World) -> None:
    user = world.user()
    session = f"/v1/sessions/{NOBODY}"
    for method, path, can in (
        ("PUT", "/v1/config", "GET"),
        ("PATCH", session, "DELETE, GET, PUT"),
        ("DELETE", "/v1/uploads", "POST"),
        ("POST", "/v1/openapi.json", "GET, HEAD"),
    ):
        answer = user.http.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, can), path
