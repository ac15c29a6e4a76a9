"""What a guest shared becomes the account's at sign-in: real client, gateway, Swift, auth double; killed, cut off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from coachvision.accounts import signing
from coachvision.accounts.account import Account
from coachvision.errors import Offline
from coachvision.services import guest_claim, sign_in
from tests.support.auth_server import AuthServer
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.killers import ForkedRuns, tell
from tests.support.process import ROOT
from tests.support.swift_server import SwiftServer

PASSWORD = "correct horse battery"  # noqa: S105 - of people who do not exist
CLIP = b"a clip of a squat" * 100


class Laptop:
    """A settings folder, a keyring, and the cloud that it knows. api: the network to the gateway."""

    def __init__(self, folder: Path, auth: AuthServer, api: FaultProxy, swift: SwiftServer, bucket: str) -> None:
        self.folder, self.auth, self.api = folder, auth, api
        self._swift, self._bucket = swift, bucket
        self.config = folder / "config"
        self.environment = {
            "SUPABASE_URL": auth.url,
            "SUPABASE_PUBLISHABLE_KEY": auth.publishable_key,
            "COACHVISION_GATEWAY": api.url,
            "COACHVISION_TOKEN_FILE": str(folder / "tokens"),
        }

    def account(self) -> Account:
        """As another start of the program finds it."""
        return Account(self.config, self.environment)

    def share(self) -> str:
        """What the guest puts into the cloud; the object's id."""
        token = guest_claim.guest_token(self.account())
        with GatewayClient(self.api.url, f"Guest {token}") as guest:
            return guest.store(CLIP).upload_id

    def person(self) -> tuple[str, str]:
        """Somebody new: address and user id."""
        email = f"anna-{uuid.uuid4().hex}@example.org"
        return email, self.auth.add_user(email, PASSWORD)

    def sign_in(self, email: str) -> Account:
        account = self.account()
        signing.sign_in(account, email, PASSWORD)
        return account

    def keys(self, object_id: str) -> list[str]:
        """Under which prefixes the object lies."""
        return [key for key in self._swift.keys(self._bucket) if object_id in key]

    def is_users(self, object_id: str, user_id: str) -> bool:
        return any(key.startswith(f"users/{user_id}/") for key in self.keys(object_id))

    def secrets(self) -> str:
        """The names and values that are kept."""
        return (self.folder / "tokens").read_text()


@pytest.fixture
def laptop(auth_server: AuthServer, swift: SwiftServer, bucket: str, tmp_path: Path) -> Iterator[Laptop]:
    with (
        GatewayProcess(
            database=tmp_path / "gateway.db", issuer=auth_server.issuer, storage_endpoint=swift.endpoint, bucket=bucket
        ) as gateway,
        FaultProxy.start(gateway.url) as api,
    ):
        yield Laptop(tmp_path, auth_server, api, swift, bucket)


def test_what_a_guest_shared_is_the_users_after_signing_in(laptop: Laptop) -> None:
    shared = laptop.share()
    # The guest stays the same one.
    assert guest_claim.guest_token(laptop.account()) == guest_claim.guest_token(laptop.account())
    assert laptop.keys(shared)[0].startswith("anonymous/")
    email, user_id = laptop.person()
    account = laptop.sign_in(email)
    assert guest_claim.claim_in_words(account) == "A file that you shared as a guest is yours now."
    assert laptop.is_users(shared, user_id)
    with GatewayClient(laptop.api.url, f"Bearer {account.access_token()}") as user:
        assert user.fetch(shared) == CLIP
    # Nothing is left to claim, nothing is said twice, and who is a guest again is another guest.
    assert "guest-token" not in laptop.secrets()
    assert guest_claim.claim_in_words(account) == ""
    account.sign_out()
    again = laptop.share()
    laptop.sign_in(email)
    assert guest_claim.claim(laptop.account()) == 1
    assert laptop.is_users(again, user_id)


