"""S2: of all tokens a stranger can make, only a good one opens the door; the sign-in service may be down meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from coachvision.web.problems import Refusal
from coachvision.web.tokens import FRESH_S, LEEWAY_S, RETRY_S, STALE_S, Verifier
from tests.support.auth_server import AuthServer
from tests.support.clock import ManualClock

ME = "5c7d2c0e-8a3e-4b1f-9d6a-2f1e0d9c8b7a"
JWKS = "/.well-known/jwks.json"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(ManualClock.of_now())


@pytest.fixture
def verifier(auth_server: AuthServer, clock: ManualClock) -> Iterator[Verifier]:
    auth_server.configure(skew_s=0)
    return Verifier(auth_server.issuer, clock=clock)


def claims(server: AuthServer, **change: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": server.issuer, "aud": "authenticated", "sub": ME, "role": "authenticated", "iat": now, "exp": now + 600,
        "is_anonymous": False,
    }  # fmt: skip
    return good | change


def code_of(verifier: Verifier, token: str) -> str:
    with pytest.raises(Refusal) as refused:
        verifier.verify(token)
    return refused.value.code


def test_a_good_token_says_whose_it_is(verifier: Verifier, auth_server: AuthServer) -> None:
    token = auth_server.mint(claims(auth_server))
    assert not verifier.ready(token)
    assert verifier.verify(token).subject == ME
    assert verifier.ready(token)
    signed_in = auth_server.sign_in("anna@example.org")
    assert verifier.verify(signed_in["access_token"]).subject == signed_in["user"]["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://elsewhere.example/auth/v1"}, {"iss": None}, {"aud": "anon"}, {"aud": None},
        {"aud": ["authenticated", "other"]}, {"sub": None}, {"sub": ""}, {"sub": "../../users/somebody"}, {"sub": 7},
        {"sub": "a" * 65}, {"iat": None}, {"exp": None}, {"exp": "soon"}, {"is_anonymous": True},
        {"role": "anon"}, {"role": "service_role"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(
    verifier: Verifier, auth_server: AuthServer, change: dict[str, Any]
) -> None:
    assert code_of(verifier, auth_server.mint(claims(auth_server, **change))) == "token_invalid"


def test_a_minute_of_leeway_and_no_more(verifier: Verifier, auth_server: AuthServer) -> None:
    now = int(time.time())
    for change in ({"exp": now - LEEWAY_S + 20}, {"nbf": now + LEEWAY_S - 20}, {"iat": now + LEEWAY_S - 20}):
        assert verifier.verify(auth_server.mint(claims(auth_server, **change))).subject == ME
    expired = auth_server.mint(claims(auth_server, iat=now - 600, exp=now - LEEWAY_S - 5))
    assert code_of(verifier, expired) == "token_expired"
    for change in ({"nbf": now + LEEWAY_S + 60}, {"iat": now + LEEWAY_S + 60}):
        assert code_of(verifier, auth_server.mint(claims(auth_server, **change))) == "token_invalid"


def test_a_token_that_was_good_expires_all_the_same(
    verifier: Verifier, auth_server: AuthServer, clock: ManualClock
) -> None:
    token = auth_server.mint(claims(auth_server, exp=int(time.time()) + 100))
    assert verifier.verify(token).subject == ME
    clock.advance(100 + LEEWAY_S - 10)
    assert verifier.verify(token).subject == ME
    clock.advance(20)
    assert code_of(verifier, token) == "token_expired"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_the_algorithm_is_not_the_tokens_to_choose(verifier: Verifier, auth_server: AuthServer, algorithm: str) -> None:
    forged = auth_server.mint(claims(auth_server), algorithm=algorithm)
    verifier.verify(auth_server.mint(claims(auth_server)))
    assert code_of(verifier, forged) == "token_invalid"


def test_keys_that_a_token_brings_along_are_not_looked_at(verifier: Verifier, auth_server: AuthServer) -> None:
    own = auth_server.mint(claims(auth_server), {"jku": f"{auth_server.url}/mine.json", "x5u": "http://127.0.0.1:9/x"})
    assert verifier.verify(own).subject == ME
    for headers in ({"kid": "another"}, {"crit": ["exp"]}):
        assert code_of(verifier, auth_server.mint(claims(auth_server), headers)) == "token_invalid"
    assert {entry["path"] for entry in auth_server.asked()} == {JWKS}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "e30.e30.", "\u00e9.e30.e30", "e30." * 5_000])
def test_what_is_no_token_is_refused_without_asking_anybody(
    verifier: Verifier, auth_server: AuthServer, token: str
) -> None:
    assert code_of(verifier, token) == "token_invalid"
    assert auth_server.asked(JWKS) == []


def test_a_changed_signature_is_refused(verifier: Verifier, auth_server: AuthServer) -> None:
    token = auth_server.mint(claims(auth_server))
    verifier.verify(token)
    header, body, signature = token.split(".")
    swapped = auth_server.mint(claims(auth_server, sub="another")).split(".")[1]
    for forged in (f"{header}.{swapped}.{signature}", f"{header}.{body}.{signature[::-1]}", f"{header}.{body}."):
        assert code_of(verifier, forged) == "token_invalid"


FAULTS = [
    {"kind": "reset"}, {"kind": "status", "status": 500}, {"kind": "captive"}, {"kind": "redirect"},
    {"kind": "truncate"}, {"kind": "status", "status": 200, "body": {"keys": []}},
    {"kind": "status", "status": 200, "body": {"keys": [{"kty": "oct", "kid": "1", "k": "AAAA"}]}},
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_without_keys_the_answer_is_to_try_later_never_to_sign_in_again(
    verifier: Verifier, auth_server: AuthServer, clock: ManualClock, fault: dict[str, Any]
) -> None:
    token = auth_server.mint(claims(auth_server))
    auth_server.fail(fault)
    assert code_of(verifier, token) == "upstream_unavailable"
    asked = len(auth_server.asked(JWKS))
    assert code_of(verifier, token) == "upstream_unavailable"
    assert len(auth_server.asked(JWKS)) == asked, "an unreachable service was hammered"
    auth_server.fail()
    clock.advance(RETRY_S)
    assert verifier.verify(token).subject == ME


def test_known_keys_serve_for_a_day_while_the_service_is_down(
    verifier: Verifier, auth_server: AuthServer, clock: ManualClock
) -> None:
    long = auth_server.mint(claims(auth_server, exp=int(time.time()) + 3 * STALE_S))
    verifier.verify(long)
    auth_server.fail({"kind": "captive"})
    clock.advance(FRESH_S + 1)
    assert verifier.verify(long).subject == ME
    clock.advance(STALE_S)
    assert code_of(verifier, long) == "upstream_unavailable"


def test_new_keys_are_fetched_once_and_old_ones_forgotten(
    verifier: Verifier, auth_server: AuthServer, clock: ManualClock
) -> None:
    old = auth_server.mint(claims(auth_server))
    verifier.verify(old)
    auth_server.rotate_key(forget_old=True)
    new = auth_server.mint(claims(auth_server))
    clock.advance(RETRY_S)
    assert verifier.verify(new).subject == ME
    assert code_of(verifier, old) == "token_invalid"
    asked = len(auth_server.asked(JWKS))
    for number in range(20):
        unknown = auth_server.mint(claims(auth_server), {"kid": f"guess-{number}"})
        assert code_of(verifier, unknown) == "token_invalid"
    assert len(auth_server.asked(JWKS)) == asked, "unknown key ids made us hammer the service"
