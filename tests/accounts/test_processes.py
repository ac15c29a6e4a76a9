"""Several processes with one keyring take turns (F13); killed between the service's reply and the keyring (F14)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coachvision.accounts import identity
from tests.accounts.conftest import ANNA, PASSWORD
from tests.support.auth_server import AuthServer
from tests.support.killers import ForkedRuns, tell
from tests.support.process import ROOT


class Child:
    """Does its errands in forks of one process, to be killed."""

    def __init__(self, runs: ForkedRuns, config: Path, surroundings: dict[str, str]) -> None:
        self._runs = runs
        self._common = {"config": str(config), "surroundings": surroundings}

    def do(self, errand: str, *more: str) -> None:
        assert self._runs.run(errand=errand, more=more, **self._common) == 0

    def points(self, log: Path, errand: str, *more: str) -> list[str]:
        return self._runs.points(log, errand=errand, more=more, **self._common)

    def kill_at(self, point: str, errand: str, *more: str) -> None:
        self._runs.kill_at(point, errand=errand, more=more, **self._common)


@pytest.fixture
def surroundings(tmp_path: Path, auth_server: AuthServer) -> dict[str, str]:
    return {
        "SUPABASE_URL": auth_server.url,
        "SUPABASE_PUBLISHABLE_KEY": auth_server.publishable_key,
        "PYTHON_KEYRING_BACKEND": "tests.support.keyrings.FileRing",
        "COACHVISION_TEST_KEYRING": str(tmp_path / "ring.json"),
    }


@pytest.fixture
def child(tmp_path: Path, surroundings: dict[str, str]) -> Iterator[Child]:
    with ForkedRuns("tests.accounts.refresh_child:work") as runs:
        yield Child(runs, tmp_path / "config", surroundings)


@pytest.fixture
def signed_in(child: Child, auth_server: AuthServer) -> str:
    user_id = auth_server.add_user(ANNA, PASSWORD)
    child.do("sign-in", ANNA, PASSWORD)
    return user_id


def test_f13_processes_that_share_a_keyring_take_turns(
    signed_in: str, surroundings: dict[str, str], tmp_path: Path, auth_server: AuthServer
) -> None:
    times, count = 8, 4
    command = [sys.executable, "-m", "tests.accounts.refresh_child", str(tmp_path / "config"), "refresh", str(times)]
    running = [
        subprocess.Popen(command, env={**os.environ, **surroundings}, cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    told = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0] * count
    assert len(told) == count
    kept = (tmp_path / "ring.json.history").read_text().split()
    # Each refresh found the newest token: none was used twice, so none came back twice. One is of the signing in.
    refresh_tokens = [word for word in kept if word.startswith("refresh-token")]
    assert len(refresh_tokens) == len(set(refresh_tokens)) == times * count + 1


def test_f14_killed_at_any_point_the_coach_stays_signed_in(
    signed_in: str, child: Child, tmp_path: Path, auth_server: AuthServer, capsys: pytest.CaptureFixture[str]
) -> None:
    points = child.points(tmp_path / "points", "refresh", "1")
    assert {"accounts.refresh.before_keep:1", "accounts.refresh.after_keep:1"} <= {*points}
    hours = 0
    for point in points:
        # Killed once, and killed again before it could keep anything: the service gives the same token again, however
        # late.
        for _ in range(3):
            hours += 2
            auth_server.configure(skew_s=3600 * hours)
            child.kill_at(point, "refresh", "1")
        hours += 2
        auth_server.configure(skew_s=3600 * hours)
        child.do("refresh", "1")
        found = identity.read(tmp_path / "config")
        assert found is not None
        assert (found.user_id, found.ended) == (signed_in, "")
    with capsys.disabled():
        print(tell("accounts, refresh", points, points))


def test_killed_while_signing_in_or_out_it_is_one_or_the_other(
    child: Child, tmp_path: Path, auth_server: AuthServer, capsys: pytest.CaptureFixture[str]
) -> None:
    user_id = auth_server.add_user(ANNA, PASSWORD)
    points = child.points(tmp_path / "in", "sign-in", ANNA, PASSWORD)
    assert points != []
    child.do("sign-out")
    for point in points:
        child.kill_at(point, "sign-in", ANNA, PASSWORD)
        found = identity.read(tmp_path / "config")
        assert found is None or found.user_id == user_id
        child.do("sign-in", ANNA, PASSWORD)
        child.do("refresh", "1")
        child.do("sign-out")
    child.do("sign-in", ANNA, PASSWORD)
    leaving = child.points(tmp_path / "out", "sign-out")
    assert "accounts.sign_out.token_gone:1" in leaving
    for point in leaving:
        child.do("sign-in", ANNA, PASSWORD)
        child.kill_at(point, "sign-out")
        if point == "accounts.sign_out.token_gone:1":
            # The secret goes first.
            assert (tmp_path / "ring.json").read_text() == "{}"
        child.do("sign-out")
        assert identity.read(tmp_path / "config") is None
        assert (tmp_path / "ring.json").read_text() == "{}"
    with capsys.disabled():
        print(tell("accounts, sign in and out", [*points, *leaving], [*points, *leaving]))
