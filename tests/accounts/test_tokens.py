"""Fresh tokens: one refresh for fifty threads (F13), a day of every fault and still in (F12), wrong clocks (F8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from coachvision.accounts import client, identity, signing
from coachvision.accounts.account import Account
from coachvision.accounts.translate import ENDING
from coachvision.accounts.vault import LONGEST
from coachvision.errors import AccountError, CoachVisionError, Offline, SignedOut
from tests.accounts.conftest import ANNA, BEN, PASSWORD, Open
from tests.support.auth_server import AuthServer
from tests.support.clock import ManualClock
from tests.support.keyrings import MemoryRing

HOUR, DAY = 3600.0, 86400.0
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "reset"},
    {"kind": "hang"},
    {"kind": "captive"},
    {"kind": "redirect"},
    {"kind": "redirect", "location": "https://portal.example/login"},
    {"kind": "truncate"},
    {"kind": "lost"},
    *({"kind": "status", "status": status} for status in (301, 400, 401, 403, 404, 429, 500, 502, 503, 504, 530)),
    *({"kind": "status", "status": 200, "body": body} for body in ("", "{}", "[]", "null", "<html>", '"text"')),
    {"kind": "status", "status": 401, "body": {"message": "Invalid API key"}},
    {"kind": "status", "status": 400, "body": {"error": "invalid_grant", "error_description": "?"}},
    {"kind": "status", "status": 403, "body": {"code": 403, "msg": "proxy says no"}},
    {"kind": "status", "status": 422, "body": ["odd"]},
    *(
        {"kind": "error", "code": code, "status": status}
        for code, status in (
            ("over_request_rate_limit", 429), ("unexpected_failure", 500), ("bad_jwt", 403), ("validation_failed", 400),
            ("no_authorization", 401), ("invalid_credentials", 400), ("conflict", 409), ("request_timeout", 504),
            ("hook_timeout", 422), ("user_not_found", 404), ("weak_password", 422), ("session_expired", 500),
            ("refresh_token_not_found", 503),
        )
    ),
)  # fmt: skip


def age(clock: ManualClock, auth_server: AuthServer, seconds: float) -> None:
    """Time passes for the laptop and for the service."""
    clock.advance(seconds)
    auth_server.configure(skew_s=clock.monotonic())


def refreshes(auth_server: AuthServer) -> int:
    return sum(entry["query"].get("grant_type") == "refresh_token" for entry in auth_server.asked("/token"))


def works(account: Account, auth_server: AuthServer) -> bool:
    """Whether the service takes the token for Anna's."""
    headers = {"apikey": auth_server.publishable_key, "Authorization": f"Bearer {account.access().access_token()}"}
    answer = httpx.get(f"{auth_server.url}/auth/v1/user", headers=headers, trust_env=False)
    return answer.status_code == 200 and answer.json()["id"] == account.user_id


def test_f13_fifty_threads_and_an_expired_token_make_one_refresh(
    anna: Account, auth_server: AuthServer, clock: ManualClock
) -> None:
    age(clock, auth_server, 2 * HOUR)
    access = anna.access()
    together = threading.Barrier(50)

    def ask(_: int) -> str:
        together.wait()
        return access.access_token()

    with ThreadPoolExecutor(50) as pool:
        tokens = set(pool.map(ask, range(50)))
    assert len(tokens) == 1
    assert refreshes(auth_server) == 1
    assert works(anna, auth_server)


def test_f13_fifty_threads_that_were_all_refused_make_one_refresh(anna: Account, auth_server: AuthServer) -> None:
    old = anna.access().access_token()
    assert refreshes(auth_server) == 0
    with ThreadPoolExecutor(50) as pool:
        tokens = set(pool.map(lambda _: anna.access_token(rejected=old), range(50)))
    assert len(tokens) == 1
    assert old not in tokens
    assert refreshes(auth_server) == 1


def test_fifty_threads_offline_all_hear_of_it_and_the_service_is_not_hammered(
    anna: Account, auth_server: AuthServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(clock, auth_server, 2 * HOUR)
    monkeypatch.setattr(client, "TIMEOUT_S", 1.0)
    auth_server.fail({"kind": "hang"})

    def ask(_: int) -> str:
        with pytest.raises(Offline) as told:
            anna.access_token()
        return told.value.title

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(50))) == {"The sign-in service cannot be reached"}
    assert refreshes(auth_server) == 1
    auth_server.fail()
    assert works(anna, auth_server)


def test_a_fresh_token_is_asked_for_once_in_its_life(
    anna: Account, auth_server: AuthServer, clock: ManualClock
) -> None:
    for _ in range(60):
        anna.access().access_token()
        age(clock, auth_server, 58.0)
    assert refreshes(auth_server) == 0
    age(clock, auth_server, 120.0)
    assert works(anna, auth_server)
    assert refreshes(auth_server) == 1


