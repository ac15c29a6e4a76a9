"""F2, F10, F11, F16, F19: notes that cannot be written, are lost or damaged; another account; a second process."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.services.sync_now import Halt
from coachvision.sync import database as sync_database
from coachvision.sync.database import SyncError
from coachvision.sync.states import Reason
from tests.support.process import ROOT
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

SIZE = 300_000


class Failing(sqlite3.Connection):
    """Refuses the i-th write of sync's own notes, as a disk does that is full or dying."""

    at = 0
    written = 0
    code = sqlite3.SQLITE_FULL

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self._write(sql)
        return super().execute(sql, *more)

    def executemany(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self._write(sql)
        return super().executemany(sql, *more)

    def _write(self, sql: str) -> None:
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
            Failing.written += 1
            if Failing.written == Failing.at:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = Failing.code
                raise error


class _Sqlite:
    """The sqlite3 module as sync's database sees it, with connections that fail."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    @staticmethod
    def connect(*given: Any, **more: Any) -> sqlite3.Connection:
        return sqlite3.connect(*given, **more, **({"factory": Failing} if more.get("uri") else {}))


def try_writes(laptop: Laptop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, step: int) -> int:
    laptop.add_session("first", size=SIZE, seed=1)
    laptop.sync()
    monkeypatch.setattr(sync_database, "sqlite3", _Sqlite())
    Failing.at = Failing.written = 0
    laptop.add_session("counted", size=SIZE, seed=2)
    laptop.sync()
    total = Failing.written
    assert total > 20
    failed = 0
    for at in range(1, total + 1, step):
        session = laptop.add_session(f"write {at}", size=SIZE, seed=100 + at)
        Failing.at, Failing.written = at, 0
        try:
            laptop.sync()
        except SyncError as error:
            assert error.title == "The disk is full"  # noqa: PT017 - the last write may not come at all, see below
            failed += 1
        else:
            # A run after one that failed late has its own record's echo behind it, and so fewer writes.
            assert Failing.written < at
        Failing.at = 0
        assert laptop.sync().failed == [], at
        keys = [key for key in cloud.keys(str(laptop.user_id)) if session in key]
        assert len(keys) == 2, (at, keys)
        assert [key for key in cloud.uploads(str(laptop.user_id)) if session in key] == []
        assert laptop.state(session).words == "In the cloud"
    assert failed >= len(range(1, total + 1, step)) - 4
    return failed


def test_f2_whichever_write_fails_the_next_run_converges(
    laptop: Laptop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = try_writes(laptop, cloud, monkeypatch, 16)
    with capsys.disabled():
        print(f"\nsync: {failed} database writes failed in turn, every sixteenth")


@pytest.mark.soak
def test_f2_every_write_fails_in_turn(
    laptop: Laptop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = try_writes(laptop, cloud, monkeypatch, 1)
    with capsys.disabled():
        print(f"\nsync: {failed} database writes failed in turn, each one")


def test_f10_a_rebuilt_library_is_in_step_again_without_sending_anything_twice(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=SIZE)
    laptop.sync()
    before = cloud.keys(str(laptop.user_id))
    with laptop.library() as library:
        video = library.session(session).video
        assert video is not None
        film = video.path.read_bytes()
    path = laptop.root / "library.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    (laptop.root / "library.db-wal").write_bytes(b"no log at all" * 100)
    with pytest.raises(CoachVisionError, match="damaged"):
        laptop.sync()
    Library.rebuild(laptop.root)
    cloud.storage.reset()
    assert laptop.sync().failed == []
    assert laptop.state(session).words == "In the cloud"
    assert cloud.keys(str(laptop.user_id)) == before
    assert cloud.parts_taken() == []
    assert video.path.read_bytes() == film


def test_f11_notes_that_a_power_loss_took_back_do_no_harm(laptop: Laptop, cloud: Cloud, tmp_path: Path) -> None:
    """The database goes back to what it was at each of several moments, without its log: the cloud is further on."""
    session = laptop.add_session(size=(10 << 20) + 5)
    kept: list[Path] = []

    def keep() -> None:
        copy = tmp_path / f"moment-{len(kept)}.db"
        with sqlite3.connect(laptop.root / "library.db") as here, sqlite3.connect(copy) as there:
            here.backup(there)
        here.close()
        there.close()
        kept.append(copy)

    laptop.root.joinpath("sync.lock").touch()
    with laptop.journal():
        keep()
    cloud.storage.fail({"kind": "reset", "path": "partNumber=3"})
    laptop.sync()
    keep()
    cloud.storage.fail()
    cloud.api.fail({"kind": "lost", "path": "/complete"})
    laptop.sync()
    keep()
    cloud.api.fail()
    laptop.sync()
    for moment in kept:
        for name in ("library.db-wal", "library.db-shm"):
            (laptop.root / name).unlink(missing_ok=True)
        shutil.copyfile(moment, laptop.root / "library.db")
        laptop.until_done()
        assert laptop.state(session).words == "In the cloud"
        films = [key for key in cloud.keys(str(laptop.user_id)) if key.endswith(".mp4")]
        assert len(films) == 1, moment
        assert cloud.uploads(str(laptop.user_id)) == []


def test_f16_another_account_sends_nothing_of_a_backlog_that_is_not_its_own(
    make_laptop: MakeLaptop, cloud: Cloud
) -> None:
    anna, ben = make_laptop("shared", "anna"), make_laptop("shared", "ben")
    hers = anna.add_session("Hers", size=SIZE, seed=1)
    cloud.storage.fail({"kind": "reset"})
    assert anna.sync().paused is Reason.OFFLINE
    cloud.storage.fail()
    his = ben.add_session("His", size=SIZE, seed=2, athlete="Ben")
    assert ben.sync().failed == []
    assert cloud.keys(str(anna.user_id)) == []
    assert all(his in key for key in cloud.keys(str(ben.user_id)))
    # A token of his with her library sends nothing either: the owner was fixed when it was queued.
    mixed = make_laptop("shared", "anna")
    tokens = mixed.tokens
    assert tokens is not None
    syncing = mixed.syncing()
    tokens.token = ben.tokens.token if ben.tokens else ""
    tokens.fresh = lambda: tokens.token
    summary = syncing.once(Halt())
    assert summary.paused is Reason.AUTH
    assert cloud.keys(str(anna.user_id)) == []
    assert all(hers not in key for key in cloud.keys(str(ben.user_id)))
    assert anna.sync().failed == []
    assert all(hers in key for key in cloud.keys(str(anna.user_id)))
    assert cloud.keys(str(anna.user_id)) != []


def test_f19_of_two_processes_with_one_library_one_syncs(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=SIZE)
    assert laptop.tokens is not None
    one, another = (
        [
            sys.executable, "-m", "tests.sync.large_child", str(laptop.root), cloud.url, laptop.tokens.user_id,
            laptop.tokens.token,
        ]
        for _ in range(2)
    )  # fmt: skip
    cloud.storage.fail({"kind": "stall", "method": "PUT"})
    with subprocess.Popen(one, cwd=ROOT, stdout=subprocess.DEVNULL) as first:
        until = time.monotonic() + 60
        while not cloud.storage.requests("PUT"):
            assert time.monotonic() < until
            time.sleep(0.1)
        asked = len(cloud.api.requests())
        second = subprocess.run(another, cwd=ROOT, capture_output=True, text=True)
        assert second.returncode == 1
        assert "Another CoachVision is syncing" in second.stderr
        assert len(cloud.api.requests()) == asked
        # The first one is killed in the midst: the lock goes with it.
        first.kill()
    cloud.storage.fail()
    laptop.until_done()
    assert laptop.state(session).words == "In the cloud"
