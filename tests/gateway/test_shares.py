"""Links: made, opened without an account, locked by a password, changed, expired, revoked, and slow to guess."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess

SignIn = Callable[..., GatewayClient]
CARD = {"numbers": [{"name": "jump.height", "value": 0.41, "unit": "m"}], "note": "Gut!"}


@pytest.fixture
def gateway(lasting_gateway: GatewayProcess) -> GatewayProcess:
    return lasting_gateway


@pytest.fixture
def stranger(gateway: GatewayProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.url, trust_env=False) as client:
        yield client


def share(client: GatewayClient, **more: object) -> tuple[dict[str, object], str]:
    """A stored clip's link, and its path on the gateway."""
    clip = client.store(b"a short film")
    made = client.http.post("/v1/shares", json={"object_id": clip.upload_id, **more}).raise_for_status().json()
    return made, "/s/" + made["url"].rpartition("/s/")[2]


def test_a_link_plays_for_anybody_who_has_it(gateway: GatewayProcess, sign_in: SignIn, stranger: httpx.Client) -> None:
    user = sign_in(gateway.url)
    data = json.dumps(CARD).encode()
    card = user.store(data, kind="card", ext="json", content_type="application/json")
    made, path = share(user, card_id=card.upload_id)
    told = stranger.get(path + "/card")
    assert told.json() == {"expires": made["expires"], "locked": False, "allow_download": False, "card": CARD}
    assert (told.headers["cache-control"], told.headers["referrer-policy"]) == ("no-store", "no-referrer")
    played = stranger.post(path + "/play").json()
    film = httpx.get(played["url"], headers={"Range": "bytes=2-6"}, trust_env=False)
    assert (film.status_code, film.content) == (206, b"short")
    assert film.headers["content-disposition"].startswith("inline")
    listed = user.http.get("/v1/shares").json()["shares"]
    assert [(entry["share_id"], entry["views"], entry["password"]) for entry in listed] == [
        (made["share_id"], 1, False)
    ]
    assert "url" not in listed[0]


def test_a_password_is_asked_first_and_remembered(
    gateway: GatewayProcess, sign_in: SignIn, stranger: httpx.Client
) -> None:
    user = sign_in(gateway.url)
    made, path = share(user, password="Sprung")  # noqa: S106
    assert made["password"] is True
    assert stranger.get(path + "/card").json()["locked"] is True
    assert stranger.post(path + "/play").status_code == 403
    wrong = stranger.post(path + "/unlock", json={"password": "sprung"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "forbidden")
    forged = stranger.get(path + "/card", headers={"Cookie": f"unlocked=9999999999.{'0' * 64}"})
    assert forged.json()["locked"] is True
    right = stranger.post(path + "/unlock", json={"password": "Sprung"})
    assert right.status_code == 204
    cookie = right.headers["set-cookie"]
    assert f"Path={path}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert stranger.post(path + "/play").status_code == 200
    # Another password, another lock.
    user.http.patch(f"/v1/shares/{made['share_id']}", json={"password": "Wurf"}).raise_for_status()
    assert stranger.post(path + "/play").status_code == 403
    user.http.patch(f"/v1/shares/{made['share_id']}", json={"password": None}).raise_for_status()
    assert stranger.post(path + "/play").status_code == 200


def test_guessing_passwords_becomes_slow_but_locks_nobody_else_out(gateway: GatewayProcess, sign_in: SignIn) -> None:
    _, path = share(sign_in(gateway.url), password="richtig")  # noqa: S106

    def unlock(password: str, address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return httpx.post(
            gateway.url + path + "/unlock", json={"password": password}, headers=headers, trust_env=False
        ).status_code

    # A class behind one address, everyone right: nobody is counted.
    assert {unlock("richtig", "192.0.2.1") for _ in range(11)} == {204}
    assert [unlock("falsch", "192.0.2.66") for _ in range(11)] == [403] * 10 + [429]
    assert unlock("richtig", "192.0.2.66") == 429
    assert unlock("richtig", "192.0.2.1") == 204


def test_expired_and_revoked_links_are_gone_and_unknown_ones_are_counted(
    start_gateway: Callable[..., GatewayProcess], sign_in: SignIn
) -> None:
    gateway = start_gateway(environment={"COACHVISION_RATE_UNKNOWN_SHARES": "3/minute"})
    user = sign_in(gateway.url)
    made, path = share(user)
    _, removed = share(user)
    with httpx.Client(base_url=gateway.url, trust_env=False) as stranger:
        user.http.delete(f"/v1/shares/{made['share_id']}").raise_for_status()
        user.http.delete(f"/v1/shares/{made['share_id']}").raise_for_status()
        for answer in (
            stranger.get(path + "/card"),
            stranger.post(path + "/play"),
            stranger.post(path + "/unlock", json={"password": "x"}),
            user.http.patch(f"/v1/shares/{made['share_id']}", json={"allow_download": True}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (410, "share_gone")
        # The object removed: the link has nothing to show.
        clip = user.http.get("/v1/shares").json()["shares"][0]["object_id"]
        user.http.delete(f"/v1/uploads/{clip}").raise_for_status()
        assert stranger.post(removed + "/play").status_code == 410
        unknown = [stranger.get("/s/" + letter * 43 + "/card").status_code for letter in "abcd"]
        assert unknown == [404, 404, 404, 429]


def test_lifetimes_are_the_tiers(gateway: GatewayProcess, sign_in: SignIn) -> None:
    day = 86_400
    with GatewayClient.guest(gateway.url) as guest:
        clip = guest.store(b"clip").upload_id
        for client, longest in ((guest, 7 * day), (sign_in(gateway.url), 90 * day)):
            if client is not guest:
                clip = client.store(b"clip").upload_id
            ask = {"object_id": clip, "expires_in": longest}
            assert client.http.post("/v1/shares", json=ask).status_code == 201
            refused = client.http.post("/v1/shares", json={**ask, "expires_in": longest + 1})
            assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")


def test_only_a_small_card_of_ones_own_can_be_shown(gateway: GatewayProcess, sign_in: SignIn) -> None:
    user = sign_in(gateway.url)
    clip = user.store(b"clip").upload_id
    kind = {"kind": "card", "ext": "json", "content_type": "application/json"}
    large = user.store(b'"' + b"x" * 256_000 + b'"', **kind).upload_id
    asked = {"object_id": clip, "card_id": large}
    assert user.http.post("/v1/shares", json=asked).json()["code"] == "too_large"
    assert user.http.post("/v1/shares", json={**asked, "card_id": clip}).json()["code"] == "invalid_request"
    other = sign_in(gateway.url, "ben@example.org").store(b"{}", **kind).upload_id
    assert user.http.post("/v1/shares", json={**asked, "card_id": other}).json()["code"] == "not_found"
