"""A bucket that accepts everything and says nothing: it is told soon, nobody queues, and all goes on afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from coachvision.wire.gateway import Problem, Upload
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer

SignIn = Callable[..., GatewayClient]
FILM = b"a film" * 1000
AT_ONCE = 30
# So long a bucket that is well needs for no answer, on a busy machine either.
WAIT_S = 4
# An hour of silence would not end before any test does.
LONG_S = "3600"


@pytest.fixture
def network(fault_proxy: Callable[[str], FaultProxy], swift: SwiftServer) -> FaultProxy:
    return fault_proxy(swift.endpoint)


def refused(answer: httpx.Response) -> str:
    """The problem's code, of an answer that says when to try again."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"].isdigit()
    return Problem.model_validate_json(answer.content).code


def until_it_is_back(ask: Callable[[], httpx.Response]) -> httpx.Response:
    until = time.monotonic() + 90
    while (answer := ask()).status_code == 503:
        assert time.monotonic() < until, answer.text
        time.sleep(0.2)
    return answer.raise_for_status()


# From the first byte, and in the midst of an answer.
@pytest.mark.parametrize("kind", ["stall", "stall_reply"])
def test_a_bucket_that_falls_silent_is_told_and_found_again(
    start_gateway: Callable[..., GatewayProcess], network: FaultProxy, sign_in: SignIn, kind: str
) -> None:
    gateway = start_gateway(storage_endpoint=network.url, environment={"COACHVISION_STORAGE_WAIT_S": str(WAIT_S)})
    anna = sign_in(gateway.url)
    first = Upload.model_validate(anna.announce(FILM, key="first").raise_for_status().json())
    anna.send(first, FILM)
    network.fail({"kind": kind})
    asked = len(network.requests())
    status = f"/v1/uploads/{first.upload_id}"
    assert refused(anna.http.get(status)) == "upstream_unavailable"
    assert len(network.requests()) == asked + 1, "silence is not tried again"
    assert anna.http.get("/healthz").status_code == 200
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: anna.http.get(status), range(AT_ONCE)))
    assert {refused(answer) for answer in answers} == {"upstream_unavailable"}
    assert len(network.requests()) < asked + 1 + AT_ONCE, "they do not all wait for it"
    network.fail()
    assert until_it_is_back(lambda: anna.complete(first)).json()["state"] == "stored"
    second = Upload.model_validate(until_it_is_back(lambda: anna.announce(FILM, key="second")).json())
    anna.send(second, FILM)
    assert anna.complete(second).json()["state"] == "stored"
    usage = anna.http.get("/v1/account").json()["usage"]
    assert (usage["stored_bytes"], usage["reserved_bytes"]) == (2 * len(FILM), 0)


def test_an_object_of_many_parts_is_waited_for_and_holds_nobody_up(
    start_gateway: Callable[..., GatewayProcess], network: FaultProxy, sign_in: SignIn
) -> None:
    gateway = start_gateway(storage_endpoint=network.url, environment={"COACHVISION_STORAGE_WAIT_S": str(WAIT_S)})
    anna = sign_in(gateway.url)
    first, second = (
        Upload.model_validate(anna.announce(FILM, key=key).raise_for_status().json()) for key in ("first", "second")
    )
    anna.send(first, FILM)
    network.fail({"kind": "late", "seconds": 3 * WAIT_S, "method": "POST"})
    with ThreadPoolExecutor(1) as pool:
        completed = pool.submit(anna.complete, first)
        assert anna.http.get(f"/v1/uploads/{second.upload_id}").json()["state"] == "open"
        assert not completed.done()
        assert completed.result().json()["state"] == "stored"


def test_a_balancer_is_told_of_a_silent_bucket_long_before_requests_give_up(
    start_gateway: Callable[..., GatewayProcess], network: FaultProxy, sign_in: SignIn
) -> None:
    gateway = start_gateway(storage_endpoint=network.url, environment={"COACHVISION_STORAGE_WAIT_S": LONG_S})
    anna = sign_in(gateway.url)
    assert anna.http.get("/readyz").status_code == 200
    network.fail({"kind": "stall"})
    assert refused(anna.http.get("/readyz")) == "upstream_unavailable"
    network.fail()
    until_it_is_back(lambda: anna.http.get("/readyz"))
