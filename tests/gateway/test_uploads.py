"""An object's way through the gateway into a real S3: whole, resumed, repeated, dropped."""

from __future__ import annotations

import os
import uuid

from coachvision.wire.gateway import Account, GatewayConfig, Upload, UploadStatus
from tests.gateway.conftest import World
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import PART_BYTES


def status(client: GatewayClient, upload: Upload) -> UploadStatus:
    answer = client.http.get(f"/v1/uploads/{upload.upload_id}").raise_for_status()
    return UploadStatus.model_validate(answer.json())


def account(client: GatewayClient) -> Account:
    return Account.model_validate(client.http.get("/v1/account").raise_for_status().json())


def test_what_a_guest_and_a_user_send_lies_under_their_own_prefix_and_comes_back_whole(world: World) -> None:
    data = os.urandom(PART_BYTES + 1000)
    session = str(uuid.uuid4())
    with world.guest() as guest:
        shared = guest.store(data)
        assert guest.fetch(shared.upload_id) == data
        me = account(guest)
        assert (me.tier, me.usage.stored_bytes, me.usage.objects) == ("guest", len(data), 1)
        assert world.keys(guest) == [f"anonymous/{me.subject}/{shared.upload_id}.mp4"]
    user = world.user()
    stored = user.store(data, session=session)
    assert user.fetch(stored.upload_id) == data
    me = account(user)
    assert (me.tier, me.usage.stored_bytes, me.usage.reserved_bytes) == ("registered", len(data), 0)
    assert world.keys(user) == [f"users/{me.subject}/{session}/{stored.upload_id}.mp4"]


def test_an_upload_is_resumed_where_it_stopped(world: World) -> None:
    user, data = world.user(), os.urandom(2 * PART_BYTES + 17)
    upload = Upload.model_validate(user.announce(data).raise_for_status().json())
    assert (upload.part_size, upload.parts_total, upload.state) == (PART_BYTES, 3, "open")
    user.send(upload, data, [1, 3])
    found = status(user, upload)
    assert [(part.n, part.size) for part in found.completed] == [(1, PART_BYTES), (3, 17)]
    assert found.missing == [2]
    refused = user.complete(upload)
    assert (refused.status_code, refused.json()["code"]) == (409, "state_conflict")
    user.send(upload, data, [2])
    assert user.complete(upload).json()["state"] == "stored"
    assert user.fetch(upload.upload_id) == data
    done = status(user, upload)
    assert (done.state, done.completed, done.missing) == ("stored", [], [])


def test_a_part_of_other_content_than_was_declared_last_counts_as_missing(world: World) -> None:
    user, old, new = world.user(), os.urandom(100), os.urandom(100)
    upload = Upload.model_validate(user.announce(new).raise_for_status().json())
    user.send(upload, old)
    user.sign(upload, new)
    assert status(user, upload).missing == [1]
    assert user.complete(upload).status_code == 409
    user.send(upload, new)
    assert user.complete(upload).status_code == 200
    assert user.fetch(upload.upload_id) == new


def test_the_same_request_again_is_the_same_upload(world: World) -> None:
    user, session = world.user(), str(uuid.uuid4())
    first = user.announce(b"x" * 100, key="one", session=session)
    again = user.announce(b"x" * 100, key="one", session=session)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert account(user).usage.reserved_bytes == 100
    other = user.announce(b"y" * 100, key="one", session=session)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    elsewhere = world.user().announce(b"x" * 100, key="one", session=session)
    assert elsewhere.status_code == 201
    assert elsewhere.json()["upload_id"] != first.json()["upload_id"]


def test_completing_and_dropping_twice_is_harmless(world: World) -> None:
    user = world.user()
    upload = user.store(b"film")
    assert user.complete(upload).json() == upload.model_dump()
    path = f"/v1/uploads/{upload.upload_id}"
    for _ in range(2):
        assert user.http.delete(path).status_code == 204
    assert world.keys(user) == []
    assert account(user).usage.model_dump() == {"stored_bytes": 0, "reserved_bytes": 0, "objects": 0, "sessions": 0}
    for answer in (user.http.get(path), user.complete(upload)):
        assert (answer.status_code, answer.json()["code"]) == (410, "upload_gone")


def test_an_aborted_upload_leaves_no_parts_and_no_reservation(world: World) -> None:
    user, data = world.user(), os.urandom(PART_BYTES + 1)
    upload = Upload.model_validate(user.announce(data).raise_for_status().json())
    user.send(upload, data, [1])
    mine = f"users/{account(user).subject}/"
    assert len([key for key in world.swift.uploads(world.bucket) if key.startswith(mine)]) == 1
    assert user.http.delete(f"/v1/uploads/{upload.upload_id}").status_code == 204
    assert not [key for key in world.swift.uploads(world.bucket) if key.startswith(mine)]
    assert account(user).usage.reserved_bytes == 0


def test_only_films_and_results_are_stored(world: World) -> None:
    user = world.user()
    for ext, kind in (("html", "text/html"), ("mp4", "text/html"), ("svg", "image/svg+xml")):
        refused = user.announce(b"x", ext=ext, content_type=kind)
        assert (refused.status_code, refused.json()["code"]) == (422, "unsupported_type")


def test_the_configuration_says_what_is_allowed(world: World) -> None:
    with world.stranger() as stranger:
        told = GatewayConfig.model_validate(stranger.http.get("/v1/config").raise_for_status().json())
        assert told.tiers["guest"].daily_uploads == 10
        assert told.parts.urls_a_request == 100
        assert stranger.http.get("/healthz").json() == {"status": "ok"}
        assert stranger.http.get("/readyz").json() == {"status": "ok"}
        missing = stranger.http.get("/v1/nothing")
        assert missing.headers["content-type"] == "application/problem+json"
        assert missing.json()["request_id"] == missing.headers["x-request-id"]
