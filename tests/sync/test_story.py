"""The program as a coach runs it, each command its own process: guest, signed in, in the cloud, on a second laptop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coachvision.library import Library
from tests.support.command import run as run_command
from tests.support.process import ROOT
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY
from tests.sync.conftest import BUCKET, Cloud
from tests.sync.laptop import make_session

ANNA = "anna-of-the-story@example.org"
CARLA, DAVE = "carla-of-the-story@example.org", "dave-of-the-story@example.org"
PASSWORD = "correct horse battery"  # noqa: S105 - of the auth double
Coach = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def coach(cloud: Cloud, tmp_path: Path) -> Coach:
    """Runs the program on one of the coach's laptops. fresh: started, not forked from one that has all imported."""

    def run(laptop: str, *command: str, typed: str = "", fresh: bool = False) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / laptop
        folder.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "COACHVISION_LIBRARY": str(folder / "library"),
            "COACHVISION_CONFIG": str(folder / "config"),
            "COACHVISION_TOKEN_FILE": str(folder / "token"),
            "SUPABASE_URL": cloud.auth.url,
            "SUPABASE_PUBLISHABLE_KEY": cloud.auth.publishable_key,
            "COACHVISION_GATEWAY": cloud.url,
            "XDG_STATE_HOME": str(folder / "state"),
        }
        if fresh:
            words = [sys.executable, "-m", "coachvision.cli.main", *command]
            return subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
        return run_command(*command, environment=environment, typed=typed)

    return run


def test_a_guests_session_is_in_the_cloud_after_signing_in_and_on_the_second_laptop(
    coach: Coach, cloud: Cloud, tmp_path: Path
) -> None:
    user = cloud.auth.add_user(ANNA, PASSWORD)
    (tmp_path / "one").mkdir()
    with Library.open(tmp_path / "one" / "library") as library:
        session = make_session(library, "Squats", size=6 << 20, seed=1)
    for options in (["--once"], ["--status"], []):
        refused = coach("one", "sync", *options)
        assert (refused.returncode, "coachvision login" in refused.stderr) == (1, True), refused.stderr
    assert cloud.keys(user) == []
    signed_in = coach("one", "login", ANNA, "--password", "--adopt", typed=f"{PASSWORD}\n")
    assert signed_in.returncode == 0, signed_in.stderr
    told = coach("one", "sync", "--status").stdout
    assert told == f"In the cloud: 0 of 1 session.\n{session[:8]}  Squats: On this laptop.\n"
    sent = coach("one", "sync", "--once", fresh=True)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert "2 files sent" in sent.stdout
    assert coach("one", "sync", "--status").stdout == "In the cloud: 1 of 1 session.\n"
    keys = cloud.keys(user)
    assert [key.startswith(f"users/{user}/{session}/") for key in keys] == [True, True]
    assert coach("one", "sync", "--once").stdout == "Everything is in the cloud.\n"

    assert coach("two", "login", ANNA, "--password", typed=f"{PASSWORD}\n").returncode == 0
    restored = coach("two", "restore", fresh=True)
    assert (restored.returncode, restored.stderr) == (0, "")
    listed = json.loads(coach("two", "sessions", "--json").stdout)
    assert [(one["id"], one["title"], one["athlete"]) for one in listed["sessions"]] == [(session, "Squats", "Anna")]
    with Library.open(tmp_path / "two" / "library", user_id=user) as library:
        assert library.check(deep=True) == []


def test_what_another_account_has_on_the_laptop_is_never_told_as_being_here(
    coach: Coach, cloud: Cloud, tmp_path: Path
) -> None:
    for laptop, email in (("three", CARLA), ("four", DAVE)):
        cloud.auth.add_user(email, PASSWORD)
        (tmp_path / laptop).mkdir()
        if laptop == "three":
            with Library.open(tmp_path / laptop / "library") as library:
                make_session(library, "Squats", size=10_000, seed=1)
        else:
            shutil.copytree(tmp_path / "three" / "library", tmp_path / laptop / "library")
    for laptop, email in (("four", DAVE), ("three", CARLA)):
        assert coach(laptop, "login", email, "--password", "--adopt", typed=f"{PASSWORD}\n").returncode == 0
    assert coach("three", "sync", "--once").returncode == 0
    assert coach("four", "logout").returncode == 0
    assert coach("four", "login", CARLA, "--password", typed=f"{PASSWORD}\n").returncode == 0
    behind = "Could not be brought here: 1 session, 1 athlete, 1 tag. Another account on this laptop has that already."
    for command in (["restore"], ["restore"], ["sync", "--once"]):
        told = coach("four", *command)
        assert (told.returncode, behind in told.stderr, "Traceback" in told.stderr) == (1, True, False), told
        assert told.stdout == ("Everything here is in the cloud.\n" if command[0] == "sync" else "")


def test_a_club_with_a_bucket_and_no_accounts_syncs_two_laptops(coach: Coach, cloud: Cloud, tmp_path: Path) -> None:
    where = (cloud.swift.endpoint, BUCKET, ACCESS_KEY, "--region", REGION, "--prefix", "story/")
    (tmp_path / "one").mkdir()
    with Library.open(tmp_path / "one" / "library") as library:
        session = make_session(library, "Squats", size=300_000, seed=1)
    for laptop in ("one", "two"):
        set_up = coach(laptop, "bucket", *where, typed=f"{SECRET_KEY}\n")
        assert set_up.returncode == 0, set_up.stderr
    assert coach("one", "bucket").stdout.startswith(BUCKET)
    sent = coach("one", "sync", "--once")
    assert (sent.returncode, sent.stderr) == (0, "")
    assert coach("two", "restore").returncode == 0
    listed = json.loads(coach("two", "sessions", "--json").stdout)
    assert [one["id"] for one in listed["sessions"]] == [session]
    for path in (tmp_path / "one").rglob("*.toml"):
        assert SECRET_KEY not in path.read_text().split(), "the key's secret lies in the keyring alone"
    assert coach("one", "bucket", "--forget").returncode == 0
    assert "coachvision login" in coach("one", "sync", "--once").stderr
