"""The whole way of a coach's work into the cloud and out of it, with processes of their own and nothing played.

Gateway, Swift, the auth double, a network that breaks; the program as a coach types it, the window as he leaves it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coachvision.library import Library
from coachvision.video.writer import VideoWriter
from tests.support import command as commands
from tests.support.auth_server import AuthServer
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_process import GatewayProcess
from tests.support.plugins import write_frame_plugin
from tests.support.process import ROOT, ServerProcess
from tests.support.swift_server import SwiftServer

ANNA, BEN, PASSWORD = "anna.story@example.org", "ben.story@example.org", "correct horse battery"
VIDEOS = ("jump.mp4", "sprint.mp4", "squat.mp4")
PATIENCE_S = 90.0


class Cloud:
    """Everything that is not the laptop. The network to each of the three can be cut."""

    def __init__(self, auth: AuthServer, swift: SwiftServer, bucket: str, folder: Path) -> None:
        self.auth, self.swift, self.bucket = auth, swift, bucket
        self.database = folder / "gateway.db"
        self.storage = FaultProxy.start(swift.endpoint)
        self.gateway = GatewayProcess(
            database=self.database, issuer=auth.issuer, storage_endpoint=swift.endpoint, bucket=bucket,
            environment={"COACHVISION_S3_PUBLIC_ENDPOINT": self.storage.url},
        )  # fmt: skip
        self.api = FaultProxy.start(self.gateway.url)
        self.sign_in = FaultProxy.start(auth.url)

    @property
    def network(self) -> tuple[FaultProxy, FaultProxy, FaultProxy]:
        return self.storage, self.api, self.sign_in

    def keys(self, user_id: str) -> list[str]:
        return [key for key in self.swift.keys(self.bucket) if key.startswith(f"users/{user_id}/")]

    def hashes(self, user_id: str) -> set[str]:
        """SHA-256 of everything that lies there for an account."""
        client = self.swift.client()
        with closing(client):
            bodies = [client.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in self.keys(user_id)]
        return {hashlib.sha256(body).hexdigest() for body in bodies}

    def dump(self) -> dict[str, str]:
        """Every table of the gateway as text."""
        with closing(sqlite3.connect(self.database)) as opened:
            tables = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {table: str(opened.execute(f"SELECT * FROM {table}").fetchall()) for table in tables}  # noqa: S608

    def stop(self) -> None:
        self.gateway.stop()
        for proxy in self.network:
            proxy.stop()


@pytest.fixture
def cloud(auth_server: AuthServer, swift: SwiftServer, bucket: str, tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(auth_server, swift, bucket, tmp_path)
    yield made
    made.stop()


class Laptop:
    """One of the coach's machines: its folders, its keyring; a command is a process, and so is the window."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        folder.mkdir()
        self.library = folder / "library"
        self.environment = {
            "COACHVISION_LIBRARY": str(self.library),
            "COACHVISION_CONFIG": str(folder / "config"),
            "COACHVISION_PLUGINS": str(folder / "plugins"),
            "COACHVISION_GATEWAY": cloud.api.url,
            "SUPABASE_URL": cloud.sign_in.url,
            "SUPABASE_PUBLISHABLE_KEY": cloud.auth.publishable_key,
            "PYTHON_KEYRING_BACKEND": "tests.support.keyrings.FileRing",
            "COACHVISION_TEST_KEYRING": str(folder / "ring.json"),
            "XDG_RUNTIME_DIR": str(folder),
        }
        write_frame_plugin(folder / "plugins", "one")

    def run(self, *command: str, typed: str = "", code: int = 0) -> str:
        ended = commands.run(*command, environment={**os.environ, **self.environment}, typed=typed)
        assert ended.returncode == code, ended.stderr
        return ended.stdout

    def analyze(self, *films: Path) -> None:
        """In a program started afresh: analyzing starts processes of its own, which a fork might not be fit for."""
        command = [sys.executable, "-m", "coachvision.cli.main", "analyze", *map(str, films), "--with", "one"]
        ended = subprocess.run(
            command, env={**os.environ, **self.environment}, cwd=ROOT, capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr

    def login(self, email: str, *more: str) -> str:
        return self.run("login", email, "--password", *more, typed=f"{PASSWORD}\n")

    def sessions(self) -> dict[str, str]:
        """Names by id, as `sessions` lists them to whoever is signed in."""
        listed = json.loads(self.run("sessions", "--json"))["sessions"]
        return {one["id"]: one["title"] or one["video"]["name"] for one in listed}

    def window(self) -> ServerProcess:
        return ServerProcess.module("tests.story.app_child", environment=self.environment)

    def unsent(self) -> int:
        """How many records the window's sync still has to send."""
        with closing(sqlite3.connect(f"file:{self.library / 'library.db'}?mode=ro", uri=True)) as opened:
            return int(opened.execute("SELECT count(*) FROM sync_root WHERE changed > sent").fetchone()[0])


def until(what: Callable[[], bool]) -> None:
    """Until it is so; another process makes it so."""
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def film(path: Path, seed: int) -> Path:
    """A short film of noise: as large as a real one, and like no other."""
    draw = np.random.default_rng(seed)
    with VideoWriter(path, 640, 360, time_base=Fraction(1, 30)) as writer:
        for index in range(45):
            writer.write(draw.integers(0, 256, (360, 640, 3), np.uint8), index)
    return path


# Two dozen processes, one after the other: on a busy machine that takes its time.
@pytest.mark.timeout(600)
def test_the_whole_way_into_the_cloud_and_out_of_it(cloud: Cloud, tmp_path: Path) -> None:
    anna = cloud.auth.add_user(ANNA, PASSWORD)
    ben = cloud.auth.add_user(BEN, PASSWORD)
    first, second = (Laptop(tmp_path / name, cloud) for name in ("first", "second"))

    # The guest analyzes three videos. Nothing leaves the laptop, and nobody is even asked.
    films = [film(tmp_path / name, number) for number, name in enumerate(VIDEOS)]
    first.analyze(*films)
    mine = first.sessions()
    assert sorted(mine.values()) == list(VIDEOS)
    first.run("sync", "--once", code=1)
    assert all(proxy.requests() == [] for proxy in cloud.network)

    # Signs in, and takes them into the account.
    assert "3 sessions" in first.login(ANNA, "--adopt", "--sync")
    assert first.sessions() == mine

    # The window stays open and syncs; at 40 % the network is cut, then the laptop dies.
    total = sum(path.stat().st_size for path in films)
    cloud.storage.configure(cut_after=int(total * 0.4))
    with first.window() as window:
        until(lambda: cloud.storage.passed()[0] >= int(total * 0.4))
        for proxy in cloud.network:
            proxy.configure(offline=True)
        window.kill()
    assert len(cloud.keys(anna)) < 2 * len(VIDEOS)
    assert first.sessions() == mine

    # The network is back, the window, too: it finishes by itself.
    for proxy in cloud.network:
        proxy.reset()
    with first.window() as window:
        until(lambda: len(cloud.keys(anna)) == 2 * len(VIDEOS))
        until(lambda: "upload.stored" in cloud.dump()["audit"] and cloud.swift.uploads(cloud.bucket) == [])
        until(lambda: first.unsent() == 0)
        window.kill()
    assert first.run("sync", "--once").startswith("Everything is in the cloud")
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in films} <= cloud.hashes(anna)
    assert {key.split("/")[2] for key in cloud.keys(anna)} == set(mine)

    # The second laptop restores; both change the same title, and both versions are kept, on both.
    second.login(ANNA)
    second.run("restore")
    assert second.sessions() == mine
    with Library.open(second.library, user_id=anna) as library:
        assert library.check(deep=True) == []
    one = next(given for given, title in mine.items() if title == "squat.mp4")
    for laptop, title in ((first, "Heels up"), (second, "Chest up")):
        with Library.open(laptop.library, user_id=anna) as library:
            library.update_session(one, title=title)
    for laptop in (second, first, first, second):
        laptop.run("sync", "--once")
    told = [sorted(laptop.sessions().values()) for laptop in (first, second)]
    assert told[0] == told[1]
    assert len(told[0]) == 4
    for title in ("Heels up", "Chest up"):
        assert [one for one in told[0] if title in one] != []

    # Signs out: everything stays on the laptop, and another account sees and sends nothing of it.
    stays = sorted(path.name for path in (first.library / "sessions").iterdir())
    first.run("logout")
    assert first.sessions() == {}
    first.login(BEN)
    assert first.sessions() == {}
    assert first.run("sessions", "--search", "Heels") == "No session matches.\n"
    first.run("show", one, code=1)
    first.run("sync", "--once")
    assert cloud.keys(ben) == []
    first.run("logout")
    assert sorted(path.name for path in (first.library / "sessions").iterdir()) == stays

    # The account is erased: bucket and tables are empty, and the audit says so without a name.
    assert len(cloud.keys(anna)) >= 2 * len(VIDEOS)
    second.run("logout", "--forget", typed="no\n")
    assert cloud.keys(anna) != []
    second.run("logout", "--forget", typed="yes\n")
    assert [key for key in cloud.swift.keys(cloud.bucket) if key.startswith("users/")] == []
    assert cloud.swift.uploads(cloud.bucket) == []
    dump = cloud.dump()
    assert "account.erased" in dump["audit"]
    for table, rows in dump.items():
        for name in (anna, ANNA, "squat", "Heels", "Chest"):
            assert name not in rows, table
    for table in ("upload", "part", "session"):
        assert dump[table] == "[]"
    # What is on the laptop stays, as the guest's.
    assert len(second.sessions()) == 4
    assert json.loads(second.run("whoami", "--json"))["state"] == "guest"
    with Library.open(second.library) as library:
        assert library.check(deep=True) == []

    # And who changes her mind begins anew.
    second.login(ANNA, "--adopt")
    second.run("sync", "--once")
    assert len(second.sessions()) == 4
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in films} <= cloud.hashes(anna)
    assert second.run("sync", "--once").startswith("Everything is in the cloud")
