"""F1: killed at any commit, part or answer, sync goes on: one object, the right bytes, one part resent at most."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.killers import ForkedRuns, sample, tell
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

# Above what goes at once, in three parts.
SIZE = (10 << 20) + 1000
# Where the cloud has done something that is not written down yet, and the commits that write it down.
QUICK_SYNC = {
    "sync.mark.after_commit", "sync.register.answered", "sync.part.answered", "sync.complete.answered",
    "sync.agreed.before_commit",
}  # fmt: skip
QUICK_RESTORE = {
    "library.take_in.before_commit", "sync.agreed.before_commit",
}  # fmt: skip


@pytest.fixture
def runs() -> Iterator[ForkedRuns]:
    with ForkedRuns("tests.sync.killed:work") as process:
        yield process


def arguments(laptop: Laptop) -> dict[str, object]:
    assert laptop.tokens is not None
    return {
        "root": str(laptop.root), "gateway": laptop.gateway, "user_id": laptop.user_id, "token": laptop.tokens.token,
    }  # fmt: skip


def quick(passed: list[str], names: set[str]) -> list[str]:
    chosen = [point for point in sample(passed) if point.rpartition(":")[0] in names]
    assert len(chosen) == len(names), "a point was renamed"
    return chosen


def assert_one_whole_copy(laptop: Laptop, cloud: Cloud, session: str) -> None:
    with laptop.library() as library:
        video = library.session(session).video
        assert video is not None
        runs = [library.folder(session) / run.file for run in library.session(session).runs]
    keys = [key for key in cloud.keys(str(laptop.user_id)) if session in key]
    hashes = sorted(hashlib.sha256(cloud.body(key)).hexdigest() for key in keys)
    assert hashes == sorted([video.sha256, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in runs)])
    assert [key for key in cloud.uploads(str(laptop.user_id)) if session in key] == []
    assert laptop.state(session).words == "In the cloud"


def try_points(laptop: Laptop, cloud: Cloud, runs: ForkedRuns, tmp_path: Path, *, all_points: bool) -> str:
    laptop.add_session("first", size=1000, seed=1)
    laptop.sync()
    laptop.add_session("measured", size=SIZE, seed=2)
    passed = runs.points(tmp_path / "points", **arguments(laptop))
    tried = passed if all_points else quick(passed, QUICK_SYNC)
    for number, point in enumerate(tried):
        session = laptop.add_session(f"at {number}", size=SIZE, seed=100 + number)
        cloud.storage.reset()
        runs.kill_at(point, **arguments(laptop))
        summary = laptop.sync()
        assert summary.failed == [], (point, summary)
        assert_one_whole_copy(laptop, cloud, session)
        resent = Counter(cloud.parts_taken())
        assert sum(count - 1 for count in resent.values()) <= 1, (point, resent)
    return tell("sync", tried, passed)


def test_f1_killed_at_each_kind_of_point_sync_goes_on(
    laptop: Laptop, cloud: Cloud, runs: ForkedRuns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = try_points(laptop, cloud, runs, tmp_path, all_points=False)
    with capsys.disabled():
        print(told)


@pytest.mark.soak
def test_f1_killed_at_every_point_sync_goes_on(
    laptop: Laptop, cloud: Cloud, runs: ForkedRuns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = try_points(laptop, cloud, runs, tmp_path, all_points=True)
    with capsys.disabled():
        print(told)


def try_restore(make_laptop: MakeLaptop, runs: ForkedRuns, tmp_path: Path, *, all_points: bool) -> str:
    one, measured = make_laptop("one"), make_laptop("measured")
    session = one.add_session(size=SIZE)
    one.sync()
    with measured.library():
        pass
    passed = runs.points(tmp_path / "points", follow=True, **arguments(measured))
    tried = passed if all_points else quick(passed, QUICK_RESTORE)
    for number, point in enumerate(tried):
        laptop = make_laptop(f"killed-{number}")
        with laptop.library():
            pass
        runs.kill_at(point, follow=True, **arguments(laptop))
        assert laptop.sync(follow=True).failed == [], point
        with laptop.library() as library:
            assert [row.id for row in library.sessions()] == [session], point
            assert library.check(repair=True, deep=True) == [] or library.check(deep=True) == [], point
            assert not list(library.root.rglob("*.part")), point
    return tell("restore", tried, passed)


def test_f1_killed_at_each_kind_of_point_a_restore_goes_on(
    make_laptop: MakeLaptop, runs: ForkedRuns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = try_restore(make_laptop, runs, tmp_path, all_points=False)
    with capsys.disabled():
        print(told)


@pytest.mark.soak
def test_f1_killed_at_every_point_a_restore_goes_on(
    make_laptop: MakeLaptop, runs: ForkedRuns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = try_restore(make_laptop, runs, tmp_path, all_points=True)
    with capsys.disabled():
        print(told)