def test_f12_a_day_of_every_fault_and_still_signed_in(
    anna: Account, open_account: Open, auth_server: AuthServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    user_id, step = anna.user_id, DAY / len(FAULTS)
    offline = 0
    for number, fault in enumerate(FAULTS):
        age(clock, auth_server, step)
        # The laptop is switched off and on now and then.
        account = anna if number % 3 else open_account()
        held = anna.access_token() if number % 3 else ""
        auth_server.fail(fault)
        # A service that hangs is given up after 15 s: here sooner.
        monkeypatch.setattr(client, "TIMEOUT_S", 0.3 if fault["kind"] == "hang" else 15.0)
        with pytest.raises(Offline) as told:
            account.access_token(rejected=held)
        offline += told.value.retryable
        assert (account.user_id, account.standing.kind) == (user_id, "signed_in"), fault
        auth_server.fail()
        assert account.access_token(rejected=held), fault
    assert offline == len(FAULTS)
    assert clock.monotonic() == pytest.approx(DAY)
    assert works(open_account(), auth_server)
    with capsys.disabled():
        print(f"\naccounts: signed in through {len(FAULTS)} faults in a day of 24 h")


@pytest.mark.parametrize("code", sorted(ENDING))
def test_the_five_codes_end_a_sign_in_and_what_is_here_stays_in_view(
    anna: Account, open_account: Open, auth_server: AuthServer, ring: MemoryRing, code: str
) -> None:
    user_id = anna.user_id
    access = anna.access()
    auth_server.fail({"kind": "error", "code": code, "status": 400})
    for _ in range(2):
        with pytest.raises(SignedOut, match="still here"):
            access.access_token(rejected=access.access_token() if anna.standing.kind == "signed_in" else None)
    assert refreshes(auth_server) == 1
    assert ring.kept == {}
    again = open_account()
    assert (again.standing.kind, again.user_id, again.standing.email) == ("ended", user_id, ANNA)
    auth_server.fail()
    signing.sign_in(again, ANNA, PASSWORD)
    assert (again.standing.kind, again.user_id) == ("signed_in", user_id)
    assert works(again, auth_server)


@pytest.mark.parametrize(
    "end",
    [
        lambda server: server.end_sessions(ANNA),
        lambda server: server.end_sessions(ANNA, expire=True),
        lambda server: server.change_user(ANNA, banned=True),
        lambda server: server.change_user(ANNA, deleted=True),
    ],
)
def test_a_sign_in_that_the_service_really_ended_is_over(
    anna: Account, auth_server: AuthServer, clock: ManualClock, end: Callable[[AuthServer], None]
) -> None:
    end(auth_server)
    age(clock, auth_server, 2 * HOUR)
    with pytest.raises(SignedOut):
        anna.access_token()
    assert anna.standing.kind == "ended"


@pytest.mark.parametrize("wrong", [DAY, -DAY])
def test_f8_a_wall_clock_wrong_by_a_day_costs_one_refresh(
    anna: Account, open_account: Open, auth_server: AuthServer, clock: ManualClock, wrong: float
) -> None:
    anna.access_token()
    clock.set_wrong(wrong)
    for _ in range(5):
        assert works(anna, auth_server)
    assert refreshes(auth_server) == 1
    clock.set_wrong(-wrong)
    assert works(anna, auth_server)
    assert works(open_account(), auth_server)
    age(clock, auth_server, 2 * HOUR)
    assert works(anna, auth_server)


def test_a_laptop_that_slept_refreshes_although_its_monotonic_clock_stood_still(
    anna: Account, auth_server: AuthServer, clock: ManualClock
) -> None:
    clock.set_wrong(8 * HOUR)
    auth_server.configure(skew_s=8 * HOUR)
    assert works(anna, auth_server)
    assert refreshes(auth_server) == 1


def test_another_process_that_signs_out_or_in_is_followed_at_once(
    anna: Account, open_account: Open, auth_server: AuthServer, ring: MemoryRing
) -> None:
    other, access = open_account(), anna.access()
    assert access.access_token()
    other.sign_out()
    assert anna.user_id is None
    with pytest.raises(SignedOut):
        access.access_token()
    auth_server.add_user(BEN, PASSWORD)
    signing.sign_in(other, BEN, PASSWORD)
    with pytest.raises(SignedOut):
        access.access_token()
    assert works(anna, auth_server)
    assert anna.access().user_id == other.user_id


def test_an_answer_for_another_account_is_not_kept(
    anna: Account, auth_server: AuthServer, ring: MemoryRing, config: Path
) -> None:
    """As if two settings folders had come to share one entry of the keyring."""
    found = identity.read(config)
    assert found is not None
    (entry,) = ring.kept
    mixed_up = auth_server.sign_in(BEN)["refresh_token"]
    ring.kept[entry] = mixed_up
    with pytest.raises(Offline, match="no sensible answer"):
        anna.access_token(rejected=anna.access_token())
    assert ring.kept[entry] == mixed_up
    assert anna.user_id == found.user_id


@pytest.mark.parametrize("broken", [fail.Keyring, null.Keyring])
def test_s11_without_a_usable_keyring_one_is_signed_in_until_the_program_closes(
    open_account: Open, use_ring: Callable[[KeyringBackend], None], auth_server: AuthServer, clock: ManualClock,
    config: Path, broken: type[KeyringBackend],
) -> None:  # fmt: skip
    use_ring(broken())
    account = open_account()
    auth_server.add_user(ANNA, PASSWORD)
    signing.sign_in(account, ANNA, PASSWORD)
    assert "keyring" in account.standing.why_not_lasting
    for _ in range(3):
        age(clock, auth_server, 2 * HOUR)
        assert works(account, auth_server)
    # Nothing of it lies on the disk, not even the name.
    assert [path.name for path in config.rglob("*")] == ["account.lock"]
    assert open_account().standing.kind == "guest"
    assert account.sign_out()


def test_s11_a_keyring_that_is_locked_later_is_signed_in_offline(
    anna: Account, open_account: Open, auth_server: AuthServer, ring: MemoryRing
) -> None:
    ring.locked = True
    again = open_account()
    assert again.standing.kind == "signed_in"
    with pytest.raises(Offline, match="locked"):
        again.access_token()
    with pytest.raises(AccountError, match="locked"):
        # The token would stay: whoever signs out must be able to rely on it.
        again.sign_out()
    assert again.user_id == anna.user_id
    ring.locked = False
    assert works(again, auth_server)


def test_s11_a_keyring_that_locks_between_two_refreshes_costs_nobody_the_sign_in(
    anna: Account, open_account: Open, auth_server: AuthServer, ring: MemoryRing, clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(_service: str, _name: str, _secret: str) -> None:
        raise OSError("full")

    for _ in range(3):
        age(clock, auth_server, 2 * HOUR)
        with monkeypatch.context() as patched:
            patched.setattr(ring, "set_password", refuse)
            assert works(anna, auth_server)
        assert "OSError" in anna.standing.why_not_lasting
    age(clock, auth_server, 2 * HOUR)
    assert works(anna, auth_server)
    assert anna.standing.why_not_lasting == ""
    assert works(open_account(), auth_server)


def test_s11_a_token_too_long_for_keyrings_stays_in_memory(
    anna: Account, auth_server: AuthServer, ring: MemoryRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = client.Tokens(anna.user_id or "", ANNA, "access", "r" * (LONGEST + 1), 3600.0)
    monkeypatch.setattr(client.Errands, "refresh", lambda _self, _token: tokens)
    assert anna.access_token(rejected=anna.access_token()) == "access"
    assert "1281 characters" in anna.standing.why_not_lasting
    assert all(len(secret) < LONGEST for secret in ring.kept.values())


def test_an_emptied_keyring_asks_to_sign_in_again_and_ends_nothing(
    anna: Account, open_account: Open, ring: MemoryRing
) -> None:
    ring.kept.clear()
    again = open_account()
    with pytest.raises(SignedOut, match="holds no sign-in"):
        again.access_token()
    assert again.standing.kind == "signed_in"
    assert again.user_id == anna.user_id


def test_a_headless_box_keeps_its_tokens_in_the_file_it_names(
    config: Path, environment: dict[str, str], auth_server: AuthServer, tmp_path: Path, clock: ManualClock,
    use_ring: Callable[[KeyringBackend], None],
) -> None:  # fmt: skip
    use_ring(fail.Keyring())
    named = {**environment, "COACHVISION_TOKEN_FILE": str(tmp_path / "tokens")}
    account = Account(config, named, clock)
    account.secrets.require_lasting()
    auth_server.add_user(ANNA, PASSWORD)
    signing.sign_in(account, ANNA, PASSWORD)
    again = Account(config, named, clock)
    age(clock, auth_server, 2 * HOUR)
    assert works(again, auth_server)
    (tmp_path / "tokens").chmod(0o644)
    with pytest.raises(CoachVisionError, match="can be read by others"):
        again.access_token(rejected=again.access_token())
    (tmp_path / "tokens").chmod(0o600)
    again.sign_out()
    assert (tmp_path / "tokens").read_text() == ""


def test_the_guest_token_lies_beside_it(account: Account, open_account: Open, ring: MemoryRing) -> None:
    assert account.secret("guest-token") is None
    account.keep_secret("guest-token", "a" * 43)
    assert open_account().secret("guest-token") == "a" * 43
    account.keep_secret("guest-token", None)
    assert ring.kept == {}