def test_signing_in_on_the_command_line_claims_and_says_so(laptop: Laptop) -> None:
    shared = laptop.share()
    email, user_id = laptop.person()
    surroundings = {**laptop.environment, "COACHVISION_CONFIG": str(laptop.config)}
    command = [sys.executable, "-m", "coachvision", "--library", str(laptop.folder / "library"), "login", email]
    ended = subprocess.run(
        [*command, "--password"], env={**os.environ, **surroundings}, input=f"{PASSWORD}\n", text=True,
        capture_output=True, cwd=ROOT,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "A file that you shared as a guest is yours now." in ended.stdout
    assert laptop.is_users(shared, user_id)


def test_who_never_shared_asks_the_gateway_nothing(laptop: Laptop) -> None:
    email, _ = laptop.person()
    account = laptop.sign_in(email)
    assert guest_claim.claim(account) is None
    assert laptop.api.requests() == []


def test_offline_it_is_the_same_users_later_and_nobody_elses(laptop: Laptop) -> None:
    shared = laptop.share()
    email, anna = laptop.person()
    laptop.api.configure(offline=True)
    account = laptop.sign_in(email)
    assert "as soon as the cloud can be reached" in guest_claim.claim_in_words(account)
    # She signs out before the network is back, and another signs in.
    account.sign_out()
    laptop.api.reset()
    other, ben = laptop.person()
    assert guest_claim.claim(laptop.sign_in(other)) is None
    assert not laptop.is_users(shared, ben)
    assert guest_claim.claim(laptop.sign_in(email)) == 1
    assert laptop.is_users(shared, anna)


def test_two_guests_are_claimed_one_after_the_other(laptop: Laptop) -> None:
    email, anna = laptop.person()
    first = laptop.share()
    laptop.api.configure(offline=True)
    account = laptop.sign_in(email)
    with pytest.raises(Offline):
        guest_claim.claim(account)
    account.sign_out()
    laptop.api.reset()
    second = laptop.share()
    assert guest_claim.claim(laptop.sign_in(email)) == 2
    assert laptop.is_users(first, anna)
    assert laptop.is_users(second, anna)


def test_a_guest_the_gateway_does_not_know_is_forgotten(laptop: Laptop) -> None:
    laptop.account().keep_secret(guest_claim.GUEST_TOKENS, json.dumps([{"token": "A" * 43, "owner": ""}]))
    email, _ = laptop.person()
    account = laptop.sign_in(email)
    assert guest_claim.claim(account) is None
    assert "A" * 43 not in laptop.secrets()


def test_f17_killed_between_any_two_steps_the_next_start_finishes(
    laptop: Laptop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = {"config": str(laptop.config), "surroundings": laptop.environment}
    with ForkedRuns("tests.story.claim_child:work") as child:

        def begin() -> tuple[str, str]:
            laptop.account().sign_out()
            email, user_id = laptop.person()
            shared = laptop.share()
            assert child.run(errand="sign-in", more=[email, PASSWORD], **common) == 0
            return shared, user_id

        begin()
        points = [
            point for point in child.points(tmp_path / "points", errand="claim", more=[], **common) if "claim" in point
        ]
        assert {point.partition(":")[0].rpartition(".")[2] for point in points} == {"noted", "asked", "taken", "done"}
        for point in points:
            shared, user_id = begin()
            child.kill_at(point, errand="claim", more=[], **common)
            assert child.run(errand="claim", more=[], **common) == 0
            assert laptop.is_users(shared, user_id), point
            assert "guest-token" not in laptop.secrets(), point
    with capsys.disabled():
        print(tell("accounts, claim", points, points))


@pytest.mark.parametrize("point", ["", "accounts.claim.noted", "accounts.claim.asked", "accounts.claim.done"])
def test_f17_killed_anywhere_and_signed_out_nothing_becomes_the_next_ones(laptop: Laptop, point: str) -> None:
    """point: where the claim is killed; "": right after signing in, before anything was noted."""
    common = {"config": str(laptop.config), "surroundings": laptop.environment}
    shared = laptop.share()
    email, anna = laptop.person()
    other, ben = laptop.person()
    with ForkedRuns("tests.story.claim_child:work") as child:
        assert child.run(errand="sign-in", more=[email, PASSWORD], **common) == 0
        if point:
            child.kill_at(point, errand="claim", more=[], **common)
        assert child.run(errand="sign-out", more=[], **common) == 0
    his = laptop.sign_in(other)
    assert guest_claim.claim(his) is None
    assert not laptop.is_users(shared, ben)
    sign_in.sign_out(his)
    hers = laptop.sign_in(email)
    guest_claim.claim(hers)
    assert laptop.is_users(shared, anna)
    assert "guest-token" not in laptop.secrets()


def test_a_keyring_holds_the_newest_guests(laptop: Laptop) -> None:
    account = laptop.account()
    old = [{"token": letter * 43, "owner": str(uuid.uuid4())} for letter in "abcdefgh"]
    account.keep_secret(guest_claim.GUEST_TOKENS, json.dumps(old))
    token = guest_claim.guest_token(account)
    kept = json.loads(account.secret(guest_claim.GUEST_TOKENS) or "")
    assert kept == [*old[1:], {"token": token, "owner": ""}]
    assert guest_claim.guest_token(account) == token
