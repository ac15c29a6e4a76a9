"""The progress screen: who, which number, the best, a click opens the session, a table is exported."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.progress_view import ProgressView
from coachvision.app.window import LEAST, Window
from coachvision.core.results import Metric, Result, Subject
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.session import IMPORTED_FILM
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.weeks import FILM, LINE, keep_weeks


def progress(window: Window, qtbot: QtBot) -> ProgressView:
    window.go("progress")
    view = window.shown("progress")
    assert isinstance(view, ProgressView)
    qtbot.waitUntil(lambda: view.told is not None, timeout=PATIENCE_MS)
    return view


def texts(view: ProgressView) -> list[str]:
    return [one.text() for one in view.findChildren(QLabel) if one.isVisible()]


def test_best_and_line_are_shown_and_a_point_opens_its_session(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    ids = keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35, 0.33), team="U18")
    window = open_window()
    view = progress(window, qtbot)
    assert view.number.currentText() == "Best jump"
    assert [dot.value for dot in view.trend.dots] == [0.31, 0.35, 0.33]
    assert [dot.best for dot in view.trend.dots] == [False, True, False]
    qtbot.waitUntil(lambda: "0.35\u202fm" in texts(view), timeout=PATIENCE_MS)
    # Each height is known to 0.01 m.
    assert "+0.02\u202fm since the first session, within what measuring alone may change" in texts(view)
    qtbot.mouseClick(view.trend, Qt.MouseButton.LeftButton, pos=view.trend.place(view.trend.dots[1]).toPoint())
    assert window.session.session == ids[1]


def test_keys_go_from_point_to_point_and_open(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    ids = keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35, 0.33))
    window = open_window()
    view = progress(window, qtbot)
    view.trend.setFocus()
    qtbot.keyClick(view.trend, Qt.Key.Key_Left)
    qtbot.keyClick(view.trend, Qt.Key.Key_Return)
    assert window.session.session == ids[1]


def test_a_share_grows_by_percentage_points_and_what_is_sure_is_told_without_reserve(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35), ((90.0, 110.0), (99.5, 100.5)))
    view = progress(open_window(), qtbot)
    assert "+0.04\u202fm since the first session" in texts(view)
    view.number.setCurrentText("Knee, right against left")
    assert "\u221219\u202fpercentage points since the first session" in texts(view)


def test_the_reserve_to_a_change_is_read_whole_in_the_smallest_window(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35), ((90.0, 110.0), (91.0, 109.0)))
    window = open_window()
    view = progress(window, qtbot)
    window.resize(LEAST)
    view.number.setCurrentText("Knee, right against left")
    assert view._change.text().endswith("measuring alone may change")
    qtbot.waitUntil(lambda: view.width() == LEAST.width(), timeout=PATIENCE_MS)
    qtbot.waitUntil(
        lambda: view._change.height() >= view._change.heightForWidth(view._change.width()), timeout=PATIENCE_MS
    )
    assert view.minimumSizeHint().width() <= LEAST.width()


def test_without_a_headline_the_number_measured_most_often_is_first(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        for week, names in enumerate((("angle.left_hip.max",), ("angle.left_hip.max", "angle.knee.asymmetry"))):
            found = Result(
                metrics=tuple(Metric(name, 1, 40.0 + week, "deg", 2.0, "m", "") for name in names),
                subjects=(Subject(1, 0, 3000),),
            )
            library.create_session(
                None, athlete="Kim", timeline=LINE, runs=(Run("angles", "1.0.0", {}, found),),
                options={IMPORTED_FILM: FILM},
            )  # fmt: skip
    view = progress(open_window(), qtbot)
    assert view.number.itemText(0).startswith("Knee")
    assert view.number.currentText() == "Left hip, most bent"


@pytest.mark.parametrize(("unit", "shown"), [("cm", "35.0\u202fcm"), ("ft-in", "1 ft 1.8 in")])
def test_lengths_are_in_the_coachs_units(
    open_window: Open, qtbot: QtBot, tmp_path: Path, unit: str, shown: str
) -> None:
    settings.save("units.length", unit)
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35))
    view = progress(open_window(), qtbot)
    qtbot.waitUntil(lambda: shown in texts(view), timeout=PATIENCE_MS)


def test_search_finds_athletes_by_team_and_new_ones_are_added(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", "Kim", (0.31,), team="U18")
    window = open_window()
    view = progress(window, qtbot)
    qtbot.keyClicks(view.new, "Lena, U16")
    qtbot.keyClick(view.new, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.list.count() == 2, timeout=PATIENCE_MS)
    qtbot.keyClicks(window.header.search, "u16")
    assert [view.list.item(row).text() for row in range(view.list.count())] == ["Lena\nU16"]
    qtbot.waitUntil(lambda: view.told is not None and view.told.athlete == "Lena", timeout=PATIENCE_MS)
    assert view.trend.dots == []


def test_table_is_exported(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35))
    window = open_window()
    view = progress(window, qtbot)
    view.export_to(tmp_path / "kim.csv")
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert (tmp_path / "kim.csv").read_text("utf-8").count("jump.height") == 2


def test_empty_library_says_what_to_do(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.go("progress")
    view = window.shown("progress")
    assert isinstance(view, ProgressView)
    qtbot.waitUntil(lambda: any(text.startswith("Nobody yet.") for text in texts(view)), timeout=PATIENCE_MS)
