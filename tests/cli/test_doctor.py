"""`doctor`: what is wrong, in plain words."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from coachvision.clock import SystemClock
from coachvision.library import Library
from coachvision.services.doctor import Advice
from tests.cli.conftest import Run
from tests.support.plugins import write_frame_plugin


@pytest.fixture(autouse=True)
def _trials_are_quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Starting the real analyzers is tried once; the other tests look at the rest."""
    if "whole" in request.node.name or "plugin" in request.node.name:
        return
    fine = Advice("analyzers", "ok", "not tried")
    monkeypatch.setattr("coachvision.services.doctor._trial", lambda _one: fine)


def test_a_whole_installation_is_said_to_be_whole(run: Run, kept: str) -> None:
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    for told in ("CoachVision 0.", "libavcodec", "pose (Pose", "angles (Angles", "GB are free", "is whole"):
        assert told in result.stdout


def test_a_plugin_that_does_not_start_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from coachvision.plugins.discovery import discover

    (tmp_path / "plugins").mkdir()
    write_frame_plugin(tmp_path / "plugins", "sick")
    (module,) = (tmp_path / "plugins").rglob("*.py")
    module.write_text(module.read_text().replace("self.seen = []", "open('/nowhere/weights.bin')"))
    monkeypatch.setattr(
        "coachvision.services.doctor.discover", lambda: [one for one in discover() if one.name == "sick"]
    )
    result = run("doctor")
    assert result.exit_code == 1
    assert "sick does not start" in result.stdout
    assert "weights.bin" in result.stdout


def test_a_lost_video_is_found(run: Run, library: Path, kept: str) -> None:
    with Library.open(library) as opened:
        video = opened.session(kept).video
    assert video is not None
    video.path.unlink()
    result = run("doctor")
    assert result.exit_code == 1
    assert str(video.path) in result.stdout


def test_a_destroyed_database_is_rebuilt(run: Run, library: Path, kept: str) -> None:
    for log in library.glob("library.db-*"):
        log.unlink()
    (library / "library.db").write_bytes(b"no database " * 1000)
    assert run("doctor").exit_code == 1
    result = run("doctor", "--repair")
    assert "rebuilt with 1 sessions" in result.stdout, result.stdout + result.stderr
    assert result.exit_code == 0
    assert kept[:8] in run("sessions").stdout


def test_a_library_that_is_not_there_yet_is_no_fault(run: Run, library: Path) -> None:
    result = run("doctor")
    assert "There is no library yet" in result.stdout
    assert not library.exists()


def test_repair_ends_the_thirty_days_of_the_trash(run: Run, library: Path, kept: str) -> None:
    """The clock of the command is the real one; the session is put into the trash by one that is 31 days behind."""

    class Behind(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(days=31)

    with Library.open(library, Behind()) as opened:
        opened.trash(kept)
    assert "trash" not in run("doctor").stdout
    assert "1 session left the trash" in run("doctor", "--repair").stdout
    assert "trash" not in run("doctor", "--repair").stdout
    with Library.open(library) as opened:
        assert opened.sessions(trashed=True) == []
