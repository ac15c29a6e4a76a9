"""An edge box uploads one session for its user, long after the user's token has expired, until it is told to stop."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.support.auth_server import AuthServer
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer

SignIn = Callable[..., GatewayClient]


@pytest.fixture
def gateway(lasting_gateway: GatewayProcess) -> GatewayProcess:
    return lasting_gateway


def test_a_box_with_a_grant_sends_one_session_to_its_user(
    gateway: GatewayProcess, sign_in: SignIn, auth_server: AuthServer, swift: SwiftServer
) -> None:
    auth_server.configure(access_s=-120)
    expired = sign_in(gateway.url)
    assert expired.http.get("/v1/account").json()["code"] == "token_expired"
    auth_server.configure(access_s=3600)
    user, session = sign_in(gateway.url), str(uuid.uuid4())
    granted = user.http.post("/v1/delegations", json={"session_id": session})
    assert granted.status_code == 201
    told = granted.json()
    with GatewayClient(gateway.url, f"Delegation {told['token']}") as box:
        stored = box.store(b"filmed by the box", session=session)
        assert box.announce(b"other", session=str(uuid.uuid4())).status_code == 404
        for answer in (
            box.http.get("/v1/account"),
            box.http.get("/v1/changes"),
            box.http.delete(f"/v1/uploads/{stored.upload_id}"),
            box.http.post(f"/v1/objects/{stored.upload_id}/download"),
            box.http.post("/v1/delegations", json={"session_id": session}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        subject = user.http.get("/v1/account").json()["subject"]
        theirs = [key for key in swift.keys("lasting") if subject in key]
        assert theirs == [f"users/{subject}/{session}/{stored.upload_id}.mp4"]
        assert user.fetch(stored.upload_id) == b"filmed by the box"
        listed = user.http.get("/v1/delegations").json()["delegations"]
        assert listed == [{name: told[name] for name in ("delegation_id", "session_id", "created", "expires")}]
        path = f"/v1/delegations/{told['delegation_id']}"
        assert sign_in(gateway.url, "ben@example.org").http.delete(path).status_code == 404
        assert [user.http.delete(path).status_code for _ in range(2)] == [204, 204]
        assert box.http.get(f"/v1/uploads/{stored.upload_id}").status_code == 401
    assert user.http.get("/v1/delegations").json() == {"delegations": []}
