"""`coachvision progress ATHLETE`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coachvision import settings
from tests.cli.conftest import Run
from tests.support.weeks import keep_weeks


def test_first_last_and_best_are_printed_in_the_coachs_units(run: Run, library: Path) -> None:
    keep_weeks(library, "Kim", (0.31, 0.35, 0.33))
    settings.save("units.length", "cm")
    told = run("progress", "Kim")
    assert told.exit_code == 0
    row = next(line for line in told.stdout.splitlines() if "Best jump" in line)
    assert [word for word in row.replace("\u202f", " ").split() if word[0].isdigit()][:4] == [
        "3",
        "31.0",
        "33.0",
        "35.0",
    ]


def test_json_holds_every_point_in_si_units(run: Run, library: Path) -> None:
    ids = keep_weeks(library, "Kim", (0.31, 0.35))
    told = json.loads(run("progress", "Kim", "--json").stdout)
    assert (told["schema"], told["athlete"], told["sessions"]) == (1, "Kim", 2)
    jump = next(line for line in told["lines"] if line["name"] == "jump.height")
    assert [(point["session_id"], point["value"]) for point in jump["points"]] == [(ids[0], 0.31), (ids[1], 0.35)]
    assert jump["unit"] == "m"
    assert jump["best"]["session_id"] == ids[1]


def test_table_is_written(run: Run, library: Path, tmp_path: Path) -> None:
    keep_weeks(library, "Kim", (0.31, 0.35))
    assert run("progress", "Kim", "--csv", tmp_path / "kim.csv").exit_code == 0
    assert (tmp_path / "kim.csv").read_text("utf-8").startswith("athlete,recorded,session_id,")


def test_table_goes_to_standard_output_where_that_is_asked_for(
    run: Run, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keep_weeks(library, "Kim", (0.31, 0.35))
    run("progress", "Kim", "--csv", "file")
    told = run("progress", "Kim", "--csv", "-")
    assert told.exit_code == 0
    assert told.stdout == (tmp_path / "file").read_text("utf-8")
    assert not (tmp_path / "-").exists()
    assert run("progress", "Kim", "--csv", "-", "--json").exit_code == 2


def test_table_never_goes_over_the_library(run: Run, library: Path) -> None:
    keep_weeks(library, "Kim", (0.31, 0.35))
    told = run("progress", "Kim", "--csv", library / "library.db")
    assert told.exit_code == 2
    assert "belongs to the library" in told.stderr
    assert run("progress", "Kim").exit_code == 0


def test_unknown_athlete_is_told(run: Run, library: Path) -> None:
    keep_weeks(library, "Kim", (0.31,))
    told = run("progress", "Lena")
    assert told.exit_code == 1
    assert "No such athlete" in told.stderr
