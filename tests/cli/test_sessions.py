"""Listing, showing, deleting."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from coachvision.core.results import Metric, Result, Series, Subject
from coachvision.library import Library
from tests.cli.conftest import Run
from tests.library.samples import Facts
from tests.support import sessions


def test_the_list_names_session_athlete_and_video(run: Run, kept: str) -> None:
    result = run("sessions")
    assert result.exit_code == 0
    line = next(line for line in result.stdout.splitlines() if line.startswith(kept[:8]))
    for told in ("Anna Müller", "Squats, heavy", "2.0 s", "angles", "pose"):
        assert told in line


def test_the_list_tells_the_time_on_the_coachs_own_watch(run: Run, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = datetime.fromisoformat(json.loads(run("sessions", "--json").stdout)["sessions"][0]["recorded"])
    try:
        monkeypatch.setenv("TZ", "XYZ-05:30")
        time.tzset()
        shown = run("sessions").stdout
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"{recorded + timedelta(hours=5, minutes=30):%Y-%m-%d %H:%M}" in shown


def test_the_list_as_json_is_json_alone(run: Run, kept: str) -> None:
    document = json.loads(run("sessions", "--json").stdout)
    assert document["schema"] == 1
    (session,) = document["sessions"]
    assert (session["id"], session["athlete"], session["tags"]) == (kept, "Anna Müller", ["strength"])
    assert session["video"]["name"] == "squat.mp4"


def test_the_list_is_in_the_order_of_filming_and_tells_when_that_was(run: Run, library: Path, tmp_path: Path) -> None:
    moments = ["2026-03-02T17:00:00+00:00", "2026-03-09T17:00:00+00:00", "2026-02-23T17:00:00+00:00"]
    with Library.open(library) as opened:
        for moment in moments:
            film = tmp_path / "film.mp4"
            film.write_text(moment, "utf-8")
            opened.create_session(opened.add_video(film, Facts(recorded=moment)))
    found = json.loads(run("sessions", "--json").stdout)["sessions"]
    assert [session["recorded"] for session in found] == sorted(moments, reverse=True)


def test_search_finds_by_the_beginning_of_a_word(run: Run, kept: str) -> None:
    assert kept[:8] in run("sessions", "--search", "mull").stdout
    assert run("sessions", "--search", "sprint").stdout == "No session matches.\n"
    assert kept[:8] in run("sessions", "--tag", "strength").stdout


def test_a_long_list_is_cut_with_a_word_and_json_is_not(run: Run, library: Path) -> None:
    with Library.open(library) as opened:
        for number in range(53):
            opened.create_session(None, title=f"session {number}")
    result = run("sessions")
    assert len(result.stdout.splitlines()) == 51
    assert "--limit" in result.stderr
    assert len(json.loads(run("sessions", "--json").stdout)["sessions"]) == 53
    assert len(json.loads(run("sessions", "--json", "--limit", 7).stdout)["sessions"]) == 7


def test_an_empty_library_says_so(run: Run) -> None:
    assert run("sessions").stdout == "The library is empty.\n"


def test_show_tells_numbers_events_and_conventions(run: Run, kept: str) -> None:
    result = run("show", kept[:6])
    assert result.exit_code == 0
    for told in (
        "Repetitions (squat)",
        "110° ±\u202f2°",
        "0.067 s",
        "depth_deg 110",
        "angle.left_knee",
        "0 is straight",
    ):
        assert told in result.stdout
    assert "feet leave the picture" in result.stderr


@pytest.mark.parametrize("command", ["show", "delete"])
def test_an_id_that_is_no_text_is_no_session(run: Run, kept: str, command: str) -> None:
    result = run(command, "\udcff" * 8)
    assert result.exit_code == 1
    assert "has no session" in result.stderr


@pytest.mark.parametrize("length", [8, 36])
def test_an_id_is_found_in_upper_case(run: Run, kept: str, length: int) -> None:
    result = run("show", kept[:length].upper(), "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["sessions"][0]["id"] == kept


def test_show_as_json_is_the_document(run: Run, kept: str) -> None:
    document = json.loads(run("show", kept, "--json").stdout)
    assert document["sessions"][0]["id"] == kept
    assert "values" not in document["sessions"][0]["series"][0]


def test_a_series_is_told_with_times_and_values(run: Run, kept: str) -> None:
    document = json.loads(run("show", kept, "--series", "angle.left_knee", "--json").stdout)
    (series,) = document["sessions"][0]["series"]
    assert series["name"] == document["name"] == "angle.left_knee"
    assert series["analyzer"] == "angles"
    assert document["unit"] == "deg"
    assert len(document["pts_s"]) == len(document["values"]) == sessions.FRAMES
    assert document["values"] == series["values"]
    assert document["values"][15] == pytest.approx(110)
    assert document["values"][21] is None


def test_a_series_for_people_is_a_table(run: Run, kept: str) -> None:
    lines = run("show", kept, "--series", "angle.left_knee").stdout.splitlines()
    assert lines[0] == "time_s,angle.left_knee (deg)"
    assert lines[16] == "0.500,110"
    assert lines[22] == "0.700,"


def test_an_unknown_series_names_those_there_are(run: Run, kept: str) -> None:
    result = run("show", kept, "--series", "angle.nose")
    assert result.exit_code == 1
    assert "angle.left_knee" in result.stderr


@pytest.mark.parametrize("more", [[], ["--json"], ["--series", "angle.left_knee"]])
def test_a_person_who_is_not_there_is_told_with_those_who_are(run: Run, kept: str, more: list[str]) -> None:
    result = run("show", kept, "--subject", 99, *more)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no person 99" in result.stderr
    assert "It has: 1." in result.stderr


def test_one_person_is_shown_alone(run: Run, kept: str, library: Path) -> None:
    line = sessions.timeline()
    second = Result(
        subjects=(Subject(2, 0, sessions.STEP),),
        metrics=(Metric("jump.height", 2, 0.31, "m", None, "m"),),
        series=(Series("angle.left_knee", 2, "deg", line.pts[:1], np.zeros(1)),),
    )
    with Library.open(library) as opened:
        opened.save_run(kept, "second", "1", {}, second, line)
    assert "Repetitions" not in run("show", kept, "--subject", 2).stdout
    (session,) = json.loads(run("show", kept, "--subject", 2, "--json").stdout)["sessions"]
    assert [one["id"] for one in session["subjects"]] == [2]
    assert [one["name"] for one in session["metrics"]] == ["jump.height"]
    assert [one["subject"] for one in session["series"]] == [2]
    assert session["events"] == []


@pytest.mark.parametrize("command", [["show"], ["export", "-o", "x.json"], ["export", "-o", "x.csv"]])
def test_a_session_in_the_trash_says_that_it_is_there(
    run: Run, kept: str, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "trash" not in run(*command, kept).stderr
    run("delete", kept)
    result = run(*command, kept)
    assert result.exit_code == 0
    assert f"session {kept[:8]} is in the trash" in result.stderr


@pytest.mark.parametrize(
    "command", [["show", "ffffffff"], ["delete", "ffffffff"], ["export", "ffffffff", "-o", "x.csv"]]
)
def test_an_unknown_id_is_a_plain_sentence(run: Run, kept: str, command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "ffffffff" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_library_is_not_made_to_find_nothing_in_it(run: Run, library: Path) -> None:
    result = run("show", "abcdef")
    assert result.exit_code == 1
    assert "There is no library yet" in result.stderr
    assert not library.exists()


def test_deleting_can_be_undone(run: Run, kept: str) -> None:
    assert f"delete {kept[:8]} --undo" in run("delete", kept).stdout
    assert run("sessions").stdout == "The library is empty.\n"
    assert kept[:8] in run("sessions", "--trashed").stdout
    assert run("delete", "--undo", kept).exit_code == 0
    assert kept[:8] in run("sessions").stdout


def test_deleting_some_of_several_is_code_three(run: Run, kept: str) -> None:
    result = run("delete", "ffffffff", kept)
    assert result.exit_code == 3
    assert "ffffffff" in result.stderr
    assert kept in result.stdout
