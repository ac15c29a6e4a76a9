"""The chart: in line with the timeline, a press goes there, raw beside filtered, out as a picture and a table."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from coachvision.app import theme
from coachvision.app.axis import LEFT, RIGHT
from coachvision.app.chart import Chart
from coachvision.core.results import Series
from coachvision.core.time import Timeline
from coachvision.core.units import Units
from coachvision.library import Library
from coachvision.services.export.curves import export_curves
from tests.app.conftest import PATIENCE_MS

LINE = Timeline(np.arange(101, dtype=np.int64) * 20, Fraction(1, 1000))
# 10 px a frame.
WIDTH = LEFT + 1000 + RIGHT


def knee(side: str, values: np.ndarray[tuple[int], np.dtype[np.float64]], *, raw: bool = True) -> Series:
    noisy = values + np.where(np.arange(101) % 2, 3.0, -3.0)
    return Series(f"angle.{side}_knee", 1, "deg", LINE.pts, values, noisy if raw else None)


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> Chart:
    theme.wear(qapp, theme.DARK)
    made = Chart()
    qtbot.addWidget(made)
    made.resize(WIDTH, 240)
    left, right = np.linspace(0, 100, 101), np.linspace(100, 0, 101)
    left[40:50] = np.nan
    hip = Series("angle.left_hip", 1, "deg", LINE.pts, np.full(101, 30.0))
    made.show_series([knee("left", left), knee("right", right), hip], LINE)
    made.show()
    qtbot.waitUntil(lambda: made.plot.plot.viewport().width() > 1000, timeout=PATIENCE_MS)
    QApplication.processEvents()
    return made


def test_the_cursor_is_in_line_with_the_timeline_zoomed_or_not(chart: Chart) -> None:
    for zoom in (0, 5):
        chart.axis.zoom(zoom, 1.0)
        QApplication.processEvents()
        for frame in (45, 50, 60):
            seconds = float(LINE.seconds[frame])
            assert chart.plot.x_of(seconds) == pytest.approx(chart.axis.x(seconds, WIDTH), abs=1.0)


def test_a_press_or_drag_goes_to_the_frame_under_it(qtbot: QtBot, chart: Chart) -> None:
    asked: list[int] = []
    chart.seek_requested.connect(asked.append)
    view = chart.plot.plot.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(LEFT + 300, 60))
    qtbot.mouseMove(view, QPoint(LEFT + 700, 60))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(LEFT + 700, 60))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    assert asked[0] == 30
    assert set(asked) <= {30, 70}


def test_the_values_at_the_frame_are_told_and_a_gap_is_a_dash(chart: Chart) -> None:
    chart.set_index(25)
    assert "25°" in chart._values["left"].text()
    assert "75°" in chart._values["right"].text()
    chart.set_index(45)
    assert "–" in chart._values["left"].text()


def pixels(chart: Chart) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = chart.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].copy()


def test_another_series_is_chosen_and_kept_over_a_new_analysis(chart: Chart) -> None:
    before = pixels(chart)
    chart.choice.setCurrentIndex(chart.choice.findText("Hip flexion"))
    assert [one.name for one in chart.shown] == ["angle.left_hip"]
    assert np.any(pixels(chart) != before)
    assert not chart.raw.isEnabled()
    hip = Series("angle.left_hip", 1, "deg", LINE.pts, np.full(101, 31.0))
    chart.show_series([knee("left", np.linspace(0, 9, 101)), hip], LINE)
    assert [one.values[0] for one in chart.shown] == [31.0]


def test_raw_values_are_shown_beside_the_filtered_ones(qtbot: QtBot, chart: Chart) -> None:
    before = pixels(chart)
    qtbot.mouseClick(chart.raw, Qt.MouseButton.LeftButton)
    changed = np.any(pixels(chart) != before, axis=2)
    assert changed.sum() > 1000
    qtbot.mouseClick(chart.raw, Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(pixels(chart), before)


def test_the_chart_is_given_out_as_it_is_seen(chart: Chart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[bytes, Path]] = []
    chart.picture_wanted.connect(lambda png, path: told.append((png, path)))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "knee"), ""))
    chart.export.menu().actions()[0].trigger()
    ((png, path),) = told
    assert path == tmp_path / "knee.png"
    image = QImage.fromData(png)
    assert (image.width(), image.height()) == (2 * chart.plot.width(), 2 * chart.plot.height())
    shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    assert len(shades) > 2


def test_lengths_and_speeds_are_drawn_and_told_in_the_coachs_units(chart: Chart) -> None:
    speed = Series("track.speed", 1, "m/s", LINE.pts, np.linspace(0, 10, 101))
    height = Series("bar.height", 1, "m", LINE.pts, np.full(101, 1.5))
    told = {}
    for units in (None, Units("cm", "km/h"), Units("ft-in", "mph")):
        for one in (speed, height):
            chart.show_series([one], LINE, None, units)
            (curve,) = chart.plot.curves
            told[curve.drawn_unit] = curve.told_at(1.0)
            low, high = chart.plot.plot.getPlotItem().vb.viewRange()[1]
            # The line stands where the axis says, not where metres would be.
            assert low <= curve.drawn(curve.values).max() <= high
    assert told == {
        "m/s": "5.00\u202fm/s", "m": "1.50\u202fm", "km/h": "18.0\u202fkm/h", "cm": "150.0\u202fcm",
        "mph": "11.2\u202fmph", "ft": "4 ft 11.1 in",
    }  # fmt: skip


def test_the_chosen_curves_are_written_as_a_table_with_their_gaps(chart: Chart, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        export_curves(library, chart.shown, LINE, tmp_path / "knee.csv")
    with (tmp_path / "knee.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [
        "time_s", "angle.left_knee (deg)", "angle.left_knee (deg) raw", "angle.right_knee (deg)",
        "angle.right_knee (deg) raw",
    ]  # fmt: skip
    assert rows[1 + 25] == ["0.500000", "25", "28", "75", "78"]
    assert rows[1 + 45][1:3] == ["", ""]
    assert len(rows) == 102


def test_what_the_numbers_are_stands_beside_them(chart: Chart) -> None:
    axis = chart.plot.plot.getAxis("left")
    label = axis.label.mapRectToParent(axis.label.boundingRect())
    assert axis.label.toPlainText().strip() == "degrees"
    # Nearer to the curves than to the edge, and left of what a number takes.
    assert (
        LEFT / 4 < label.left() < label.right() < LEFT - QFontMetricsF(axis.style["tickFont"]).horizontalAdvance("100")
    )
