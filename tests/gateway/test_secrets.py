"""S6: canary secrets appear in no log, row or audit entry. S10: no key in the bucket but of the server's making."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from coachvision.wire.gateway import Upload
from tests.support.auth_server import AuthServer
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer

Start = Callable[..., GatewayProcess]
KEY = re.compile(r"(users/[A-Za-z0-9_-]{1,64}|anonymous)/[0-9a-f-]{36}/[0-9a-f-]{36}\.[a-z0-9]{1,8}")


def use_everything(gateway: GatewayProcess, auth_server: AuthServer, address: str) -> list[str]:
    """Whatever the gateway offers, with success and with failures. Returns all secrets that passed through."""
    told = auth_server.sign_in("anna@example.org")
    password, canary = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
    seen = [told["access_token"], told["refresh_token"], password, canary]
    with GatewayClient(gateway.url, f"Bearer {told['access_token']}") as user, GatewayClient(gateway.url) as stranger:
        for client in (user, stranger):
            client.http.headers["X-Forwarded-For"] = address
        guest_token = stranger.http.post("/v1/guest").json()["token"]
        with GatewayClient(gateway.url, f"Guest {guest_token}") as guest:
            guest.http.headers["X-Forwarded-For"] = address
            guest.store(b"film")
        clip = user.store(b"film")
        signed = user.sign(clip_in_progress(user), b"more")[0]["url"]
        played = user.http.post(f"/v1/objects/{clip.upload_id}/download").json()["url"]
        seen += [parse_qs(urlsplit(url).query)["X-Amz-Signature"][0] for url in (signed, played)]
        link = user.http.post("/v1/shares", json={"object_id": clip.upload_id, "password": password}).json()["url"]
        path = "/s/" + link.rpartition("/")[2]
        stranger.http.post(path + "/unlock", json={"password": canary})
        seen.append(
            stranger.http.post(path + "/unlock", json={"password": password}).headers["set-cookie"].split(";")[0]
        )
        stranger.http.post(path + "/play")
        grant = user.http.post("/v1/delegations", json={"session_id": str(uuid.uuid4())}).json()["token"]
        club = user.http.post("/v1/organizations", json={"name": "Club"}).json()["organization_id"]
        invited = user.http.post(f"/v1/organizations/{club}/invitations", json={"role": "coach"}).json()["token"]
        user.http.post("/v1/claims", json={"guest_token": guest_token})
        seen += [guest_token, link.rpartition("/")[2], grant, invited]
        # And everything that goes wrong.
        for header in (f"Bearer {canary}", f"Guest {canary}", f"Delegation {canary[:43]}", f"Basic {canary}"):
            stranger.http.get("/v1/account", headers={"Authorization": header})
        stranger.http.get(f"/s/{canary[:43]}/card")
        stranger.http.get("/v1/changes", params={"cursor": canary, "token": canary})
        stranger.http.get(f"/{canary}", headers={"Cookie": f"unlocked={canary}", "User-Agent": canary})
        user.http.post("/v1/shares", json={"object_id": clip.upload_id, "password": [password], canary: canary})
        user.http.post("/v1/claims", json={"guest_token": canary})
        user.http.post("/v1/claims", content=b'{"guest_token": "' + canary.encode())
    return seen


def clip_in_progress(user: GatewayClient) -> Upload:
    return Upload.model_validate(user.announce(b"more").json())


def test_s6_no_secret_is_kept_or_logged(
    start_gateway: Start, auth_server: AuthServer, swift: SwiftServer, tmp_path: Path,
    fault_proxy: Callable[[str], FaultProxy],
) -> None:  # fmt: skip
    own = {"COACHVISION_GATEWAY_SECRET": secrets.token_hex(24), "COACHVISION_METRICS_TOKEN": secrets.token_hex(24)}
    proxy = fault_proxy(swift.endpoint)
    gateway = start_gateway(
        storage_endpoint=proxy.url, environment={**own, "COACHVISION_TRUSTED_PROXIES": "127.0.0.0/8"}
    )
    seen = use_everything(gateway, auth_server, "203.0.113.77")
    # And the bucket fails, in words of its own.
    proxy.fail({"kind": "status", "status": 500, "body": "<Error><Code>InternalError</Code></Error>"})
    with GatewayClient(gateway.url, f"Bearer {seen[0]}") as user:
        answer = user.announce(b"film")
        assert (answer.status_code, answer.json()["code"]) == (503, "upstream_unavailable")
        proxy.fail({"kind": "reset"})
        assert user.announce(b"film").status_code == 503
    assert httpx.get(gateway.url + "/metrics", trust_env=False).status_code == 401
    metrics = httpx.get(
        gateway.url + "/metrics",
        headers={"Authorization": f"Bearer {own['COACHVISION_METRICS_TOKEN']}"},
        trust_env=False,
    )
    assert 'coachvision_gateway_requests_total{method="POST",route="/v1/uploads",status="201"}' in metrics.text
    log = gateway.log()
    assert log.count("\n") > 20
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("gateway.db"))
    assert b"upload.stored" in kept
    for secret in (*seen, *own.values(), "203.0.113.77"):
        assert secret not in log
        assert secret.encode() not in kept
        assert secret not in metrics.text


HOSTILE = [
    "..",
    ".",
    "/",
    "..%2f..",
    "../../etc/passwd",
    "C:\\x",
    "a\x00b",
    "a/b",
    "",
    "x" * 65,
    "anna\n",
    "ä",
    "%2e%2e",
]


@pytest.mark.parametrize("subject", HOSTILE)
def test_s10_a_subject_that_would_be_a_path_is_nobody(
    lasting_gateway: GatewayProcess, auth_server: AuthServer, swift: SwiftServer, subject: str
) -> None:
    before = swift.keys("lasting")
    claims = {"iss": auth_server.issuer, "aud": "authenticated", "sub": subject, "iat": 1, "exp": 4_000_000_000}
    with GatewayClient(lasting_gateway.url, f"Bearer {auth_server.mint(claims)}") as user:
        answer = user.announce(b"film")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert swift.keys("lasting") == before


def test_s10_no_name_of_a_callers_choice_becomes_a_key(
    gateway: GatewayProcess, sign_in: Callable[..., GatewayClient], swift: SwiftServer, bucket: str
) -> None:
    user = sign_in(gateway.url)
    for name in HOSTILE:
        for field in ("ext", "session", "kind"):
            answer = user.announce(b"film", **{field: name}) if name or field != "session" else None
            assert answer is None or answer.status_code == 400, (field, name)
        if "\x00" not in name and "\n" not in name:
            for path in (f"/v1/uploads/{name}", f"/v1/objects/{name}/download", f"/v1/sessions/{name}"):
                assert user.http.post(path).status_code in (400, 404, 405), path
    user.store(b"film", session=str(uuid.uuid4()))
    with GatewayClient.guest(gateway.url) as guest:
        guest.store(b"film")
    keys = swift.keys(bucket)
    assert len(keys) == 2
    assert all(KEY.fullmatch(key) for key in keys), keys
