"""The laptop dies in the middle of `coachvision analyze`: whatever was reported saved is there, and nothing is damaged.

The command runs as a process group of its own. A first run tells which named points it passes; then, for each point, a
fresh run is killed there with SIGKILL, worker and all, on a library that already holds a session.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coachvision import paths
from coachvision.library import Library
from tests.support.clips import write_clip
from tests.support.plugins import write_frame_plugin

FRAMES = 24
# One of each kind: mid-decode, the worker's hand-over, the video's rename, a commit, and after everything.
QUICK = (
    "analysis.frame:12",
    "analysis.spool.before_rename:1",
    "library.video.before_rename:1",
    "services.analyze.video_added:1",
    "library.session.before_commit:1",
    "services.analyze.stored:1",
)


class _Bench:
    """Two clips, a library with the first one analyzed, and the command to analyze the second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prepared = folder / "prepared"
        self.library = folder / "library"
        write_frame_plugin(paths.plugin_dir(), "one")
        self.first = write_clip(folder / "first.mp4", frames=FRAMES)
        self.second = write_clip(folder / "second.mp4", frames=FRAMES + 1)
        self.kept = str(self._analyze(self.first, self.prepared, check=True)["sessions"][0]["id"])

    def points(self) -> list[str]:
        """Every named point that analyzing passes, the first passing of each and one deep in the decode."""
        log = self.folder / "points"
        other = self.folder / "other"
        # A library that is there already, as the one that will be killed: a new one passes points of its making.
        shutil.copytree(self.prepared, other)
        self._analyze(self.second, other, COACHVISION_CHECKPOINT_LOG=str(log))
        names = dict.fromkeys(log.read_text("utf-8").split())
        return [f"{name}:12" if name == "analysis.frame" else f"{name}:1" for name in names]

    def killed_at(self, point: str) -> None:
        """Analyze the second clip in a copy of the library, killed at the point; then everything must be whole."""
        shutil.rmtree(self.library, ignore_errors=True)
        shutil.copytree(self.prepared, self.library)
        ended = self._analyze(self.second, self.library, COACHVISION_KILL_AT=point, COACHVISION_KILL_GROUP="1")
        assert ended == {}, f"{point}: the command was to be killed"
        with Library.open(self.library) as library:
            findings = [f for f in library.check(deep=True) if f.severity != "info"]
            assert not findings, f"{point}: {findings}"
            sessions = {session.id for session in library.sessions()}
            assert self.kept in sessions, f"{point}: the earlier session is gone"
            assert self._frames(library, self.kept) == FRAMES
            for session in sessions - {self.kept}:
                assert self._frames(library, session) == FRAMES + 1, f"{point}: half a session"

    def finishes(self) -> None:
        """After the last kill, the same command does its work in what was left."""
        done = self._analyze(self.second, self.library, check=True)
        with Library.open(self.library) as library:
            assert self._frames(library, str(done["sessions"][0]["id"])) == FRAMES + 1
            assert all(finding.severity == "info" for finding in library.check(deep=True))

    @staticmethod
    def _frames(library: Library, session: str) -> float:
        return next(m.value for m in library.session(session).metrics if m.name == "one.frames")

    def _analyze(
        self, clip: Path, library: Path, *, check: bool = False, **environment: str
    ) -> dict[str, list[dict[str, object]]]:
        command = [
            sys.executable, "-m", "coachvision.cli.main", "--library", str(library),
            "analyze", str(clip), "--with", "one", "--json", "-",
        ]  # fmt: skip
        ended = subprocess.run(
            command, env=os.environ | environment, capture_output=True, start_new_session=True, check=False, text=True
        )
        if check:
            assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if ended.returncode == 0 else {}


@pytest.fixture
def bench(tmp_path: Path) -> _Bench:
    return _Bench(tmp_path)


def test_quick_kills_leave_the_library_whole(bench: _Bench, capsys: pytest.CaptureFixture[str]) -> None:
    passed = bench.points()
    for point in QUICK:
        assert point in passed, f"{point} is no longer passed; passed are {passed}"
        bench.killed_at(point)
    bench.finishes()
    with capsys.disabled():
        print(f"\nSIGKILL of analyze at {len(QUICK)} of its {len(passed)} named points; `make soak` takes all")


@pytest.mark.soak
def test_kill_at_every_point_leaves_the_library_whole(bench: _Bench, capsys: pytest.CaptureFixture[str]) -> None:
    passed = bench.points()
    assert len(passed) >= 20, passed
    for point in passed:
        bench.killed_at(point)
    bench.finishes()
    with capsys.disabled():
        print(f"\nSIGKILL at {len(passed)} named points of analyze: {', '.join(passed)}")
