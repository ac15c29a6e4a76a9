"""Comparing as a coach does: two sessions found, aligned by a key or an event, played together, superposed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.compare.numbers import WIDTH, Numbers
from coachvision.app.compare.view import CompareView
from coachvision.app.player.standing import fitted
from coachvision.app.remembered import Look, keep_look, look_of
from coachvision.app.window import LEAST, Window
from coachvision.core.results import Event, Metric, Result, Series, Subject
from coachvision.core.units import Units
from coachvision.library import Library
from coachvision.services.compare import Comparison
from coachvision.services.import_video import import_video
from coachvision.wire.comparison import ComparedMetric
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip

LEFT = Qt.MouseButton.LeftButton
FRAMES = (90, 60)
FPS = 30


@dataclass(frozen=True)
class Pair:
    """Two sessions: the squat begins at frame 30 of the first and 20 of the second."""

    a: str
    b: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pair]:
    """A library with both, made once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    ids = []
    with Library.open(folder / "library") as library:
        for name, frames, athlete, begin in (("one", FRAMES[0], "Anna", 30), ("two", FRAMES[1], "Ben", 20)):
            session = import_video(library, write_clip(folder / f"{name}.mp4", frames=frames), athlete=athlete)
            line = library.session_timeline(session.session_id)
            knee = 100.0 * np.exp(-(((np.arange(frames) - begin - 10) / 8) ** 2))
            result = Result(
                subjects=(Subject(1, int(line.pts[0]), int(line.pts[-1]), of_interest=True),),
                series=(
                    Series("angle.left_knee", 1, "deg", line.pts, knee),
                    Series("bar.height", 1, "m", line.pts, 1.0 + knee / 100),
                ),
                events=(Event("rep", 1, int(line.pts[begin]), int(line.pts[begin + 20]), "squat"),),
                metrics=(
                    Metric("angle.left_knee.max", 1, 100.0 + begin, "deg", 2.5, "m"),
                    Metric("track.speed_mean", 1, begin / 10, "m/s", None, "m"),
                    Metric("bar.drop", 1, begin / 20, "m", None, "m"),
                ),
            )
            library.save_run(session.session_id, "angles", "1", {}, result, line)
            ids.append(session.session_id)
    return folder / "library", Pair(*ids)


@pytest.fixture
def pair(tmp_path: Path, made: tuple[Path, Pair]) -> Pair:
    shutil.copytree(made[0], tmp_path / "library")
    settings.save("import.proxy", False)
    settings.save("analysis.auto", False)
    return made[1]


def comparing(window: Window, qtbot: QtBot) -> CompareView:
    """Wait until both films are seen."""
    view = window.shown("compare")
    assert isinstance(view, CompareView)
    qtbot.waitUntil(
        lambda: view.comparison is not None and all(s.player.canvas.picture is not None for s in view.sides),
        timeout=PATIENCE_MS,
    )
    return view


@pytest.fixture
def view(open_window: Open, qtbot: QtBot, pair: Pair) -> CompareView:
    window = open_window()
    window.compare(pair.a, pair.b)
    shown = comparing(window, qtbot)
    wait_at(shown, qtbot, 30, 20)
    return shown


def wait_at(view: CompareView, qtbot: QtBot, a: int, b: int) -> None:
    qtbot.waitUntil(lambda: (view.sides[0].player.index, view.sides[1].player.index) == (a, b), timeout=PATIENCE_MS)


def test_films_are_aligned_by_the_event_that_both_have(view: CompareView, qtbot: QtBot) -> None:
    assert view.comparison is not None
    assert view.comparison.shared_kinds == ("Squat: start", "Squat: end")
    view.align_by("Squat: end")
    wait_at(view, qtbot, 50, 40)
    assert "A 00:01.667 = B 00:01.333" in view.bar.told.text()


