"""The timeline: press and drag ask for the frame under the mouse; events and span stand where they belong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coachvision.app import theme
from coachvision.app.timeline import TimelineWidget
from coachvision.core.results import Event
from coachvision.core.time import Timeline
from coachvision.video.importing import import_pass
from coachvision.video.probe import probe_here
from tests.video.clips import write_numbered

_TIMELINE = Timeline(np.arange(101) * 20, Fraction(1, 1000))
# 12 px of margin on either side: 10 px a frame.
_WIDTH = 1024


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
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(12 + 500, 40))
    for x in (513, 514, 522, 523, 2000):
        qtbot.mouseMove(strip, QPoint(x, 40))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(2000, 40))
    assert asked[0] == 50
    assert asked == sorted(set(asked))


def test_places_and_frames_agree_to_the_edges(strip: TimelineWidget) -> None:
    assert [strip.frame_at(x) for x in (-50, 12, 16, 18, 512, 1012, 5000)] == [0, 0, 0, 1, 50, 100, 100]


def test_the_playhead_stands_over_its_frame(strip: TimelineWidget) -> None:
    strip.set_index(30)
    accent = strip.grab().toImage().pixelColor(12 + 300, 60)
    assert accent.name() == theme.DARK.accent


def test_each_kind_of_event_has_a_row(strip: TimelineWidget) -> None:
    before = strip.sizeHint().height()
    strip.set_events([Event("rep", 1, 200, 400, "squat"), Event("rep", 1, 800, 1000, "squat"), Event("jump", 1, 1200)])
    assert strip.sizeHint().height() == before + 2 * 22
    strip.resize(_WIDTH, strip.sizeHint().height())
    image = strip.grab().toImage()
    first_row, second_row = before - 4 + 11, before - 4 + 33
    inside, outside = image.pixelColor(12 + 450, first_row), image.pixelColor(12 + 300, first_row)
    assert inside != outside
    assert image.pixelColor(12 + 600, second_row).name() == theme.DARK.accent


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
