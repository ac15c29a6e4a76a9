"""S4 and S5: nobody passes a bound by being many or by saying to be somebody else."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess

Start = Callable[..., GatewayProcess]
SignIn = Callable[..., GatewayClient]
TIERS = """
[tiers.registered]
file_bytes = 1000
total_bytes = 10000
[tiers.guest]
file_bytes = 1000
daily_bytes = 2500
daily_uploads = 4
"""


def bounded(start: Start, tmp_path: Path, **more: str) -> GatewayProcess:
    file = tmp_path / "tiers.toml"
    file.write_text(TIERS)
    return start(environment={"COACHVISION_TIERS": str(file), **more})


def test_a_hundred_announcements_at_once_at_the_edge_of_the_quota(
    start_gateway: Start, sign_in: SignIn, tmp_path: Path
) -> None:
    """Through two gateway processes on one database: exactly as many as fit."""
    gateways = [bounded(start_gateway, tmp_path), bounded(start_gateway, tmp_path)]
    user = sign_in(gateways[0].url)
    headers = {"Authorization": user.http.headers["authorization"]}
    session = str(uuid.uuid4())

    def announce(number: int) -> int:
        with GatewayClient(gateways[number % 2].url, headers["Authorization"]) as caller:
            return caller.announce(b"x" * 950, session=session).status_code

    with ThreadPoolExecutor(20) as pool:
        told = Counter(pool.map(announce, range(100)))
    assert told == {201: 10, 507: 90}
    usage = user.http.get("/v1/account").json()["usage"]
    assert usage["reserved_bytes"] == 9500


def test_the_same_announcement_twenty_times_at_once_reserves_once(
    start_gateway: Start, sign_in: SignIn, tmp_path: Path
) -> None:
    gateway = bounded(start_gateway, tmp_path)
    user, session = sign_in(gateway.url), str(uuid.uuid4())

    def announce(_: int) -> tuple[int, str]:
        with GatewayClient(gateway.url, user.http.headers["authorization"]) as caller:
            answer = caller.announce(b"x" * 900, key="one", session=session)
            return answer.status_code, answer.json()["upload_id"]

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(announce, range(20)))
    assert Counter(status for status, _ in told) == {201: 1, 200: 19}
    assert len({upload for _, upload in told}) == 1
    assert user.http.get("/v1/account").json()["usage"]["reserved_bytes"] == 900


def test_bytes_come_back_when_something_is_dropped_or_deleted(
    start_gateway: Start, sign_in: SignIn, tmp_path: Path
) -> None:
    gateway = bounded(start_gateway, tmp_path)
    user = sign_in(gateway.url)
    too_large = user.announce(b"x" * 1001)
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
    stored = [user.store(b"x" * 1000) for _ in range(9)]
    pending = user.announce(b"x" * 1000).json()
    full = user.announce(b"x")
    assert (full.status_code, full.json()["code"]) == (507, "quota_exceeded")
    for upload_id in (stored[0].upload_id, pending["upload_id"]):
        user.http.delete(f"/v1/uploads/{upload_id}").raise_for_status()
    assert [user.announce(b"x" * 1000).status_code for _ in range(3)] == [201, 201, 507]


def test_guests_are_counted_by_address_however_many_they_claim_to_be(start_gateway: Start, tmp_path: Path) -> None:
    """S5: a new guest id, or a forged X-Forwarded-For, is no new allowance."""
    gateway = bounded(start_gateway, tmp_path)
    told = []
    for number in range(6):
        with GatewayClient.guest(gateway.url) as guest:
            guest.http.headers["X-Forwarded-For"] = f"198.51.100.{number}"
            told.append(guest.announce(b"x" * 500).status_code)
    assert told == [201] * 4 + [507] * 2


def test_dropping_gives_no_daily_allowance_back(start_gateway: Start, tmp_path: Path) -> None:
    gateway = bounded(start_gateway, tmp_path)
    with GatewayClient.guest(gateway.url) as guest:
        for _ in range(2):
            upload = guest.announce(b"x" * 1000).raise_for_status().json()
            guest.http.delete(f"/v1/uploads/{upload['upload_id']}").raise_for_status()
        assert guest.announce(b"x" * 501).status_code == 507
        assert guest.announce(b"x" * 500).status_code == 201


def test_a_forged_forwarded_for_evades_no_rate_limit_and_a_proxys_own_is_believed(
    start_gateway: Start, tmp_path: Path
) -> None:
    """S5."""
    plain = bounded(start_gateway, tmp_path, COACHVISION_RATE_GUESTS="3/hour")

    def ask(gateway: GatewayProcess, forwarded: str) -> httpx.Response:
        return httpx.post(f"{gateway.url}/v1/guest", headers={"X-Forwarded-For": forwarded}, trust_env=False)

    told = [ask(plain, f"198.51.100.{number}") for number in range(5)]
    assert [answer.status_code for answer in told] == [201, 201, 201, 429, 429]
    assert 1 <= int(told[-1].headers["retry-after"]) <= 3600
    assert told[-1].json()["code"] == "rate_limited"
    proxied = bounded(
        start_gateway, tmp_path, COACHVISION_RATE_GUESTS="1/hour", COACHVISION_TRUSTED_PROXIES="127.0.0.0/8"
    )
    assert [ask(proxied, f"198.51.100.{number}").status_code for number in range(3)] == [201] * 3
    assert ask(proxied, "1.2.3.4, 198.51.100.1").status_code == 429
    assert ask(proxied, "2001:db8::1").status_code == 201
    assert ask(proxied, "2001:db8::ffff:1").status_code == 429


def test_guessing_tokens_becomes_slow(start_gateway: Start, sign_in: SignIn, tmp_path: Path) -> None:
    gateway = bounded(start_gateway, tmp_path, COACHVISION_RATE_REFUSED_TOKENS="5/minute")
    with GatewayClient(gateway.url, "Guest " + "A" * 43) as guesser:
        told = [guesser.http.get("/v1/account").status_code for _ in range(7)]
    assert told == [401] * 5 + [429] * 2
    assert sign_in(gateway.url).http.get("/v1/account").status_code == 200
