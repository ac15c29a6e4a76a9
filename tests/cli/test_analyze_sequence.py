"""`analyze --sequence`: a folder of pictures becomes a session like any other, or a sentence says why not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.conftest import Run
from tests.support.clips import write_clip
from tests.video.clips import numbered_picture


def _pictures(folder: Path, count: int = 12) -> Path:
    folder.mkdir()
    for index in range(count):
        cv2.imwrite(str(folder / f"run_{index}.png"), cv2.cvtColor(numbered_picture(index), cv2.COLOR_RGB2BGR))
    return folder


def test_a_folder_of_pictures_becomes_a_session_with_its_film(
    run: Run, counter: str, library: Path, tmp_path: Path
) -> None:
    folder = _pictures(tmp_path / "long jump")
    result = run("analyze", folder, "--sequence", 29.97, "--with", counter, "--json", "-")
    assert result.exit_code == 0, result.stderr
    (session,) = json.loads(result.stdout)["sessions"]
    video = session["video"]
    assert (video["frames"], video["width"], video["height"]) == (12, 160, 90)
    # The index in the MP4 counts whole ticks: a millisecond in all is more than that.
    assert video["duration_s"] == pytest.approx(12 / 29.97, abs=0.001)
    assert not video["variable_frame_rate"]
    assert session["metrics"][0]["value"] == 12
    assert Path(video["path"]).is_relative_to(library)
    shutil.rmtree(folder)
    # The pictures are not needed again: the film is in the library, and can be exported.
    assert run("export", session["id"], "--format", "mp4", "-o", tmp_path / "out.mp4").exit_code == 0
    assert "long jump: 12 pictures, 29.97 a second" in run("show", session["id"]).stdout


def test_a_pattern_that_the_shell_has_filled_in_is_one_series(run: Run, counter: str, tmp_path: Path) -> None:
    files = sorted(_pictures(tmp_path / "run").iterdir())
    result = run("analyze", *files, "--sequence", 50, "--with", counter, "--json", "-")
    (session,) = json.loads(result.stdout)["sessions"]
    assert session["metrics"][0]["value"] == 12
    pattern = run("analyze", tmp_path / "run" / "run_1?.png", "--sequence", 50, "--with", counter, "--json", "-")
    assert json.loads(pattern.stdout)["sessions"][0]["video"]["frames"] == 2


def _gap(folder: Path) -> None:
    (folder / "run_5.png").unlink()


def _other_size(folder: Path) -> None:
    cv2.imwrite(str(folder / "run_7.png"), np.zeros((40, 50, 3), np.uint8))


def _damage(folder: Path) -> None:
    (folder / "run_3.png").write_bytes(b"\x89PNG nothing")


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_gap, ["run_4.png", "run_6.png", "missing"]),
        (_other_size, ["run_7.png", "50 x 40", "160 x 90"]),
        (_damage, ["run_3.png"]),
        (_empty, ["no pictures"]),
        (shutil.rmtree, ["no pictures"]),
    ],
)
def test_what_would_make_times_or_lengths_wrong_is_named(
    run: Run, counter: str, tmp_path: Path, spoil: object, told: list[str]
) -> None:
    folder = _pictures(tmp_path / "run")
    assert callable(spoil)
    spoil(folder)
    result = run("analyze", folder, "--sequence", 50, "--with", counter)
    assert result.exit_code == 1
    words = " ".join(result.stderr.split())
    assert all(part in words for part in told), words
    assert "Traceback" not in words
    assert json.loads(run("sessions", "--json").stdout)["sessions"] == []


def test_one_bad_series_of_two_is_named_and_the_other_done(run: Run, counter: str, tmp_path: Path) -> None:
    good, bad = _pictures(tmp_path / "good"), _pictures(tmp_path / "bad")
    _gap(bad)
    result = run("analyze", bad, good, "--sequence", 50, "--with", counter)
    assert result.exit_code == 3
    assert "bad" in result.stderr
    assert "good.mp4" in result.stdout


def test_what_fails_later_is_told_by_the_name_the_coach_gave(run: Run, counter: str, tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "run", 1)
    result = run("analyze", folder, "--sequence", 50, "--with", counter, "--from", 5, "--json", "-")
    assert result.exit_code == 1
    (failed,) = json.loads(result.stdout)["failed"]
    assert failed["path"] == str(folder)
    assert "analysis-" not in result.stderr
    assert run("analyze", folder, "--sequence", 50, "--with", counter).exit_code == 0
    assert json.loads(run("sessions", "--json").stdout)["sessions"][0]["title"] == "run: 1 picture, 50 a second"


def test_a_video_and_a_missing_folder_are_not_called_folders_without_pictures(
    run: Run, counter: str, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=5)
    assert "without --sequence" in run("analyze", clip, "--sequence", 50, "--with", counter).stderr
    assert "does not exist" in run("analyze", tmp_path / "nowhere", "--sequence", 50, "--with", counter).stderr


def test_rate_and_place_that_cannot_be(run: Run, counter: str, tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "run", 2)
    for rate in (0, -5, 20_000):
        assert run("analyze", folder, "--sequence", rate, "--with", counter).exit_code == 2
    assert run("analyze", folder, "--sequence", 50, "--in-place", "--with", counter).exit_code == 2
    without = run("analyze", folder, "--with", counter)
    assert without.exit_code == 1
    assert "--sequence" in without.stderr


def test_the_jogger_on_a_crossing_is_found_in_pictures(run: Run, shared_data: Path) -> None:
    folder = shared_data / "persons" / "two_people_crossing"
    result = run("analyze", folder, "--sequence", 10, "--with", "pose", "--json", "-")
    assert result.exit_code == 0, result.stderr
    (session,) = json.loads(result.stdout)["sessions"]
    assert session["video"]["frames"] == 10
    # The jogger, 240 px tall, is in every picture; the other, far off, is 100 px tall and may be missed.
    star = next(one for one in session["subjects"] if one["of_interest"])
    assert (star["first_s"], star["last_s"]) == pytest.approx((0.0, 0.9))
