"""An account on a settings folder of the test's own, the auth server double behind it, a keyring in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coachvision.accounts.account import Account
from tests.support.auth_server import AuthServer
from tests.support.clock import ManualClock
from tests.support.keyrings import MemoryRing

ANNA, BEN = "anna@example.org", "ben@example.org"
PASSWORD = "correct horse battery"  # noqa: S105 - of people who do not exist
Open = Callable[[], Account]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def environment(auth_server: AuthServer) -> dict[str, str]:
    return {"SUPABASE_URL": auth_server.url, "SUPABASE_PUBLISHABLE_KEY": auth_server.publishable_key}


@pytest.fixture
def open_account(ring: MemoryRing, config: Path, environment: dict[str, str], clock: ManualClock) -> Open:
    """The account as another start of the program finds it."""
    return lambda: Account(config, environment, clock)


@pytest.fixture
def account(open_account: Open) -> Account:
    return open_account()


@pytest.fixture
def anna(account: Account, auth_server: AuthServer) -> Account:
    """Anna is signed in."""
    from coachvision.accounts import signing

    auth_server.add_user(ANNA, PASSWORD)
    signing.sign_in(account, ANNA, PASSWORD)
    return account
