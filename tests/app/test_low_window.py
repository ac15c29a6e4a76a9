"""A session in the smallest window: the video, the session's name and the words to add are seen whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.window import LEAST, Window
from coachvision.core.drawing import Anchor, Drawing
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions


@pytest.fixture
def window(open_window: Open, qtbot: QtBot, tmp_path: Path) -> Window:
    """The window as small as it gets, with an analyzed session on screen."""
    settings.save("import.proxy", False)
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, sessions.write_film(tmp_path / "film.mp4"))
    made = open_window()
    made.resize(LEAST)
    made.open_session(session)
    qtbot.waitUntil(lambda: made.session.chart is not None and made.session.chart.isVisible(), timeout=PATIENCE_MS)
    return made


def place(widget: QWidget, window: Window) -> QRect:
    """Where it is in the window."""
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def test_the_video_is_the_largest_thing_and_nothing_lies_over_it(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session.player is not None
    assert session.timeline is not None
    assert session.tags is not None
    assert session.chart is not None
    canvas = session.player.canvas
    for name in ("Good", "Attempt", "To work on"):
        session.tags.bar.buttons[name].click()
    others = (session.player.controls, session.timeline, session.tags.bar, session.tags.rows, session.chart)
    # A third more than the least a canvas may have: with a high chart, filmstrip and rows it would be below that.
    qtbot.waitUntil(lambda: canvas.height() >= 165, timeout=PATIENCE_MS)
    for other in others:
        assert not place(canvas, window).intersects(place(other, window)), other
        assert other.height() < canvas.height()


def test_the_chart_is_as_high_as_ever_in_a_high_window_and_as_the_coach_drew_it(window: Window, qtbot: QtBot) -> None:
    session = window.session
    chart = session.chart
    assert chart is not None
    low = chart.height()
    window.resize(1360, 860)
    qtbot.waitUntil(lambda: chart.height() == 220, timeout=PATIENCE_MS)
    assert low < 150
    session._column.splitterMoved.emit(400, 1)
    session._column.setSizes([session.height() - 300, 300])
    window.resize(1360, 900)
    qtbot.waitUntil(lambda: session.height() > 800, timeout=PATIENCE_MS)
    assert chart.height() == pytest.approx(300, abs=2)


def test_the_name_of_the_session_stays_and_buttons_without_words_keep_their_names(window: Window, qtbot: QtBot) -> None:
    header = window.header
    qtbot.waitUntil(lambda: header._title.width() > 120, timeout=PATIENCE_MS)
    for made in (header.analyze, header.compare, header.add):
        assert made.text() == ""
        assert made.toolTip() == made.accessibleName() != ""
        assert made.width() >= made.sizeHint().width()
    window.go("library")
    assert header.add.text() == "Add videos"


def test_the_words_of_a_moment_come_into_view_after_the_second_click(window: Window, qtbot: QtBot) -> None:
    tags = window.session.tags
    assert tags is not None
    bar = tags.bar
    bar.buttons["Attempt"].click()
    bar.buttons["Attempt"].click()
    assert bar.words
    seen = bar._scroll.viewport()
    last = list(bar.words.values())[-1]
    qtbot.waitUntil(
        lambda: seen.rect().contains(QRect(last.mapTo(seen, last.rect().topLeft()), last.size())), timeout=PATIENCE_MS
    )


def test_a_record_button_that_does_nothing_does_not_look_as_if_it_did(window: Window) -> None:
    window.resize(1280, 720)
    window.go("capture")
    record = window.shown("capture").record  # type: ignore[attr-defined]  # the screen of cameras
    assert not record.isEnabled()
    off = record.grab().toImage().pixelColor(20, 20)
    record.setEnabled(True)
    assert record.grab().toImage().pixelColor(20, 20) != off


def test_the_sheet_of_keys_is_scrolled_where_it_does_not_fit_and_nothing_of_it_is_squeezed(
    window: Window, qtbot: QtBot
) -> None:
    window.go("library")
    window.keys.toggle()
    sheet = window.keys
    told = [label for label in sheet.findChildren(QLabel) if label.text() and label.isVisible()]
    assert len(told) > 60
    for label in told:
        assert label.height() >= label.sizeHint().height(), label.text()
        assert label.width() >= label.sizeHint().width(), label.text()
    bar = sheet._rows.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=PATIENCE_MS)
    assert sheet._rows.horizontalScrollBar().maximum() == 0
    # It says what these keys do while there is anything to scroll, and only then.
    assert "↑ and ↓ scroll; any other key" in sheet.about.text()
    window.resize(1440, 1000)
    qtbot.waitUntil(lambda: "Any key or a click puts this away." in sheet.about.text(), timeout=PATIENCE_MS)
    window.resize(LEAST)
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=PATIENCE_MS)
    qtbot.keyClick(sheet, Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_X)
    assert not sheet.isVisible()


@pytest.mark.parametrize("screen", ["library", "progress", "settings"])
def test_what_can_be_searched_is_said_whole_or_not_at_all(window: Window, qtbot: QtBot, screen: str) -> None:
    window.go(screen)
    search, account = window.header.search, window.header.places["account"]
    hint = window.shown(screen).search_hint
    # As the style sheet pads it.
    whole = search.fontMetrics().horizontalAdvance(hint) + 28
    qtbot.waitUntil(lambda: search.placeholderText() == hint and search.width() >= whole, timeout=PATIENCE_MS)
    # With every place of the navigation, all of them long, there is no room for it.
    account.setVisible(True)
    for place in window.header.places:
        window.header.tell(place, "(12)")
    qtbot.waitUntil(lambda: search.width() < whole, timeout=PATIENCE_MS)
    assert search.placeholderText() == "Search"
    assert search.toolTip() == hint


def test_half_a_word_of_a_curves_unit_is_never_seen(window: Window, qtbot: QtBot) -> None:
    chart = window.session.chart
    assert chart is not None
    axis = chart.plot.plot.getAxis("left")
    for height in (600, 660, 720, 860):
        window.resize(1280, height)
        qtbot.waitUntil(lambda: window.height() == height, timeout=PATIENCE_MS)  # noqa: B023 - at once
        qtbot.wait(0)
        place = axis.label.mapRectToParent(axis.label.boundingRect())
        assert not axis.label.isVisible() or (place.top() >= 0 and place.bottom() <= axis.size().height()), height
    assert axis.label.isVisible()


def test_what_a_tool_does_ends_in_dots_where_it_is_cut(window: Window, qtbot: QtBot) -> None:
    studio = window.session.studio
    assert studio is not None
    qtbot.mouseClick(studio.rail.buttons["angle"], Qt.MouseButton.LeftButton)
    hint = studio.strip._hint
    qtbot.waitUntil(lambda: hint._label.text().endswith("…"), timeout=PATIENCE_MS)
    assert hint._label.toolTip().startswith("Click one side, the corner")
    # On two lines there is room for what counts.
    wanted = "Click one side, the corner, the other side."
    qtbot.waitUntil(lambda: hint._label.text().replace("\n", " ").startswith(wanted), timeout=PATIENCE_MS)


def test_how_a_drawing_looks_is_chosen_in_a_narrow_window_too(window: Window, qtbot: QtBot) -> None:
    studio = window.session.studio
    assert studio is not None
    qtbot.waitUntil(lambda: studio.board.timeline is not None, timeout=PATIENCE_MS)
    studio.board.add(Drawing("one", "text", (Anchor(40.0, 40.0),), 0, text="knee"))
    strip = studio.strip
    parts = [strip.text, *strip.widths, *strip.colours, strip.opacity, strip.whole]

    def places() -> list[QRect]:
        return [place(part, window) for part in parts]

    # One beside the other, all within the strip.
    qtbot.waitUntil(lambda: all(one.right() < other.left() for one, other in pairwise(places())), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: place(strip, window).contains(places()[-1]), timeout=PATIENCE_MS)
    assert strip.whole.width() >= strip.whole.sizeHint().width()
    assert not strip.row.later.isVisible()
    # A grid has more than there is room for.
    corners = tuple(Anchor(x, y) for x, y in ((20.0, 20.0), (90.0, 90.0)))
    studio.board.add(Drawing("two", "grid", corners, 0))
    qtbot.waitUntil(strip.row.later.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(strip.row.later, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: place(strip.row, window).contains(places()[-1]), timeout=PATIENCE_MS)
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: strip.colours[0].width() == 26, timeout=PATIENCE_MS)
    assert strip._title.isVisible()


def test_no_button_of_the_board_is_cut_and_arrows_lead_to_the_others(window: Window, qtbot: QtBot) -> None:
    tags = window.session.tags
    assert tags is not None
    bar = tags.bar
    row, buttons = bar._scroll, [bar._marker, *bar.buttons.values()]
    qtbot.waitUntil(row.later.isVisible, timeout=PATIENCE_MS)

    def seen() -> list[str]:
        """The buttons that are seen whole; no other is seen at all."""
        arrows = [place(one, window) for one in (row.earlier, row.later) if one.isVisible()]
        free = place(row.viewport(), window)
        whole = []
        for one in buttons:
            at = place(one, window)
            if not any(at.intersects(arrow) for arrow in arrows) and free.contains(at):
                whole.append(one.accessibleName())
            else:
                shown = at.intersected(free)
                assert shown.isEmpty() or any(arrow.contains(shown) for arrow in arrows), one.text()
        return whole

    first = seen()
    assert first[0] == "Tag Marker"
    assert not row.earlier.isVisible()
    qtbot.mouseClick(row.later, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(row.earlier.isVisible, timeout=PATIENCE_MS)
    second = seen()
    assert second != first
    assert {*first, *second} == {one.accessibleName() for one in buttons}
    qtbot.mouseClick(row.earlier, Qt.MouseButton.LeftButton)
    assert seen() == first
