"""Killed at any commit or rename, the library opens whole and holds all that the coach had been told was saved."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coachvision.errors import LibraryError
from coachvision.library import Library
from tests.library.samples import TIMELINE, example_result

Run = Callable[..., str]


@pytest.fixture
def run() -> Iterator[Run]:
    """Has the separate process do its work in a root, to be killed at a point; returns how it ended."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.library.kill_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(root: Path, point: str, job: str = "work") -> str:
            stdin.write(f"{root}\t{point}\t{job}\n")
            stdin.flush()
            return stdout.readline().strip()

        yield ask
        stdin.close()
        assert process.wait(timeout=30) == 0


def passed_points(run: Run, folder: Path) -> list[str]:
    """Every point that the work passes, as `name:N` for its N-th passing."""
    folder.mkdir()
    assert run(folder / "library", "-") == "exit 0"
    assert_whole(folder)
    count: Counter[str] = Counter()
    points = []
    for name in (folder / "points").read_text().split():
        count[name] += 1
        points.append(f"{name}:{count[name]}")
    return points


def assert_whole(folder: Path) -> None:
    """No damage, everything said is there, and after tidying up nothing is left to tidy."""
    said = dict(line.split()[1:] for line in (folder / "said").read_text().splitlines())
    with Library.open(folder / "library") as library:
        findings = library.check(deep=True)
        assert [f for f in findings if f.severity != "info"] == []
        assert_saved(library, said)
        assert all(f.repaired for f in library.check(repair=True))
        assert library.check(deep=True) == []
        assert_saved(library, said)


def assert_saved(library: Library, said: dict[str, str]) -> None:
    if "video" in said:
        assert library.video(said["video"]).path.read_bytes() == b"frames" * 5000
    # Stored in one step: there with everything, or not at all.
    for row in library.sessions("whole"):
        assert (row.analyzers, row.tags) == (("angles", "pose"), ("all",))
        assert (library.folder(row.id) / "proxy" / "seg.mp4").read_bytes() == b"proxy"
        assert library.series(row.id, "angle.left_knee", 1).values[-1] == 77.0
    if "whole" in said:
        assert [row.id for row in library.sessions("whole")] == [said["whole"]]
    if "session" not in said:
        return
    session = library.session(said["session"])
    assert (session.title, session.athlete) == ("First", "Anna")
    if "run" in said:
        assert library.result(session.id, "pose").metrics[0] == example_result().metrics[0]
    if said.get("run") == "angles":
        # Not told "again" yet, the second run may or may not have been kept.
        found = library.series(session.id, "angle.left_knee", 1).values[-1]
        assert found in ({91.0} if "again" in said else {90.0, 91.0})
        assert [e.start_pts for e in session.events if e.analyzer == "angles"] != []
    if "tag" in said:
        assert session.tags == ("technique",)
        assert [row.id for row in library.sessions("techn", trashed=session.trashed_at is not None)] == [session.id]
    if "moment" in said:
        assert [row.moment.category for row in library.moments.all(session.id)] == [said["moment"]]
    if "playlist" in said:
        assert [clip.session_id for clip in library.playlists.get(said["playlist"]).clips] == [session.id]
    if "purge" in said:
        with pytest.raises(LibraryError, match="No such session"):
            library.session(said["purge"])
    if "trash" in said:
        assert session.trashed_at is not None


def kill_at_each(run: Run, folder: Path, points: list[str]) -> None:
    killed = f"signal {signal.SIGKILL.value}"
    for number, point in enumerate(points):
        place = folder / str(number)
        place.mkdir()
        assert run(place / "library", point) == killed, point
        assert_whole(place)


def test_killed_at_a_sample_of_the_commits_and_renames_nothing_saved_is_lost(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = passed_points(run, tmp_path / "learn")
    # One passing of each name: the last, when there is most to lose.
    sample = list({point.split(":")[0]: point for point in points}.values())
    kill_at_each(run, tmp_path, sample)
    assert len(sample) >= 20
    with capsys.disabled():
        print(f"\nlibrary: killed at {len(sample)} named points of {len(points)} passings")


@pytest.mark.soak
def test_killed_at_every_commit_and_rename_nothing_saved_is_lost(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = passed_points(run, tmp_path / "learn")
    kill_at_each(run, tmp_path, points)
    with capsys.disabled():
        print(
            f"\nlibrary: killed at all {len(points)} passings of {len({p.split(':')[0] for p in points})} named points"
        )


def test_a_rebuild_that_is_killed_can_be_done_again(run: Run, tmp_path: Path, library: Library, session: str) -> None:
    library.save_run(session, "pose", "1", {}, example_result(), TIMELINE)
    library.close()
    with (library.root / "library.db").open("r+b") as file:
        file.write(b"\xaa" * 4000)
    (tmp_path / "learn").mkdir()
    shutil.copytree(library.root, tmp_path / "learn" / "library")
    assert run(tmp_path / "learn" / "library", "-", "rebuild") == "exit 0"
    points = (tmp_path / "learn" / "points").read_text().split()
    assert {"library.rebuild.old_kept", "library.rebuild.before_rename", "library.rebuild.after_rename"} <= {*points}
    for number, point in enumerate(dict.fromkeys(points)):
        root = tmp_path / str(number) / "library"
        shutil.copytree(library.root, root)
        assert run(root, point, "rebuild") == f"signal {signal.SIGKILL.value}", point
        try:
            Library.open(root).close()
        except LibraryError:
            Library.rebuild(root)
        with Library.open(root) as again:
            assert [row.analyzers for row in again.sessions("kniebeuge")] == [("pose",)]
            assert again.check(deep=True) == []