def test_one_steps_and_the_other_follows_and_either_may_lead(view: CompareView, qtbot: QtBot) -> None:
    a, b = (side.player for side in view.sides)
    a.setFocus()
    qtbot.keyClick(a, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    wait_at(view, qtbot, 40, 30)
    qtbot.mouseClick(b.canvas, LEFT)
    b.setFocus()
    qtbot.keyClick(b, Qt.Key.Key_Left)
    wait_at(view, qtbot, 39, 29)
    # Beyond its end the other stays on its last frame.
    view.link.seek(2.9)
    wait_at(view, qtbot, 87, 59)


def test_f8_makes_what_is_seen_the_same_moment(view: CompareView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.bar.linked, LEFT)
    assert not view.link.linked
    view.sides[0].player.seek(45)
    view.sides[1].player.seek(10)
    wait_at(view, qtbot, 45, 10)
    qtbot.keyClick(view.sides[1].player, Qt.Key.Key_F8)
    assert view.link.linked
    assert view.bar.linked.isChecked()
    view.link.seek(2.0)
    wait_at(view, qtbot, 60, 25)


def test_both_play_together_and_stay_together(view: CompareView, qtbot: QtBot) -> None:
    seen: list[float] = []
    aligned = view.link.alignment
    view.link.moved.connect(lambda a, b: seen.append(aligned.to_b(a) - b) if view.sides[1].player.playing else None)
    qtbot.mouseClick(view.bar.play, LEFT)
    qtbot.waitUntil(lambda: all(side.player.playing for side in view.sides), timeout=PATIENCE_MS)
    assert view.bar.play.text() == "Pause both"
    qtbot.waitUntil(lambda: view.sides[0].player.index >= 55, timeout=PATIENCE_MS)
    qtbot.mouseClick(view.bar.play, LEFT)
    qtbot.waitUntil(lambda: not any(side.player.playing for side in view.sides), timeout=PATIENCE_MS)
    a = view.sides[0].player.index
    wait_at(view, qtbot, a, a - 10)
    # On a busy machine pictures come late; apart by half a second they would not be together at all.
    assert seen
    assert np.median(np.abs(seen[len(seen) // 2 :])) < 0.2


def test_b_may_run_at_another_speed(view: CompareView, qtbot: QtBot) -> None:
    view.bar.ratio.setCurrentIndex(view.bar.ratio.findData(0.5))
    view.bar.ratio.activated.emit(view.bar.ratio.currentIndex())
    view.link.seek(1.0 + 20 / FPS)
    wait_at(view, qtbot, 50, 30)
    view.sides[0].player.setFocus()
    view.link.lead(0)
    view.sides[0].player.set_speed(0.5)
    assert view.sides[1].player.speed == pytest.approx(0.25)


def pixels(view: CompareView) -> NDArray[np.int64]:
    image = view.sides[0].player.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return rows[:, :, :3].astype(np.int64)


def test_superposed_both_pictures_are_seen_and_the_slider_fades_b(view: CompareView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.bar.over, LEFT)
    assert not view.sides[1].isVisible()
    assert view.bar.opacity.isVisible()
    view.bar.opacity.setValue(0)
    qtbot.waitUntil(lambda: view.sides[0].player.canvas.width() > 600, timeout=PATIENCE_MS)
    alone = pixels(view)
    view.bar.opacity.setValue(100)
    covered = pixels(view)
    view.bar.opacity.setValue(50)
    half = pixels(view)
    changed = np.abs(covered - alone).max(axis=2) > 40
    # The square of B stands 20 pixels of the film left of A's.
    assert changed.sum() > 500
    np.testing.assert_allclose(half[changed], ((alone + covered) / 2)[changed], atol=3)
    assert "two.mp4 over it" in view.sides[0].over.text()
    qtbot.mouseClick(view.bar.over, LEFT)
    assert view.sides[1].isVisible()


def test_films_are_looked_at_as_in_their_sessions_superposed_as_well(
    open_window: Open, qtbot: QtBot, pair: Pair
) -> None:
    keep_look(pair.a, Look(180))
    keep_look(pair.b, Look(mirrored=True))
    window = open_window()
    window.compare(pair.a, pair.b)
    view = comparing(window, qtbot)
    wait_at(view, qtbot, 30, 20)
    a, b = (side.player for side in view.sides)
    assert [(one.canvas.turned, one.canvas.mirrored) for one in (a, b)] == [(180, False), (0, True)]
    qtbot.mouseClick(view.bar.over, LEFT)
    qtbot.waitUntil(lambda: a.canvas.width() > 600, timeout=PATIENCE_MS)
    view.bar.opacity.setValue(0)
    alone = pixels(view)
    view.bar.opacity.setValue(100)
    mirrored = pixels(view)
    b.mirror()
    # What is changed here is remembered, too.
    assert look_of(pair.b) == Look()
    plain = pixels(view)
    assert np.abs(plain - mirrored).max() > 100
    np.testing.assert_allclose(mirrored, plain[:, ::-1], atol=30)
    # On its side it takes the middle of the picture that it lies on, whichever way that one is turned.
    b.turn(90)
    changed = np.flatnonzero((np.abs(pixels(view) - alone) > 40).any(axis=(0, 2)))
    below = a.canvas.target()
    place = fitted(b.canvas.video_size, below, 90)
    assert place.width() < 0.6 * below.width()
    assert place.left() - 2 <= changed.min() < changed.max() <= place.right() + 2


def test_both_curves_stand_in_the_first_ones_time_and_a_press_goes_there(view: CompareView, qtbot: QtBot) -> None:
    chart = view.chart
    assert chart is not None
    assert chart.isVisible()
    of_a, of_b = chart.plot.curves
    assert of_b.dashed
    # Aligned by the squat's beginning, both bend most at the same time.
    assert of_a.times[of_a.values.argmax()] == pytest.approx(of_b.times[of_b.values.argmax()], abs=1 / FPS)
    assert chart.values[0].text().endswith(of_a.told_at(1.0))
    chart.plot.scrubbed.emit(2.0)
    wait_at(view, qtbot, 60, 50)
    # Right of them stand the numbers of both.
    assert view.numbers is not None
    table = view.numbers.table
    cells = [table.item(0, at).text() for at in range(4)]  # type: ignore[union-attr]  # four columns
    assert cells == ["Left knee, most bent", "130°", "120°", "−10°"]


def test_numbers_and_curves_are_told_in_the_coachs_units(open_window: Open, qtbot: QtBot, pair: Pair) -> None:
    settings.save("units.length", "ft-in")
    settings.save("units.speed", "km/h")
    window = open_window()
    window.compare(pair.a, pair.b)
    view = comparing(window, qtbot)
    assert view.numbers is not None
    assert view.chart is not None
    table = view.numbers.table
    rows = [[table.item(row, at).text() for at in range(1, 4)] for row in range(1, 3)]  # type: ignore[union-attr]
    # 3 and 2 m/s; 1.5 and 1 m.
    assert rows[0] == ["10.8\u202fkm/h", "7.2\u202fkm/h", "\u22123.6\u202fkm/h"]
    assert rows[1] == ["4 ft 11.1 in", "3 ft 3.4 in", "\u22121 ft 7.7 in"]
    view.chart.choice.setCurrentIndex(view.chart.choice.findData("bar.height"))
    of_a, _ = view.chart.plot.curves
    assert of_a.drawn_unit == "ft"
    # At its deepest 2 m.
    assert of_a.told_at(40 / FPS) == "6 ft 6.7 in"


def test_sessions_are_found_by_name_on_the_screen_itself(open_window: Open, qtbot: QtBot, pair: Pair) -> None:
    window = open_window()
    window.go("compare")
    view = window.shown("compare")
    assert isinstance(view, CompareView)
    assert view.bar.by.currentText() == "Align by sync point"
    for side, name in zip(view.sides, ("Anna", "Ben"), strict=True):
        qtbot.waitUntil(lambda side=side: side.list.count() == 2, timeout=PATIENCE_MS)
        qtbot.keyClicks(side.field, name)
        qtbot.waitUntil(lambda side=side: side.list.count() == 1, timeout=PATIENCE_MS)
        film, _, told = side.list.item(0).text().partition("\n")
        assert (film, told.partition("  ·  ")[0]) == ("one.mp4" if name == "Anna" else "two.mp4", name)
        qtbot.keyClick(side.field, Qt.Key.Key_Return)
    comparing(window, qtbot)
    assert [side.title.text() for side in view.sides] == ["one.mp4", "two.mp4"]


def test_whoever_does_not_want_another_session_after_all_goes_back(view: CompareView, qtbot: QtBot) -> None:
    side = view.sides[1]
    qtbot.mouseClick(side.other, LEFT)
    assert side.pages.currentWidget() is side.picker
    assert side.other.text() == "Keep this one"
    qtbot.mouseClick(side.other, LEFT)
    assert side.pages.currentWidget() is side.player
    assert side.other.text() == "Choose another"
    assert side.player.canvas.picture is not None


def test_a_session_of_nobody_is_listed_with_its_day_alone(
    open_window: Open, qtbot: QtBot, pair: Pair, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        library.update_session(pair.b, athlete="")
    window = open_window()
    window.go("compare")
    view = window.shown("compare")
    assert isinstance(view, CompareView)
    qtbot.keyClicks(view.sides[0].field, "two")
    qtbot.waitUntil(lambda: view.sides[0].list.count() == 1, timeout=PATIENCE_MS)
    assert view.sides[0].list.item(0).text().startswith(("two.mp4\nToday, ", "two.mp4\nYesterday, "))


def test_in_the_smallest_window_all_has_room_and_the_numbers_stand_beside_the_curves(
    view: CompareView, qtbot: QtBot
) -> None:
    assert view.chart is not None
    assert view.numbers is not None
    name = "A session with a name as long as nobody would ever give one to a session of his, not even in jest"
    for side in view.sides:
        side.title.say(name)
    view.window().resize(LEAST)
    qtbot.waitUntil(lambda: view.width() == LEAST.width(), timeout=PATIENCE_MS)
    assert view.minimumSizeHint().width() <= LEAST.width()
    assert view.sides[0].title.text() == name
    qtbot.mouseClick(view.bar.over, LEFT)
    assert view.minimumSizeHint().width() <= LEAST.width()
    qtbot.waitUntil(lambda: view.numbers.isVisible() and view.chart.isVisible(), timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert top(view.numbers, view) == top(view.chart, view) > top(view.bar, view)
    qtbot.mouseClick(view.bar.more, LEFT)
    assert not view.numbers.isVisible()
    qtbot.mouseClick(view.bar.more, LEFT)
    view.window().resize(1440, 900)
    qtbot.waitUntil(lambda: view.width() == 1440, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: view.numbers.height() == view.height(), timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert view.minimumSizeHint().width() <= 1440


def top(widget: QWidget, view: CompareView) -> int:
    return widget.mapTo(view, QPoint(0, 0)).y()


def test_names_of_numbers_are_told_whole_however_long(qtbot: QtBot) -> None:
    """Each a little longer than the one before, from within the column's width to beyond it."""
    titles = [f"Right hip, range of {'i' * more}" for more in range(60)]
    told = [ComparedMetric(name=title, title=title, unit="deg", a=1.0, b=2.0, difference=1.0) for title in titles]
    numbers = Numbers()
    qtbot.addWidget(numbers)
    numbers.resize(WIDTH, 700)
    numbers.show()
    numbers.show_metrics(cast("Comparison", SimpleNamespace(metrics=tuple(told))), Units())
    QApplication.processEvents()
    table = numbers.table
    # Left and right, above and below, as the style sheet has them.
    room, fits = table.columnWidth(0) - 16, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    needed = [table.fontMetrics().boundingRect(QRect(0, 0, room, 9999), fits, title).height() + 12 for title in titles]
    assert len(set(needed)) > 1
    assert not [title for row, title in enumerate(titles) if table.rowHeight(row) < needed[row]]


# By themselves 0.9° and 0.014 m, which are shown as 1° and 0.01 m beside numbers that are as far apart as here.
@pytest.mark.parametrize(
    ("unit", "a", "b", "units", "told"),
    [
        ("deg", 1.6, 2.5, Units(), ("2°", "2°", "0°")),
        ("deg", 100.4, 97.6, Units(), ("100°", "98°", "−2°")),
        ("m", 0.314, 0.328, Units(), ("0.31 m", "0.33 m", "+0.02 m")),
        ("m", 0.3144, 0.3291, Units(length="ft-in"), ("1 ft 0.4 in", "1 ft 1.0 in", "+0.6 in")),
        ("%", 1.4, 2.4, Units(), ("1%", "2%", "+1 point")),
        ("1", 3.0, 3.5, Units(), ("3", "3.50", "+0.50")),
    ],
)
def test_the_difference_is_that_of_the_numbers_beside_it(
    qtbot: QtBot, unit: str, a: float, b: float, units: Units, told: tuple[str, str, str]
) -> None:
    numbers = Numbers()
    qtbot.addWidget(numbers)
    metric = ComparedMetric(name="x", title="x", unit=unit, a=a, b=b, difference=b - a)
    numbers.show_metrics(cast("Comparison", SimpleNamespace(metrics=(metric,))), units)
    shown = [numbers.table.item(0, column) for column in (1, 2, 3)]
    assert tuple(item.text().replace("\u202f", " ") for item in shown if item is not None) == told


def test_two_chosen_in_the_library_and_one_open_session_lead_here(open_window: Open, qtbot: QtBot, pair: Pair) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: len(window.library.model.cards) == 2, timeout=PATIENCE_MS)
    window.library.list.selectAll()
    qtbot.waitUntil(window.library.selection.compare.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(window.library.selection.compare, LEFT)
    view = comparing(window, qtbot)
    assert set(view.ids) == {pair.a, pair.b}
    window.open_session(pair.b)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    qtbot.mouseClick(window.header.compare, LEFT)
    assert view.ids == [pair.b, ""]
    assert view.sides[1].picker.isVisible()


def test_a_film_that_is_gone_is_told_and_the_numbers_are_shown(
    open_window: Open, qtbot: QtBot, pair: Pair, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        video = library.session(pair.b).video
        assert video is not None
        video.path.unlink()
    window = open_window()
    window.compare(pair.a, pair.b)
    view = window.shown("compare")
    assert isinstance(view, CompareView)
    qtbot.waitUntil(lambda: view.comparison is not None, timeout=PATIENCE_MS)
    assert "not where it was" in window.messages.text
    assert view.numbers is not None
    assert view.numbers.table.rowCount() == 3


def test_a_window_closed_while_both_play_ends_both(view: CompareView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.bar.play, LEFT)
    qtbot.waitUntil(lambda: all(side.player.playing for side in view.sides), timeout=PATIENCE_MS)
    view.window().close()
