"""A coach's spreadsheet."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coachvision.core.results import Result, Series, Subject
from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.export.csv import export_csv, write_csv
from tests.support import sessions


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_time_comes_first_then_one_column_a_series(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        export_csv(library, session, tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert next(iter(rows[0])) == "time_s"
    assert set(rows[0]) == {"time_s", *(f"angle.{s}_{j}" for s in ("left", "right") for j in ("knee", "hip", "elbow"))}
    assert len(rows) == sessions.FRAMES
    # Written to the microsecond and to six decimals.
    assert [float(row["time_s"]) for row in rows] == pytest.approx(sessions.timeline().seconds.tolist(), abs=1e-6)
    assert [float(row["angle.left_hip"]) for row in rows] == pytest.approx(
        (sessions.squat().knee * 0.9).tolist(), abs=1e-6
    )


def test_a_gap_is_an_empty_cell(library: Library, tmp_path: Path) -> None:
    write_csv(library, sessions.whole(), tmp_path / "out.csv")
    column = [row["angle.left_knee"] for row in rows_of(tmp_path / "out.csv")]
    assert column[20:23] == ["", "", ""]
    assert "" not in column[:20] + column[23:]


def test_the_description_beside_it_tells_units_and_conventions(library: Library, tmp_path: Path) -> None:
    write_csv(library, sessions.whole(), tmp_path / "out.csv")
    told = json.loads((tmp_path / "out.csv-metadata.json").read_text("utf-8"))
    columns = {column["name"]: column for column in told["tableSchema"]["columns"]}
    assert list(columns) == list(rows_of(tmp_path / "out.csv")[0])
    assert columns["angle.left_knee"]["schema:unitText"] == "deg"
    assert "0 is straight" in told["dc:description"]


def test_other_people_have_columns_of_their_own(library: Library, tmp_path: Path) -> None:
    line = sessions.timeline()
    second = Series("angle.left_knee", 2, "deg", line.pts[30:], np.arange(30.0))
    people = Result(series=(second,), subjects=(Subject(2, int(line.pts[30]), int(line.pts[-1])),))
    whole = sessions.whole()
    write_csv(library, replace(whole, runs=(*whole.runs, Run("second", "1", {}, people))), tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert rows[0]["angle.left_knee@2"] == ""
    assert rows[40]["angle.left_knee@2"] == "10"
    assert rows[45]["angle.left_knee"] == "110"


def test_two_analyzers_with_one_name_are_told_apart(library: Library, tmp_path: Path) -> None:
    whole = sessions.whole()
    again = Run("again", "1", {}, Result(series=(sessions.angles().series[0],)))
    write_csv(library, replace(whole, runs=(*whole.runs, again)), tmp_path / "out.csv")
    assert {"angles:angle.left_knee", "again:angle.left_knee"} <= set(rows_of(tmp_path / "out.csv")[0])


def test_a_film_without_series_still_gives_its_times(library: Library, tmp_path: Path) -> None:
    write_csv(library, sessions.whole(runs=()), tmp_path / "out.csv")
    assert [list(row) for row in rows_of(tmp_path / "out.csv")] == [["time_s"]] * sessions.FRAMES


def test_a_folder_in_the_way_is_told_plainly(library: Library, tmp_path: Path) -> None:
    with pytest.raises(CoachVisionError, match="is a folder"):
        write_csv(library, sessions.whole(), tmp_path)


def test_a_file_where_a_folder_should_be_is_told_plainly_and_nothing_is_left(library: Library, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(CoachVisionError, match="could not be written"):
        write_csv(library, sessions.whole(), tmp_path / "notes" / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_an_earlier_export_survives_a_failure(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("the old one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CoachVisionError) as caught:
        write_csv(library, sessions.whole(), target)
    assert "disk is full" in caught.value.hint
    assert target.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
