"""The timeline: press and drag ask for the frame under the mouse; the playhead stands over its frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from coachvision.app import theme
from coachvision.app.axis import LEFT, RIGHT
from coachvision.app.timeline import RULER, TimelineWidget
from coachvision.core.time import Timeline
from coachvision.video.importing import import_pass
from coachvision.video.probe import probe_here
from tests.video.clips import write_numbered

_TIMELINE = Timeline(np.arange(101) * 20, Fraction(1, 1000))
# 10 px a frame.
_WIDTH = LEFT + 1000 + RIGHT


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication) -> TimelineWidget:
    theme.wear(qapp, theme.DARK)
    widget = TimelineWidget()
    qtbot.addWidget(widget)
    widget.resize(_WIDTH, widget.sizeHint().height())
    widget.show()
    widget.open(_TIMELINE)
    return widget


def test_pressing_and_dragging_ask_for_each_frame_once(qtbot: QtBot, strip: TimelineWidget) -> None:
    asked: list[int] = []
    strip.seek_requested.connect(asked.append)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(LEFT + 500, 40))
    for x in (LEFT + 501, LEFT + 502, LEFT + 510, LEFT + 511, 2000):
        qtbot.mouseMove(strip, QPoint(x, 40))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(2000, 40))
    assert asked[0] == 50
    assert asked == sorted(set(asked))


def test_places_and_frames_agree_to_the_edges(strip: TimelineWidget) -> None:
    places = (-50, LEFT, LEFT + 4, LEFT + 6, LEFT + 500, LEFT + 1000, 5000)
    assert [strip.frame_at(x) for x in places] == [0, 0, 0, 1, 50, 100, 100]


def test_the_playhead_stands_over_its_frame(strip: TimelineWidget) -> None:
    strip.set_index(30)
    accent = strip.grab().toImage().pixelColor(LEFT + 300, 60)
    assert accent.name() == theme.DARK.accent


def test_the_filmstrip_is_shown_once_it_is_written(qtbot: QtBot, tmp_path: Path) -> None:
    clip = write_numbered(tmp_path / "clip.mp4", 30)
    facts = probe_here(clip)
    widget = TimelineWidget()
    qtbot.addWidget(widget)
    widget.resize(_WIDTH, widget.sizeHint().height())
    widget.open(facts.timeline, tmp_path / "preview")
    empty = widget.grab().toImage()
    import_pass(clip, facts, tmp_path / "preview")
    widget.reload_strip()
    shown = widget.grab().toImage()
    # The clip's pictures have bright and dark cells on top; the empty strip is one colour.
    values = {shown.pixelColor(x, 34).value() // 64 for x in range(200, 800, 5)}
    assert len({empty.pixelColor(x, 34).value() for x in range(200, 800, 5)}) == 1
    assert {0, 3} <= values


def turn(widget: QWidget, x: float, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    """Turn the wheel over a place of the widget."""
    at = QPointF(x, 40)
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_ctrl_and_the_wheel_come_closer_to_what_is_under_the_mouse(strip: TimelineWidget) -> None:
    turn(strip, LEFT + 500, 4, Qt.KeyboardModifier.ControlModifier)
    assert strip.axis.length_s == pytest.approx(2.0 / 1.25**4)
    assert strip.frame_at(LEFT + 500) == 50
    turn(strip, LEFT + 500, -3, Qt.KeyboardModifier.ShiftModifier)
    assert strip.frame_at(LEFT + 500) > 50
    for _ in range(30):
        turn(strip, LEFT, -1, Qt.KeyboardModifier.ControlModifier)
    assert strip.visible_s == (0.0, pytest.approx(2.0))


def test_while_zoomed_the_page_turns_with_the_playhead(strip: TimelineWidget) -> None:
    strip.axis.zoom(8, 0.0)
    end = strip.axis.to_s
    strip.set_index(90)
    assert strip.axis.from_s < 1.8 < strip.axis.to_s
    assert strip.axis.from_s > end


def inked(strip: TimelineWidget) -> list[int]:
    """The columns in which the ruler's numbers have anything."""
    image = strip.grab().toImage()
    empty = image.pixelColor(2, 2)
    return [x for x in range(strip.width()) if any(image.pixelColor(x, y) != empty for y in range(4, RULER - 7))]


def test_the_playheads_head_covers_no_time_of_the_ruler(strip: TimelineWidget) -> None:
    strip.open(Timeline(np.arange(501) * 20, Fraction(1, 1000)))
    strip.set_index(0)
    # Its head is RULER - 10 down and lower; no number reaches there.
    image = strip.grab().toImage()
    lines = {LEFT + 100 * second for second in range(11)}
    inks = [
        (x, y)
        for x in range(LEFT + 20, LEFT + 990)
        for y in range(RULER - 10, RULER - 5)
        if image.pixelColor(x, y) != image.pixelColor(2, 2) and not any(abs(x - line) < 2 for line in lines)
    ]
    assert inks == []
    assert inked(strip)


def test_the_last_time_of_the_ruler_is_written_whole_or_not_at_all(strip: TimelineWidget) -> None:
    strip.set_index(50)
    # Milliseconds every 0.2 s: between the last two there is no room for both.
    assert max(inked(strip)) < LEFT + 1000
    strip.open(Timeline(np.arange(501) * 20, Fraction(1, 1000)))
    strip.set_index(250)
    # Whole seconds: the tenth stands before its line.
    columns = inked(strip)
    assert LEFT + 1000 - 10 <= max(columns) < LEFT + 1000
    assert any(LEFT + 900 < x < LEFT + 950 for x in columns)
