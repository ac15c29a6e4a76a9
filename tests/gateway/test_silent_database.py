"""A network that swallows what goes to PostgreSQL: it is told, nobody waits for ever, and all goes on afterwards."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from coachvision.wire.gateway import Problem, Upload
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.postgres_server import PostgresServer
from tests.support.swallowing import SwallowingNetwork

SignIn = Callable[..., GatewayClient]
FILM = b"a film" * 1000
# Less than the threads in which requests run, so that each finds one: what is judged is what they wait for there.
AT_ONCE = 30
SESSION = str(uuid.UUID(int=1))


@pytest.fixture
def network(postgres: PostgresServer) -> Iterator[SwallowingNetwork]:
    with SwallowingNetwork(postgres.make_database()) as network:
        yield network


@pytest.fixture
def gateway(start_gateway: Callable[..., GatewayProcess], network: SwallowingNetwork) -> GatewayProcess:
    return start_gateway(database=network.url, environment={"COACHVISION_DATABASE_WAIT_S": "2"})


def refused(answer: httpx.Response) -> str:
    """The problem's code, of an answer that says when to try again."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"].isdigit()
    return Problem.model_validate_json(answer.content).code


def until_it_is_back(client: GatewayClient, ask: Callable[[], httpx.Response]) -> httpx.Response:
    until = time.monotonic() + 90
    while (answer := ask()).status_code == 503:
        assert time.monotonic() < until, answer.text
        time.sleep(0.2)
    return answer.raise_for_status()


# In the midst of a transaction, whose locks the server goes on holding; of signing, where many ask together; and before
# anything was asked.
@pytest.mark.parametrize("where", ["FOR UPDATE", "json_to_recordset", pytest.param(None, marks=pytest.mark.soak)])
def test_a_database_that_falls_silent_is_told_and_found_again(
    gateway: GatewayProcess, network: SwallowingNetwork, sign_in: SignIn, where: str | None
) -> None:
    anna = sign_in(gateway.url)
    first = Upload.model_validate(anna.announce(FILM, key="first").raise_for_status().json())
    assert anna.http.get("/readyz").status_code == 200
    if where is None:
        network.swallow()
    else:
        network.swallow_after(where.encode())
    if where == "json_to_recordset":
        answer = anna.http.post(f"/v1/uploads/{first.upload_id}/urls", json={"parts": [{"n": 1, "md5": "0" * 32}]})
        assert refused(answer) == "upstream_unavailable"
    else:
        assert refused(anna.announce(FILM, key="second", session=SESSION)) == "upstream_unavailable"
    assert network.swallows
    assert refused(anna.http.get("/readyz")) == "upstream_unavailable"
    assert anna.http.get("/healthz").status_code == 200
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: anna.http.get("/v1/account"), range(AT_ONCE)))
    assert {refused(answer) for answer in answers} == {"upstream_unavailable"}
    network.restore()
    until_it_is_back(anna, lambda: anna.http.get("/readyz"))
    upload = until_it_is_back(anna, lambda: anna.announce(FILM, key="second", session=SESSION)).json()
    assert anna.announce(FILM, key="second", session=SESSION).json()["upload_id"] == upload["upload_id"]
    anna.send(Upload.model_validate(upload), FILM)
    assert anna.complete(Upload.model_validate(upload)).json()["state"] == "stored"
    usage = anna.http.get("/v1/account").json()["usage"]
    assert (usage["stored_bytes"], usage["reserved_bytes"]) == (len(FILM), len(FILM))


def test_a_lock_that_somebody_keeps_is_waited_for_so_long_and_no_longer(
    gateway: GatewayProcess, network: SwallowingNetwork, sign_in: SignIn, postgres: PostgresServer
) -> None:
    anna = sign_in(gateway.url)
    anna.announce(FILM, key="first").raise_for_status()
    with psycopg.connect(network.url) as holder:
        holder.execute("SELECT * FROM account FOR UPDATE")
        assert refused(anna.announce(FILM, key="second", session=SESSION)) == "upstream_unavailable"
        # That one waits for somebody says nothing of the others.
        assert anna.http.get("/readyz").status_code == 200
        holder.rollback()
    anna.announce(FILM, key="second", session=SESSION).raise_for_status()
