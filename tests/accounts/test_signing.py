"""Every way in, with the real Supabase client: code, password, new account, forgotten password; and out again."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from coachvision.accounts import signing
from coachvision.accounts.account import Account
from coachvision.errors import AccountError, Offline, SignedOut
from tests.accounts.conftest import ANNA, BEN, PASSWORD, Open
from tests.support.auth_server import AuthServer
from tests.support.clock import ManualClock
from tests.support.keyrings import MemoryRing


def test_without_a_service_there_is_the_guest_and_nothing_else(tmp_path: Path) -> None:
    account = Account(tmp_path, {})
    assert account.user_id is None
    assert account.standing.kind == "guest"
    assert account.standing.service is None
    with pytest.raises(SignedOut):
        account.access()
    with pytest.raises(AccountError, match="nothing to sign in to"):
        signing.send_code(account, ANNA)
    # Nothing was even written.
    assert list(tmp_path.iterdir()) == []


def test_a_mailed_code_signs_in_and_stays_at_the_next_start(
    account: Account, open_account: Open, auth_server: AuthServer, ring: MemoryRing
) -> None:
    signing.send_code(account, f" {ANNA} ")
    code = auth_server.code_for(ANNA)
    found = signing.confirm_code(account, ANNA, f"{code[:3]} {code[3:]}")
    assert found.email == ANNA
    again = open_account()
    assert again.user_id == found.user_id == account.user_id
    assert (again.standing.kind, again.standing.email, again.standing.why_not_lasting) == ("signed_in", ANNA, "")
    token = again.access().access_token()
    assert token.count(".") == 2
    assert len(ring.kept) == 1


def test_wrong_and_used_codes_are_told_in_words(account: Account, auth_server: AuthServer) -> None:
    signing.send_code(account, ANNA)
    code = auth_server.code_for(ANNA)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(AccountError, match="The code is not right"):
        signing.confirm_code(account, ANNA, wrong)
    assert account.user_id is None
    signing.confirm_code(account, ANNA, code)
    with pytest.raises(AccountError, match="The code is not right"):
        signing.confirm_code(account, ANNA, code)
    with pytest.raises(AccountError, match="missing"):
        signing.confirm_code(account, ANNA, "  ")


@pytest.mark.parametrize("email", ["", "anna", "anna@", "@example.org", "a b@example.org", "a@b@c"])
def test_what_is_no_address_is_never_sent(account: Account, auth_server: AuthServer, email: str) -> None:
    with pytest.raises(AccountError, match="no e-mail address"):
        signing.send_code(account, email)
    assert auth_server.asked() == []


def test_a_password_signs_in_and_a_wrong_one_does_not(account: Account, auth_server: AuthServer) -> None:
    user_id = auth_server.add_user(ANNA, PASSWORD)
    with pytest.raises(AccountError, match="address or the password"):
        signing.sign_in(account, ANNA, "wrong")
    assert account.user_id is None
    assert signing.sign_in(account, ANNA, PASSWORD).user_id == user_id


def test_a_new_account_is_confirmed_by_a_mailed_code(account: Account, auth_server: AuthServer) -> None:
    with pytest.raises(AccountError, match="too weak"):
        signing.sign_up(account, ANNA, "12345")
    assert signing.sign_up(account, ANNA, PASSWORD) is None
    with pytest.raises(AccountError, match="not confirmed yet"):
        signing.sign_in(account, ANNA, PASSWORD)
    assert account.user_id is None
    found = signing.confirm_code(account, ANNA, auth_server.code_for(ANNA), "signup")
    assert account.user_id == found.user_id


def test_a_new_account_that_needs_no_confirmation_is_signed_in(account: Account, auth_server: AuthServer) -> None:
    auth_server.configure(confirm_emails=False)
    found = signing.sign_up(account, ANNA, PASSWORD)
    assert found is not None
    assert account.user_id == found.user_id
    with pytest.raises(AccountError, match="There is an account"):
        signing.sign_up(account, ANNA, PASSWORD)


def test_a_forgotten_password_is_replaced(account: Account, auth_server: AuthServer) -> None:
    user_id = auth_server.add_user(ANNA, "forgotten one")
    signing.send_recovery(account, ANNA)
    code = auth_server.code_for(ANNA)
    assert signing.recover(account, ANNA, code, PASSWORD).user_id == user_id
    account.sign_out()
    assert signing.sign_in(account, ANNA, PASSWORD).user_id == user_id
    signing.send_recovery(account, ANNA)
    with pytest.raises(AccountError, match="password you had"):
        signing.recover(account, ANNA, auth_server.code_for(ANNA), PASSWORD)
    # The code was good, and it is used up: the coach is in all the same.
    assert account.user_id == user_id


def test_a_closed_account_is_told(account: Account, auth_server: AuthServer) -> None:
    auth_server.add_user(ANNA, PASSWORD)
    auth_server.change_user(ANNA, banned=True)
    with pytest.raises(AccountError, match="This account is closed"):
        signing.sign_in(account, ANNA, PASSWORD)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"}, {"kind": "captive"}, {"kind": "redirect"}, {"kind": "truncate"}, {"kind": "lost"},
        {"kind": "status", "status": 500}, {"kind": "status", "status": 404, "body": "<h1>not here</h1>"},
        {"kind": "status", "status": 429, "body": "slow down"}, {"kind": "status", "status": 200, "body": "[]"},
    ],
)  # fmt: skip
def test_a_network_that_misbehaves_signs_nobody_in_and_says_so(
    account: Account, auth_server: AuthServer, fault: dict[str, object]
) -> None:
    auth_server.add_user(ANNA, PASSWORD)
    auth_server.fail(fault)
    with pytest.raises(Offline) as told:
        signing.sign_in(account, ANNA, PASSWORD)
    assert told.value.retryable
    assert "works without it" in told.value.hint
    assert account.user_id is None
    auth_server.fail()
    signing.sign_in(account, ANNA, PASSWORD)
    assert account.user_id is not None


def test_signing_out_leaves_no_token_anywhere(
    anna: Account, auth_server: AuthServer, ring: MemoryRing, open_account: Open, config: Path
) -> None:
    old = anna.access()
    assert anna.sign_out() is True
    assert ring.kept == {}
    assert not (config / "account.toml").exists()
    assert (anna.user_id, open_account().user_id) == (None, None)
    assert [entry["query"] for entry in auth_server.asked("/logout")] == [{"scope": "local"}]
    with pytest.raises(SignedOut):
        old.access_token()
    assert anna.sign_out() is False


def test_signing_out_works_offline(anna: Account, auth_server: AuthServer, ring: MemoryRing) -> None:
    auth_server.fail({"kind": "reset"})
    assert anna.sign_out() is False
    assert ring.kept == {}
    assert anna.user_id is None


def test_another_account_takes_the_place_of_the_first(anna: Account, auth_server: AuthServer) -> None:
    first = anna.access()
    auth_server.add_user(BEN, PASSWORD)
    found = signing.sign_in(anna, BEN, PASSWORD)
    assert anna.user_id == found.user_id != first.user_id
    with pytest.raises(SignedOut):
        # What was begun for Anna never gets a token of Ben's.
        first.access_token()
    assert anna.access().access_token()
    assert len(auth_server.asked("/logout")) == 1


def test_a_locked_keyring_signs_in_until_the_program_closes(
    account: Account, open_account: Open, auth_server: AuthServer, ring: MemoryRing, config: Path, clock: ManualClock
) -> None:
    ring.locked = True
    with pytest.raises(AccountError, match="nowhere to keep"):
        account.secrets.require_lasting()
    auth_server.add_user(ANNA, PASSWORD)
    found = signing.sign_in(account, ANNA, PASSWORD)
    assert account.user_id == found.user_id
    assert "locked" in account.standing.why_not_lasting
    clock.advance(7200)
    assert account.access().access_token()
    # Never in plain text, and not there at the next start.
    assert not (config / "account.toml").exists()
    assert open_account().user_id is None


def test_no_token_is_in_any_file_or_log(
    anna: Account, auth_server: AuthServer, ring: MemoryRing, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    clock: ManualClock,
) -> None:  # fmt: skip
    secrets = {PASSWORD}
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            clock.advance(4000)
            secrets |= {anna.access().access_token(), *ring.kept.values()}
        signing.send_code(anna, BEN)
        code = auth_server.code_for(BEN)
        signing.confirm_code(anna, BEN, code)
        secrets |= {anna.access().access_token(), *ring.kept.values()}
    assert len(secrets) == 9
    told = [record.getMessage() for record in caplog.records]
    told += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    told += [repr(anna), repr(anna.access()), repr(anna.standing), repr(vars(anna))]
    assert (tmp_path / "config" / "account.toml").exists()
    for secret in secrets:
        assert not [text for text in told if secret in text]
