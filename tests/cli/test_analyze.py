"""`analyze`: videos in, sessions, reports and JSON out; what fails is named and the rest is done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from coachvision.library import Library
from tests.cli.conftest import Run
from tests.support.clips import write_clip
from tests.support.plugins import write_frame_plugin


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4")


def test_a_video_becomes_a_session_with_a_report(run: Run, counter: str, clip: Path, tmp_path: Path) -> None:
    result = run("analyze", clip, "--with", counter, "--athlete", "Ben", "--report", tmp_path / "reports")
    assert result.exit_code == 0, result.stderr
    assert "clip.mp4" in result.stdout
    assert "One frames: 24" in result.stdout
    assert "Ben" in (tmp_path / "reports" / "clip.html").read_text("utf-8")
    (listed,) = json.loads(run("sessions", "--json").stdout)["sessions"]
    assert listed["id"] in result.stdout
    assert (listed["athlete"], listed["analyzers"], listed["video"]["name"]) == ("Ben", [counter], "clip.mp4")


def test_json_on_stdout_is_json_alone(run: Run, counter: str, clip: Path) -> None:
    result = run("analyze", clip, "--with", counter, "--json", "-", "--from", "0.2", "--to", "0:00.5")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    (session,) = document["sessions"]
    assert session["video"]["frames"] == 24
    # Frames 6 to 15 of a film of 30 a second.
    assert session["metrics"][0]["value"] == 10
    assert document["failed"] == []


def test_one_bad_video_of_three_is_named_and_the_others_done(
    run: Run, counter: str, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    missing, empty = tmp_path / "missing.mp4", tmp_path / "empty.mp4"
    result = run("analyze", missing, clip, empty, "--with", counter, "--json", tmp_path / "out.json")
    assert result.exit_code == 3
    assert "missing.mp4" in result.stderr
    assert "empty.mp4" in result.stderr
    assert "Traceback" not in result.stderr
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert len(document["sessions"]) == 1
    assert [Path(one["path"]).name for one in document["failed"]] == ["missing.mp4", "empty.mp4"]
    assert all(one["error"] for one in document["failed"])


def test_a_video_that_may_not_be_read_does_not_stop_the_others(
    run: Run, counter: str, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = write_clip(tmp_path / "shut.mp4")
    shut.chmod(0)
    if os.access(shut, os.R_OK):
        # Root may read everything: then the answer that anyone else would get stands in, for both who ask.
        monkeypatch.setattr(os, "access", lambda path, *_, **__: Path(path) != shut)
        shut.write_bytes(b"")
    result = run("analyze", shut, clip, "--with", counter)
    assert result.exit_code == 3
    assert "shut.mp4" in result.stderr
    assert "clip.mp4" in result.stdout


def test_a_name_that_is_no_text_is_refused_and_the_others_done(
    run: Run, counter: str, clip: Path, tmp_path: Path
) -> None:
    odd = clip.with_name(os.fsdecode(b"caf\xe9.mp4"))
    result = run("analyze", odd, clip, "--with", counter, "--json", tmp_path / "out.json")
    assert result.exit_code == 3
    assert "Rename it" in result.stderr
    (failed,) = json.loads((tmp_path / "out.json").read_text("utf-8"))["failed"]
    assert "caf\N{REPLACEMENT CHARACTER}.mp4" in failed["path"]


def test_a_file_name_cannot_steer_the_terminal(run: Run, counter: str, clip: Path) -> None:
    hostile = clip.rename(clip.with_name("a\x1b[2J\nb[red].mp4"))
    result = run("analyze", hostile, hostile.with_name("c\x1b]0;mine\x07.mp4"), "--with", counter)
    assert result.exit_code == 3
    assert "\x1b" not in result.stdout + result.stderr
    assert "[2J b[red].mp4" in result.stdout


def test_several_at_a_time_give_the_same(run: Run, counter: str, clip: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mp4", frames=12)
    missing = tmp_path / "missing.mp4"
    result = run("analyze", clip, missing, other, "--with", counter, "--json", "-", "--jobs", 2)
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert [one["metrics"][0]["value"] for one in document["sessions"]] == [24, 12]
    assert [Path(one["path"]).name for one in document["failed"]] == ["missing.mp4"]


def test_nothing_done_is_code_one(run: Run, counter: str, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no film")
    result = run("analyze", tmp_path / "text.mp4", tmp_path, "--with", counter)
    assert result.exit_code == 1
    assert "text.mp4" in result.stderr
    assert str(tmp_path) in result.stderr
    assert result.stdout == ""


def test_two_videos_of_one_name_get_two_reports(run: Run, counter: str, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = write_clip(tmp_path / "b" / "clip.mp4", frames=12)
    assert run("analyze", clip, other, "--with", counter, "--report", tmp_path / "r").exit_code == 0
    assert len(list((tmp_path / "r").glob("clip*.html"))) == 2


def test_a_report_that_cannot_be_written_is_done_in_part(run: Run, counter: str, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = run("analyze", clip, "--with", counter, "--report", tmp_path / "taken")
    assert result.exit_code == 3
    assert "taken" in result.stderr
    assert len(json.loads(run("sessions", "--json").stdout)["sessions"]) == 1


@pytest.mark.parametrize(
    "args",
    [["--box", "1,2,3"], ["--calibrate", "1,2,3,4"], ["--from", "soon"], ["--from", "2", "--to", "1"],
     ["--to", "0"], ["--capture-fps", "0"], ["--height", "-1"], ["--set", "people=2"], ["--jobs", "0"],
     ["--capture-fps", "nan"], ["--capture-fps", "inf"], ["--height", "nan"], ["--height", "1e9"],
     ["--title", "x" * 4001], ["--athlete", "x" * 201], ["--athlete", "\udcff"]],
)  # fmt: skip
def test_options_that_make_no_sense_are_code_two(run: Run, library: Path, args: list[str]) -> None:
    result = run("analyze", "clip.mp4", *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert not library.exists()


@pytest.mark.parametrize("args", [["--box", "1,2,30,40@999"], ["--calibrate", "1:10,10,90,10@16:39"]])
def test_a_box_or_line_drawn_after_the_end_names_the_videos_length(
    run: Run, library: Path, counter: str, clip: Path, args: list[str]
) -> None:
    result = run("analyze", clip, "--with", counter, *args)
    assert result.exit_code == 2
    assert "clip.mp4 lasts 0.800 s" in result.stderr
    assert "999 s" in result.stderr
    with Library.open(library) as opened:
        assert opened.sessions() == []


def test_a_box_on_the_last_frame_is_taken(run: Run, counter: str, clip: Path) -> None:
    assert run("analyze", clip, "--with", counter, "--box", "1,2,30,40@0.8").exit_code == 0


def test_in_place_leaves_the_video_where_it_is(run: Run, library: Path, counter: str, clip: Path) -> None:
    assert run("analyze", clip, "--with", counter, "--in-place", "--no-proxy").exit_code == 0
    with Library.open(library) as opened:
        (one,) = opened.sessions()
        video = opened.session(one.id).video
        assert video is not None
        assert video.path == clip
        assert not (opened.folder(one.id) / "proxy").exists()


SESSION_FILE = """
videos = ["clip.mp4"]
with = ["one"]
athlete = "Ben"
title = "Monday"
from = 0.2
to = "0:00.5"
box = "10,20,30,40@0.3"
calibrate = "2:0,0,100,0"
capture_fps = 60
exercise = "squat"
height = 1.8
in_place = true
no_proxy = true
report = "reports"
json = "out.json"
"""


def test_a_session_file_holds_all_options(run: Run, library: Path, counter: str, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "monday.toml").write_text(SESSION_FILE)
    result = run("analyze", tmp_path / "monday.toml", "--athlete", "Anna")
    assert result.exit_code == 0, result.stderr
    (session,) = json.loads((tmp_path / "out.json").read_text("utf-8"))["sessions"]
    assert (session["athlete"], session["title"], session["exercise"]) == ("Anna", "Monday", "squat")
    # Filmed at 60, stored at 30: 24 frames last 0.4 s; from 0.2 s on there are twelve.
    assert session["metrics"][0]["value"] == 12
    assert (tmp_path / "reports" / "clip.html").exists()
    with Library.open(library) as opened:
        options = opened.session(session["id"]).options
    assert options["regions"] == [{"x": 10, "y": 20, "width": 30, "height": 40, "time_s": 0.3}]
    assert options["calibration"]["length_m"] == 2
    assert options["athlete_height_m"] == 1.8


@pytest.mark.parametrize(
    ("text", "told"),
    [("videos = ['a.mp4'", "not TOML"), ("with = ['pose']", "videos"), ("videos = ['a.mp4']\nwhit = 'pose'", "whit"),
     ("videos = []", "videos"), ("videos = ['a.mp4']\nbox = '1,2'", "1,2"), ("x = " + "[" * 9_000, "nested too"),
     ("jobs = " + "9" * 10_000, "not TOML"), ("videos = 'a.mp4'\njobs = 0", "jobs")],
)  # fmt: skip
def test_a_session_file_with_a_mistake_names_it(run: Run, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    result = run("analyze", tmp_path / "bad.toml")
    assert result.exit_code == 2
    assert told in result.stderr


def test_ctrl_c_ends_with_130_and_keeps_nothing(library: Path, tmp_path: Path, clip: Path) -> None:
    (tmp_path / "plugins").mkdir()
    write_frame_plugin(tmp_path / "plugins", "stuck", "hangs")
    command = [sys.executable, "-m", "coachvision.cli.main", "--library", str(library)]
    with subprocess.Popen(
        [*command, "analyze", str(clip), "--with", "stuck"],
        env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as program:  # fmt: skip
        watched = psutil.Process(program.pid)
        while program.poll() is None and not any("analysis.child" in " ".join(c.cmdline()) for c in _children(watched)):
            os.sched_yield()
        # As a terminal does: to the whole group, workers too.
        os.killpg(program.pid, signal.SIGINT)
        out, err = program.communicate(timeout=60)
    assert program.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    with Library.open(library) as opened:
        assert opened.sessions() == []


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [child for child in process.children(recursive=True) if child.is_running() and child.cmdline()]
    except psutil.Error:
        return []


def test_with_that_names_nothing_is_a_slip_of_the_hand(run: Run, clip: Path) -> None:
    result = run("analyze", clip, "--with", " , ")
    assert result.exit_code == 2
    assert "--with names none" in result.stderr
