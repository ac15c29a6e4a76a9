"""F17: what a guest shared becomes the user's, whatever is killed, repeated or swept meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from coachvision.gateway import claims, shares
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import Guest
from coachvision.wire.gateway_sharing import CreateShare
from tests.gateway.claim_child import LATER_S
from tests.gateway.inside import Inside
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import PART_BYTES, GatewayProcess
from tests.support.killers import ForkedRuns, sample, tell
from tests.support.swift_server import SwiftServer

SMALL = b"a clip" * 100
LARGE = bytes(range(256)) * (PART_BYTES // 256) + b"and a little more"


def share_as_guest(gateway: Inside, *contents: bytes) -> Guest:
    """A guest with these clips stored, and a link to the first."""
    guest, call = gateway.guest()
    stored = [gateway.store(call, data) for data in contents]
    shares.create(call, CreateShare(object_id=stored[0].upload_id))
    return guest


def assert_claimed(gateway: Inside, swift: SwiftServer, bucket: str, guest: Guest, *contents: bytes) -> None:
    """Everything is the user's and whole, nothing is the guest's, nothing lies about."""
    assert [row["state"] for row in gateway.rows("claim")] == ["deleted"]
    rows = gateway.rows("upload")
    assert {row["owner"] for row in rows} == {"user:anna"}
    assert swift.keys(bucket) == sorted(f"users/anna/{r['session_id']}/{r['upload_id']}.mp4" for r in rows)
    found = sorted(gateway.context.bucket.read(row["key"]) or b"" for row in rows)
    assert found == sorted(contents)
    for row in rows:
        held = gateway.context.bucket.head(row["key"])
        assert held is not None
        assert held.etag == row["etag"]
    used = {row["owner"]: (row["stored_bytes"], row["reserved_bytes"]) for row in gateway.rows("account")}
    assert used == {f"guest:{guest.guest_id}": (0, 0), "user:anna": (sum(map(len, contents)), 0)}
    assert [row["owner"] for row in gateway.rows("share")] == ["user:anna"]


def finish(gateway: Inside) -> None:
    gateway.clock.advance(LATER_S)
    for claim_id in claims.unfinished(gateway.context):
        claims.advance(gateway.context, claim_id)


def test_a_guests_clips_become_the_users_and_links_keep_working(
    start_gateway: Callable[..., GatewayProcess],
    sign_in: Callable[..., GatewayClient],
    swift: SwiftServer,
    bucket: str,
) -> None:
    gateway = start_gateway()
    with GatewayClient(gateway.url) as stranger:
        token = stranger.http.post("/v1/guest").json()["token"]
        with GatewayClient(gateway.url, f"Guest {token}") as guest:
            clip = guest.store(LARGE)
            link = guest.http.post("/v1/shares", json={"object_id": clip.upload_id}).raise_for_status().json()["url"]
        path = "/s/" + link.rpartition("/")[2]
        user = sign_in(gateway.url)
        claimed = user.http.post("/v1/claims", json={"guest_token": token})
        assert claimed.status_code == 202
        told = claimed.json()
        assert (told["state"], told["objects_total"], told["objects_copied"]) == ("switched", 1, 1)
        assert user.http.get(f"/v1/claims/{told['claim_id']}").json() == told
        assert user.http.post("/v1/claims", json={"guest_token": token}).json() == told
        played = stranger.http.post(path + "/play").raise_for_status().json()
        assert httpx.get(played["url"], trust_env=False).content == LARGE
        assert user.fetch(clip.upload_id) == LARGE
        assert [share["object_id"] for share in user.http.get("/v1/shares").json()["shares"]] == [clip.upload_id]
        with GatewayClient(gateway.url, f"Guest {token}") as guest:
            assert guest.http.get("/v1/shares").status_code == 401
        thief = sign_in(gateway.url, "mallory@example.org")
        assert thief.http.post("/v1/claims", json={"guest_token": token}).status_code == 404
        assert thief.http.get(f"/v1/claims/{told['claim_id']}").status_code == 404
        assert user.http.post("/v1/claims", json={"guest_token": "A" * 43}).status_code == 404
    # The guest's copy stays while somebody may be playing it.
    assert len(swift.keys(bucket)) == 2


def test_a_claim_is_done_when_no_address_of_the_guests_copies_holds(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    guest = share_as_guest(inside, SMALL, LARGE)
    began = claims.begin(inside.user(), guest.token)
    assert began.state == "switched"
    inside.clock.advance(inside.settings.download_ttl_s - 1)
    assert claims.unfinished(inside.context) == []
    finish(inside)
    assert_claimed(inside, swift, bucket, guest, SMALL, LARGE)


def test_what_was_not_finished_when_the_guest_signed_in_is_dropped(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    guest, call = inside.guest()
    stored = inside.store(call, SMALL)
    half = inside.announce(call, LARGE)
    inside.send(call, half, LARGE)
    claims.begin(inside.user(), guest.token)
    finish(inside)
    states = {row["upload_id"]: row["state"] for row in inside.rows("upload")}
    assert states == {stored.upload_id: "stored", half.upload_id: "aborted"}
    assert {row["owner"]: row["reserved_bytes"] for row in inside.rows("account")}[call.owner] == 0


def test_an_object_the_bucket_has_lost_does_not_hold_up_the_others(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    guest, call = inside.guest()
    lost, kept = inside.store(call, SMALL), inside.store(call, LARGE)
    inside.context.bucket.delete(f"anonymous/{guest.guest_id}/{lost.upload_id}.mp4")
    assert claims.begin(inside.user(), guest.token).state == "switched"
    finish(inside)
    assert [row["upload_id"] for row in inside.rows("upload") if row["state"] == "stored"] == [kept.upload_id]
    assert len(swift.keys(bucket)) == 1
    assert {row["owner"]: row["stored_bytes"] for row in inside.rows("account")} == {
        call.owner: 0,
        "user:anna": len(LARGE),
    }


def test_two_users_with_the_same_guest_token_one_gets_it(inside: Inside) -> None:
    guest = share_as_guest(inside, SMALL)

    def claim(subject: str) -> str:
        try:
            return claims.begin(inside.user(subject), guest.token).state
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(claim, ["anna", "ben", "carl", "dora"]))
    assert sorted(told) == ["not_found"] * 3 + ["switched"]


def test_one_claim_worked_at_by_several_processes_copies_once(inside: Inside, swift: SwiftServer, bucket: str) -> None:
    guest = share_as_guest(inside, SMALL, LARGE, SMALL + b"2")
    with ThreadPoolExecutor(4) as pool:
        states = set(pool.map(lambda _: claims.begin(inside.user(), guest.token).state, range(4)))
    assert states <= {"switched", "copying", "copied"}
    finish(inside)
    assert_claimed(inside, swift, bucket, guest, SMALL, LARGE, SMALL + b"2")
    assert swift.uploads(bucket) == []


def kill_at(runs: ForkedRuns, point: str, folder: Path, swift: SwiftServer, bucket: str) -> None:
    """Killed at the point, then done again by another process: as if nothing had been."""
    swift.make_bucket(bucket)
    database = folder / f"{uuid.uuid4().hex}.db"
    with Inside(database, swift.endpoint, bucket) as gateway:
        guest = share_as_guest(gateway, SMALL, LARGE)
        given = {"database": str(database), "endpoint": swift.endpoint, "bucket": bucket, "token": guest.token}
        runs.kill_at(point, **given)
        assert runs.run(**given) == 0
        assert_claimed(gateway, swift, bucket, guest, SMALL, LARGE)


def passed(runs: ForkedRuns, folder: Path, swift: SwiftServer, bucket: str) -> list[str]:
    with Inside(folder / "learn.db", swift.endpoint, bucket) as gateway:
        guest = share_as_guest(gateway, SMALL, LARGE)
    return runs.points(
        folder / "points", database=str(folder / "learn.db"), endpoint=swift.endpoint, bucket=bucket, token=guest.token
    )


def test_a_claim_killed_at_a_sample_of_its_steps_is_finished_by_the_next(
    tmp_path: Path, swift: SwiftServer, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with ForkedRuns("tests.gateway.claim_child:work") as runs:
        points = passed(runs, tmp_path, swift, bucket)
        chosen = [point for point in sample(points) if point.rpartition(":")[0] in QUICK]
        assert len(chosen) == len(QUICK), points
        for point in chosen:
            kill_at(runs, point, tmp_path, swift, bucket)
    with capsys.disabled():
        print(tell("claim", chosen, points))


QUICK = ("gateway.claim.copy_made", "gateway.claim.switched")


@pytest.mark.soak
def test_a_claim_killed_at_each_of_its_steps_is_finished_by_the_next(
    tmp_path: Path, swift: SwiftServer, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with ForkedRuns("tests.gateway.claim_child:work") as runs:
        points = passed(runs, tmp_path, swift, bucket)
        assert len(points) >= 10, points
        for point in points:
            kill_at(runs, point, tmp_path, swift, bucket)
    with capsys.disabled():
        print(tell("claim", points, points))
