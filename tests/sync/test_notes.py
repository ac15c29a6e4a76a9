"""F2, F10, F11, F16, F19: notes that cannot be written, are lost or damaged; another account; a second process."""

from __future__ import annotations

import itertools
import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.services.sync_now import Halt
from coachvision.sync.states import Reason
from tests.support.killers import ForkedRuns, sample, tell
from tests.support.process import ROOT
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

SIZE = 300_000
# Above what goes at once, in three parts.
LARGE = (10 << 20) + 5


# Commits, each of which tells of something that was done in the cloud, or is about to be.
COMMITS = {
    "sync.mark.after_commit", "sync.enqueue.after_commit", "sync.registered.after_commit", "sync.sending.after_commit",
    "sync.part.after_commit", "sync.stored.after_commit", "sync.agreed.after_commit",
}  # fmt: skip
_HEAD = 32
_FRAME = 24 + 4096


def arguments(laptop: Laptop) -> dict[str, object]:
    assert laptop.tokens is not None
    return {
        "root": str(laptop.root), "gateway": laptop.gateway, "user_id": laptop.user_id, "token": laptop.tokens.token,
    }  # fmt: skip


def assert_one_whole_copy(laptop: Laptop, cloud: Cloud, session: str, after: object) -> None:
    """A film and a run in the cloud, and nothing under way."""
    keys = [key for key in cloud.keys(str(laptop.user_id)) if session in key]
    assert len(keys) == 2, (after, keys)
    assert [key for key in cloud.uploads(str(laptop.user_id)) if session in key] == [], after
    assert laptop.state(session).words == "In the cloud", after


def try_writes(laptop: Laptop, cloud: Cloud, tmp_path: Path, step: int) -> int:
    with ForkedRuns("tests.sync.failing:work") as runs:

        def sync(at: int = 0) -> dict[str, Any]:
            told = tmp_path / "told.json"
            assert runs.run(told=str(told), at=at, **arguments(laptop)) == 0
            found: dict[str, Any] = json.loads(told.read_text("utf-8"))
            return found

        laptop.add_session("first", size=SIZE, seed=1)
        sync()
        laptop.add_session("counted", size=SIZE, seed=2)
        total = sync()["written"]
        assert total > 20
        failed = 0
        for at in range(1, total + 1, step):
            session = laptop.add_session(f"write {at}", size=SIZE, seed=100 + at)
            told = sync(at)
            if told["title"]:
                assert told["title"] == "The disk is full"
                failed += 1
            else:
                # A run after one that failed late has its own record's echo behind it, and so fewer writes.
                assert told["written"] < at
            told = sync()
            assert (told["failed"], told["title"]) == ([], ""), at
            assert_one_whole_copy(laptop, cloud, session, at)
    assert failed >= len(range(1, total + 1, step)) - 4
    return failed


def test_f2_whichever_write_fails_the_next_run_converges(
    laptop: Laptop, cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = try_writes(laptop, cloud, tmp_path, 4)
    with capsys.disabled():
        print(f"\nsync: {failed} database writes failed in turn, every fourth, each in a process of its own")


@pytest.mark.soak
def test_f2_every_write_fails_in_turn(
    laptop: Laptop, cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = try_writes(laptop, cloud, tmp_path, 1)
    with capsys.disabled():
        print(f"\nsync: {failed} database writes failed in turn, each one, each in a process of its own")


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


def commits(log: Path) -> list[int]:
    """Where each transaction of the log ends, after the log's head, as SQLite's file format tells."""
    data = log.read_bytes()
    ends = [_HEAD]
    for at in range(_HEAD, len(data) - _FRAME + 1, _FRAME):
        _, size_after, *salt = struct.unpack(">IIII", data[at : at + 16])
        # What is left from before the log was begun anew has another salt.
        if salt != list(struct.unpack(">II", data[16:24])):
            break
        if size_after:
            ends.append(at + _FRAME)
    return ends


def lose_it(log: Path, begins: int, _ends: int) -> None:
    """Nothing of the last commit reached the disk."""
    os.truncate(log, begins)


def lose_its_end(log: Path, begins: int, ends: int) -> None:
    """In the midst of a page."""
    os.truncate(log, (begins + ends) // 2)


def lose_a_page(log: Path, begins: int, _ends: int) -> None:
    """Pages reach the disk in any order: later ones are there."""
    with log.open("r+b") as file:
        file.seek(begins)
        file.write(bytes(_FRAME))


def lose_the_log(log: Path, _begins: int, _ends: int) -> None:
    """A drive that said it had kept what it had not."""
    log.unlink()


LOSSES = (lose_it, lose_its_end, lose_a_page)


def try_power_losses(laptop: Laptop, cloud: Cloud, tmp_path: Path, *, all_points: bool) -> str:
    """Killed right after a commit the process leaves a log; of that commit a part has not reached the disk."""
    log = laptop.root / "library.db-wal"
    with ForkedRuns("tests.sync.killed:work") as runs:
        laptop.add_session("first", size=SIZE, seed=1)
        assert runs.run(**arguments(laptop)) == 0
        laptop.add_session("measured", size=LARGE, seed=2)
        passed = [one for one in runs.points(tmp_path / "points", **arguments(laptop)) if ".after_commit:" in one]
        passed = [one for one in passed if one.startswith("sync.")]
        tried = passed if all_points else [one for one in sample(passed) if one.rpartition(":")[0] in COMMITS]
        assert {one.rpartition(":")[0] for one in tried} >= COMMITS, "a point was renamed"
        each = itertools.product(tried, LOSSES) if all_points else zip(tried, itertools.cycle(LOSSES), strict=False)
        # By the last the cloud can tell all that the notes did.
        cases = [*each, (tried[-1], lose_the_log)]
        for number, (point, lose) in enumerate(cases):
            session = laptop.add_session(f"loss {number}", size=LARGE, seed=100 + number)
            assert not log.exists(), "the session itself is in the database"
            runs.kill_at(point, **arguments(laptop))
            whole = commits(log)
            lose(log, *whole[-2:])
            assert not log.exists() or commits(log) == whole[:-1], (point, lose)
            (laptop.root / "library.db-shm").unlink()
            assert runs.run(**arguments(laptop)) == 0, (point, lose)
            assert_one_whole_copy(laptop, cloud, session, (point, lose))
    with laptop.library() as library:
        assert library.check(deep=True) == []
    return f"{tell('power loss', tried, passed)}, the last commit lost in {len(LOSSES)} ways, {len(cases)} losses"


def test_f11_notes_that_a_power_loss_took_back_do_no_harm(
    laptop: Laptop, cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = try_power_losses(laptop, cloud, tmp_path, all_points=False)
    with capsys.disabled():
        print(told)


@pytest.mark.soak
def test_f11_whatever_a_power_loss_took_back_at_any_point_does_no_harm(
    laptop: Laptop, cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = try_power_losses(laptop, cloud, tmp_path, all_points=True)
    with capsys.disabled():
        print(told)


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
