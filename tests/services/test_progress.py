"""An athlete's numbers over weeks: in order, of the right person, with the best and left against right."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from coachvision import settings
from coachvision.core.results import Metric, Result, Subject
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.progress import Line, progress, to_csv
from coachvision.services.session import IMPORTED_FILM
from tests.library.samples import TIMELINE, Facts
from tests.support.weeks import FILM, LINE, keep_weeks

HEIGHTS = (0.31, 0.35, 0.33)
SIDES = ("left", "right")
KNEES = ((90.0, 110.0), (95.0, 105.0))


def lines(root: Path, athlete: str = "Kim") -> dict[str, Line]:
    with Library.open(root) as library:
        return {line.name: line for line in progress(library, athlete).lines}


def test_numbers_are_in_order_of_time_and_the_athletes_own(tmp_path: Path) -> None:
    ids = keep_weeks(tmp_path / "library", "Kim", HEIGHTS, KNEES)
    keep_weeks(tmp_path / "library", "Lena", (0.5,))
    found = lines(tmp_path / "library")
    jump = found["jump.height"]
    assert [point.value for point in jump.points] == list(HEIGHTS)
    assert [point.session_id for point in jump.points] == ids
    assert jump.change == pytest.approx(0.02)
    assert jump.best is not None
    assert (jump.best.session_id, jump.best.value) == (ids[1], 0.35)


def test_films_of_weeks_added_in_one_go_are_in_the_order_they_were_taken(tmp_path: Path) -> None:
    taken = {0.4: "2026-03-16T17:00:00+00:00", 0.2: "2026-03-02T17:00:00+00:00", 0.3: "2026-03-09T17:00:00+00:00"}
    with Library.open(tmp_path / "library") as library:
        for height, moment in taken.items():
            film = tmp_path / f"{height}.mp4"
            film.write_text(moment, "utf-8")
            video = library.add_video(film, Facts(recorded=moment))
            found = Result(
                metrics=(Metric("jump.height", 1, height, "m", 0.01, "from the time in the air", "Jump"),),
                subjects=(Subject(1, 7, 26),),
            )
            library.create_session(video, athlete="Kim", timeline=TIMELINE, runs=(Run("jumps", "1.0.0", {}, found),))
    jump = lines(tmp_path / "library")["jump.height"]
    assert [point.value for point in jump.points] == sorted(taken)
    assert [point.recorded for point in jump.points] == sorted(taken.values())


def test_sessions_that_came_as_documents_are_in_the_order_their_films_were_taken(tmp_path: Path) -> None:
    taken = {0.4: "2026-03-16T17:00:00+00:00", 0.2: "2026-03-02T17:00:00+00:00"}
    with Library.open(tmp_path / "library") as library:
        for height, moment in taken.items():
            found = Result(
                metrics=(Metric("jump.height", 1, height, "m", 0.01, "from the time in the air", "Jump"),),
                subjects=(Subject(1, 0, 3000),),
            )
            library.create_session(
                None, athlete="Kim", timeline=LINE, runs=(Run("jumps", "1.0.0", {}, found),),
                options={IMPORTED_FILM: FILM | {"recorded": moment}},
            )  # fmt: skip
    jump = lines(tmp_path / "library")["jump.height"]
    assert [point.value for point in jump.points] == sorted(taken)
    assert [point.recorded for point in jump.points] == sorted(taken.values())


def test_of_contact_time_the_least_is_the_best_and_of_angles_none_is(tmp_path: Path) -> None:
    ids = keep_weeks(tmp_path / "library", "Kim", HEIGHTS, KNEES)
    found = lines(tmp_path / "library")
    assert found["gait.contact_time"].best is not None
    assert found["gait.contact_time"].best.session_id == ids[1]
    assert found["angle.left_knee.range"].best is None


def test_left_is_compared_with_right(tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", "Kim", HEIGHTS, KNEES)
    knee = lines(tmp_path / "library")["angle.knee.asymmetry"]
    # 100 (right - left) / mean: 20 of 100 and 10 of 100.
    assert [point.value for point in knee.points] == pytest.approx([20.0, 10.0])
    # Robinson's index of two sides with 2 degrees each, to first order: 400 / 200^2 * hypot(2 right, 2 left).
    assert knee.points[0].uncertainty == pytest.approx(400 * ((220**2 + 180**2) ** 0.5) / 200**2)
    assert knee.title == "Knee, right against left"


def test_asymmetry_that_an_analyzer_told_is_one_line_with_the_one_worked_out_here(tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", "Kim", HEIGHTS, KNEES)
    with Library.open(tmp_path / "library") as library:
        told = Metric("angle.knee.asymmetry", 1, 4.0, "%", 2.0, "symmetry index", "Knee, right against left")
        # The hip hardly moves: the analyzer knows why it says nothing of it.
        hips = [Metric(f"angle.{side}_hip.range", 1, 20.0 + n, "deg", 2.0, "r", "") for n, side in enumerate(SIDES)]
        found = Result(metrics=(told, *hips), subjects=(Subject(1, 0, 3000),))
        library.create_session(
            None, athlete="Kim", timeline=LINE, runs=(Run("angles", "1.0.0", {}, found),), options={IMPORTED_FILM: FILM}
        )
    found_lines = lines(tmp_path / "library")
    asymmetries = [line for line in found_lines.values() if "right against left" in line.title]
    assert [line.title for line in asymmetries] == ["Knee, right against left"]
    assert [point.value for point in asymmetries[0].points] == pytest.approx([20.0, 10.0, 4.0])


def test_a_joint_that_hardly_moves_has_no_sides_to_compare(tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", "Kim", HEIGHTS, ((2.0, 6.0),))
    assert "angle.knee.asymmetry" not in lines(tmp_path / "library")


def test_whether_a_change_is_more_than_measuring_may_do(tmp_path: Path) -> None:
    # 0.01 m each: beyond 2 x 0.014 m it is clear.
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.33))
    keep_weeks(tmp_path / "library", "Lena", (0.31, 0.35))
    keep_weeks(tmp_path / "library", "Mia", (0.31,))
    told = {name: lines(tmp_path / "library", name)["jump.height"].clear for name in ("Kim", "Lena", "Mia")}
    assert told == {"Kim": False, "Lena": True, "Mia": None}


def test_table_holds_every_point_in_si_units(tmp_path: Path) -> None:
    settings.save("units.length", "ft-in")
    keep_weeks(tmp_path / "library", "=Kim()", HEIGHTS)
    with Library.open(tmp_path / "library") as library:
        rows = list(csv.DictReader(io.StringIO(to_csv(progress(library, "=Kim()")))))
    jumps = [row for row in rows if row["name"] == "jump.height"]
    assert [(float(row["value"]), row["unit"], float(row["uncertainty"])) for row in jumps] == [
        (height, "m", 0.01) for height in HEIGHTS
    ]
    # A spreadsheet must not take a name for a formula.
    assert {row["athlete"] for row in rows} == {"'=Kim()"}


def test_nobody_of_that_name_is_told(tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", "Kim", HEIGHTS)
    with pytest.raises(LibraryError, match="No such athlete"):
        lines(tmp_path / "library", "Lena")
    assert "jump.height" in lines(tmp_path / "library", "kim")
