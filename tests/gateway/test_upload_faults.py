"""F3 and its kin: replies that are lost, a storage that fails, a gateway that is killed; one object, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from coachvision.wire.gateway import Upload
from tests.gateway.inside import Inside
from tests.gateway.upload_child import FILM, work
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import PART_BYTES, GatewayProcess
from tests.support.killers import ForkedRuns, sample, tell
from tests.support.swift_server import SwiftServer

Start = Callable[..., GatewayProcess]
SignIn = Callable[..., GatewayClient]
Proxy = Callable[[str], FaultProxy]
SESSION = "0b6c1d8e-3f7a-4f8e-9a55-1f2e3d4c5b6a"
COMPLETE = {"method": "POST", "path": r"uploadId="}
LOST_REPLIES: list[dict[str, Any]] = [{"kind": "lost"}, {"kind": "truncate"}]
FAILURES: list[dict[str, Any]] = [
    {"kind": "reset"}, {"kind": "status", "status": 500}, {"kind": "status", "status": 503},
    {"kind": "status", "status": 429}, {"kind": "error_in_200"},
]  # fmt: skip


def usage(user: GatewayClient) -> tuple[int, int, int]:
    told = user.http.get("/v1/account").raise_for_status().json()["usage"]
    return told["stored_bytes"], told["reserved_bytes"], told["objects"]


def sent(user: GatewayClient, data: bytes) -> Upload:
    upload = Upload.model_validate(user.announce(data).raise_for_status().json())
    user.send(upload, data)
    return upload


def test_f3_completed_but_the_client_never_heard_of_it(
    gateway: GatewayProcess, sign_in: SignIn, fault_proxy: Proxy, swift: SwiftServer, bucket: str
) -> None:
    network = fault_proxy(gateway.url)
    user, data = sign_in(network.url), os.urandom(PART_BYTES + 7)
    upload = sent(user, data)
    network.fail({"kind": "lost", "method": "POST", "path": "/complete", "times": 1})
    with pytest.raises(httpx.TransportError):
        user.complete(upload)
    assert user.http.get(f"/v1/uploads/{upload.upload_id}").json()["state"] == "stored"
    for _ in range(2):
        again = user.complete(upload)
        assert (again.status_code, again.json()["state"]) == (200, "stored")
    assert usage(user) == (len(data), 0, 1)
    assert len(swift.keys(bucket)) == 1
    assert user.fetch(upload.upload_id) == data


def test_f3_completed_but_the_gateway_never_heard_of_it(
    start_gateway: Start, sign_in: SignIn, fault_proxy: Proxy, swift: SwiftServer, bucket: str
) -> None:
    """The storage did it, its reply was lost or cut: the object itself is asked."""
    network = fault_proxy(swift.endpoint)
    user = sign_in(start_gateway(storage_endpoint=network.url).url)
    stored = 0
    for fault in LOST_REPLIES:
        upload = sent(user, b"film")
        network.fail({**COMPLETE, **fault, "times": 1})
        while (answer := user.complete(upload)).status_code == 503:
            assert answer.json()["code"] == "upstream_unavailable"
        assert answer.json()["state"] == "stored", fault
        stored += 1
    assert usage(user) == (4 * stored, 0, stored)
    assert len(swift.keys(bucket)) == stored


def test_a_storage_that_fails_is_told_as_such_and_the_upload_goes_on_later(
    start_gateway: Start, sign_in: SignIn, fault_proxy: Proxy, swift: SwiftServer
) -> None:
    network = fault_proxy(swift.endpoint)
    user = sign_in(start_gateway(storage_endpoint=network.url).url)
    for number, fault in enumerate(FAILURES):
        network.fail({"method": "POST", "path": "uploads", **fault})
        early = user.announce(b"film", key=f"key-{number}", session=SESSION)
        assert (early.status_code, early.json()["code"]) == (503, "upstream_unavailable"), fault
        assert int(early.headers["retry-after"]) > 0
        network.fail()
        again = user.announce(b"film", key=f"key-{number}", session=SESSION)
        upload = Upload.model_validate(again.raise_for_status().json())
        user.send(upload, b"film")
        network.fail({**COMPLETE, **fault})
        late = user.complete(upload)
        assert (late.status_code, late.json()["code"]) == (503, "upstream_unavailable"), fault
        busy = user.http.delete(f"/v1/uploads/{upload.upload_id}")
        assert (busy.status_code, busy.json()["code"]) == (409, "upload_busy")
        network.fail()
        assert user.complete(upload).json()["state"] == "stored"
    assert usage(user) == (4 * len(FAILURES), 0, len(FAILURES))


def test_an_object_that_is_not_what_was_declared_is_dropped(
    start_gateway: Start, sign_in: SignIn, fault_proxy: Proxy, swift: SwiftServer, bucket: str
) -> None:
    """Somebody with the bucket's keys puts another in its place before the gateway has looked."""
    network = fault_proxy(swift.endpoint)
    user = sign_in(start_gateway(storage_endpoint=network.url).url)
    upload = sent(user, b"film")
    network.fail({"kind": "status", "status": 500, "method": "HEAD"})
    assert user.complete(upload).status_code == 503
    (key,) = swift.keys(bucket)
    client = swift.client()
    client.put_object(Bucket=bucket, Key=key, Body=b"mlif")
    client.close()
    network.fail()
    refused = user.complete(upload)
    assert (refused.status_code, refused.json()["code"]) == (422, "checksum_mismatch")
    assert usage(user) == (0, 0, 0)
    assert swift.keys(bucket) == []
    assert user.complete(upload).status_code == 410


