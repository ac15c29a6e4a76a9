"""`playlists`: listed, and written as a film."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coachvision.core.tagging import Clip
from coachvision.library import Library
from coachvision.video.probe import probe_here
from tests.cli.conftest import Run
from tests.support import sessions


@pytest.fixture
def playlist(library: Path, kept: str) -> str:
    with Library.open(library) as opened:
        clips = [Clip(kept, frame * sessions.STEP, (frame + 9) * sessions.STEP) for frame in (0, 30)]
        return opened.playlists.add("Best of", clips, "for Tuesday")


def test_playlists_are_listed_for_people_and_as_json(run: Run, kept: str, playlist: str) -> None:
    assert "Best of" in run("playlists").stdout
    (told,) = json.loads(run("playlists", "--json").stdout)["playlists"]
    assert (told["id"], told["title"], [clip["session_id"] for clip in told["clips"]]) == (
        playlist,
        "Best of",
        [kept] * 2,
    )


def test_a_playlist_is_written_as_a_film(run: Run, playlist: str, tmp_path: Path) -> None:
    result = run("playlists", playlist[:8], "-o", tmp_path / "reel.mp4")
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert len(probe_here(tmp_path / "reel.mp4").timeline) == 20


def test_a_playlist_is_found_by_its_id_in_upper_case(run: Run, playlist: str, tmp_path: Path) -> None:
    result = run("playlists", playlist.upper(), "-o", tmp_path / "reel.mp4")
    assert result.exit_code == 0, result.stderr


def test_an_id_that_is_no_text_is_no_playlist(run: Run, playlist: str, tmp_path: Path) -> None:
    result = run("playlists", playlist[:6] + "\udcff", "-o", tmp_path / "x.mp4")
    assert result.exit_code == 1
    assert "has no playlist" in result.stderr


def test_what_makes_no_sense_is_code_two_and_what_is_not_there_code_one(
    run: Run, kept: str, playlist: str, tmp_path: Path
) -> None:
    assert run("playlists", playlist).exit_code == 2
    assert run("playlists", "-o", tmp_path / "x.mp4").exit_code == 2
    assert "No film on standard output" in run("playlists", playlist, "-o", "-").stderr
    assert run("playlists", "000000", "-o", tmp_path / "x.mp4").exit_code == 1
