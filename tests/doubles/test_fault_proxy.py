"""The bad network: transparent while nothing is ordered, and each fault as ordered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.support.fault_proxy import FaultProxy
from tests.support.process import ServerProcess
from tests.support.swift_server import SwiftServer

BODY = b"video" * 40_000


@pytest.fixture(scope="module")
def upstream() -> Iterator[ServerProcess]:
    with ServerProcess.module("tests.doubles.echo_child") as server:
        yield server


@pytest.fixture
def proxy(upstream: ServerProcess, fault_proxy: Callable[[str], FaultProxy]) -> FaultProxy:
    return fault_proxy(upstream.ready["url"])


@pytest.fixture
def http(proxy: FaultProxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.url, timeout=2, trust_env=False) as client:
        yield client


def served(upstream: ServerProcess) -> int:
    return int(httpx.get(upstream.ready["url"] + "/served", trust_env=False).text)


def test_without_faults_everything_passes_unchanged(proxy: FaultProxy, http: httpx.Client) -> None:
    told = http.put("/a?b=%20c", content=BODY).json()
    assert told["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert (told["host"], told["path"]) == (proxy.url.removeprefix("http://"), "/a?b=%20c")
    chunked = http.put("/a", content=iter([BODY[:1000], BODY[1000:]])).json()
    assert chunked["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert http.get("/1000").content == b"0123456789" * 1000
    assert [r["status"] for r in proxy.requests("PUT")] == [200, 200]


def test_a_reset_strikes_before_the_request_and_a_lost_reply_after_it(
    proxy: FaultProxy, http: httpx.Client, upstream: ServerProcess
) -> None:
    before = served(upstream)
    proxy.fail({"kind": "reset", "times": 1}, {"kind": "lost", "times": 1})
    with pytest.raises(httpx.TransportError):
        http.put("/a", content=BODY)
    assert served(upstream) == before
    with pytest.raises(httpx.TransportError):
        http.put("/a", content=BODY)
    assert served(upstream) == before + 1
    assert http.put("/a", content=BODY).status_code == 200


def test_a_request_is_cut_at_its_byte(proxy: FaultProxy, http: httpx.Client) -> None:
    proxy.fail({"kind": "reset", "at": 100_000, "method": "PUT", "times": 1})
    with pytest.raises(httpx.TransportError):
        http.put("/a", content=BODY)
    assert 0 < proxy.passed()[0] < 100_000


def test_silence_lasts_until_the_faults_change(proxy: FaultProxy, http: httpx.Client) -> None:
    proxy.fail({"kind": "stall"})
    with pytest.raises(httpx.ReadTimeout):
        http.get("/1", timeout=0.2)
    proxy.fail({"kind": "stall_reply"})
    with pytest.raises(httpx.ReadTimeout):
        http.get("/1", timeout=0.2)
    proxy.fail()
    assert http.get("/1").status_code == 200


def test_an_answer_is_truncated(proxy: FaultProxy, http: httpx.Client) -> None:
    proxy.fail({"kind": "truncate", "at": 10, "times": 1})
    with pytest.raises(httpx.TransportError):
        http.get("/1000")


def test_a_status_is_put_in_place_of_the_answer(proxy: FaultProxy, http: httpx.Client, upstream: ServerProcess) -> None:
    before = served(upstream)
    headers = {"retry-after": "7", "content-type": "application/json"}
    proxy.fail({"kind": "status", "status": 429, "body": {"code": "slow"}, "headers": headers, "path": "^/a"})
    answer = http.put("/a", content=BODY)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()) == (429, "7", {"code": "slow"})
    assert http.get("/1").status_code == 200
    assert served(upstream) == before + 1
    proxy.fail({"kind": "status", "status": 500, "forward": True, "skip": 1})
    assert http.put("/a", content=BODY).status_code == 200
    assert http.put("/a", content=BODY).status_code == 500
    assert served(upstream) == before + 3


def test_an_error_hides_in_a_200(proxy: FaultProxy, http: httpx.Client) -> None:
    proxy.fail({"kind": "error_in_200", "code": "InternalError"})
    answer = http.put("/a", content=BODY)
    assert (answer.status_code, "<Error><Code>InternalError</Code>" in answer.text) == (200, True)


def test_the_network_is_cut_at_a_byte_count_and_comes_back(proxy: FaultProxy, http: httpx.Client) -> None:
    proxy.configure(cut_after=300_000)
    assert http.put("/a", content=BODY).status_code == 200
    with pytest.raises(httpx.TransportError):
        http.put("/a", content=BODY)
    with pytest.raises(httpx.TransportError):
        http.get("/1")
    assert 300_000 <= sum(proxy.passed()) < 300_000 + 65_536
    proxy.configure(offline=False, cut_after=None)
    assert http.put("/a", content=BODY).status_code == 200


def test_a_slow_link_takes_its_time(proxy: FaultProxy, http: httpx.Client) -> None:
    proxy.configure(rate=1_000_000)
    # 200 kB at 1 MB/s.
    assert http.put("/a", content=BODY).elapsed.total_seconds() >= 0.19


PART = 5 * 2**20
KEY = "users/u/v.mp4"


@pytest.fixture
def r2(swift: SwiftServer, bucket: str, fault_proxy: Callable[[str], FaultProxy]) -> Iterator[Any]:
    proxy = fault_proxy(swift.endpoint)
    proxy.configure(r2=True)
    client = swift.client(proxy.url)
    yield client
    client.close()


def send(s3: Any, bucket: str, sizes: list[int]) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    parts = []
    for number, size in enumerate(sizes, 1):
        sent = s3.upload_part(Bucket=bucket, Key=KEY, UploadId=upload, PartNumber=number, Body=bytes(size))
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    s3.complete_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload, MultipartUpload={"Parts": parts})


def test_r2_takes_equal_parts_and_a_shorter_last_one(r2: Any, bucket: str) -> None:
    send(r2, bucket, [PART, PART, 10])
    assert r2.head_object(Bucket=bucket, Key=KEY)["ContentLength"] == 2 * PART + 10


@pytest.mark.parametrize("sizes", [[PART, PART + 1, 10], [PART, PART + 1]])
def test_r2_refuses_unequal_parts(r2: Any, bucket: str, sizes: list[int]) -> None:
    with pytest.raises(ClientError, match="InvalidPart"):
        send(r2, bucket, sizes)


def test_r2_refuses_two_writes_of_a_key_within_a_second(r2: Any, bucket: str) -> None:
    r2.put_object(Bucket=bucket, Key="a", Body=b"1")
    with pytest.raises(ClientError, match="TooManyRequests") as refused:
        r2.put_object(Bucket=bucket, Key="a", Body=b"2")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    r2.put_object(Bucket=bucket, Key="b", Body=b"2")