def test_an_upload_that_the_bucket_swept_is_gone_and_its_bytes_are_given_back(
    gateway: GatewayProcess, sign_in: SignIn, swift: SwiftServer, bucket: str
) -> None:
    user = sign_in(gateway.url)
    upload = sent(user, os.urandom(100))
    client = swift.client()
    for pending in client.list_multipart_uploads(Bucket=bucket)["Uploads"]:
        client.abort_multipart_upload(Bucket=bucket, Key=pending["Key"], UploadId=pending["UploadId"])
    client.close()
    assert usage(user) == (0, 100, 0)
    for answer in (user.http.get(f"/v1/uploads/{upload.upload_id}"), user.complete(upload)):
        assert (answer.status_code, answer.json()["code"]) == (410, "upload_gone")
    assert usage(user) == (0, 0, 0)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_a_gateway_killed_at_any_point_leaves_what_a_repetition_finishes(
    every: bool, tmp_path: Path, swift: SwiftServer, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def given(name: str) -> dict[str, str]:
        swift.make_bucket(bucket)
        return {"database": str(tmp_path / name), "endpoint": swift.endpoint, "bucket": bucket}

    with ForkedRuns("tests.gateway.upload_child:work") as runs:
        points = runs.points(tmp_path / "points", **given("learn"))
        assert {point.rpartition(":")[0] for point in points} >= {
            "gateway.upload.created", "gateway.upload.begun", "gateway.complete.begun", "gateway.complete.applied",
            "gateway.complete.confirmed", "gateway.drop.decided",
        }  # fmt: skip
        chosen = points if every else sample(points)[1::2]
        for number, point in enumerate(chosen):
            place = given(f"{number}.db")
            runs.kill_at(point, **place)
            assert_converges(place, swift, bucket)
    with capsys.disabled():
        print(tell("uploads", chosen, points))


def assert_converges(place: dict[str, str], swift: SwiftServer, bucket: str) -> None:
    """The same requests again: one object, nothing pending, nothing reserved, the audit whole."""
    work(**place)
    with Inside(Path(place["database"]), swift.endpoint, bucket) as gateway:
        (account,) = gateway.rows("account")
        assert (account["stored_bytes"], account["reserved_bytes"]) == (len(FILM), 0)
        assert sorted(row["state"] for row in gateway.rows("upload")) == ["aborted", "stored"]
        (stored,) = [row for row in gateway.rows("upload") if row["state"] == "stored"]
        actions = [row["action"] for row in gateway.rows("audit")]
        assert actions.count("upload.stored") == actions.count("upload.aborted") == 1
    assert swift.keys(bucket) == [stored["key"]]
    # A multipart upload that was begun when its gateway died before it could say so is the bucket lifecycle's.
    assert len(swift.uploads(bucket)) <= 1
