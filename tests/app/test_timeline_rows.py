"""The rows under the timeline: where there are more than are seen, half of the next one and a bar say so."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coachvision.app import theme
from coachvision.app.axis import Axis
from coachvision.app.timeline_lines import ROW
from coachvision.app.timeline_rows import MOST_SEEN, MOST_SEEN_LOW, TimelineRows
from coachvision.core.results import Event
from coachvision.core.time import Timeline
from tests.app.conftest import PATIENCE_MS


@pytest.fixture
def rows(qtbot: QtBot, qapp: QApplication) -> TimelineRows:
    theme.wear(qapp, theme.DARK)
    axis = Axis()
    axis.open(Timeline(np.arange(101) * 20, Fraction(1, 1000)))
    made = TimelineRows(axis)
    qtbot.addWidget(made)
    made.resize(800, 100)
    made.show()
    return made


def kinds(count: int) -> list[Event]:
    return [Event(f"kind {number}", 1, 200, 400) for number in range(count)]


def test_what_is_not_seen_is_hinted_at_and_scrolled_to(rows: TimelineRows, qtbot: QtBot) -> None:
    rows.be_low(True)
    rows.show_lines([], kinds(MOST_SEEN_LOW + 3))
    assert rows.height() == MOST_SEEN_LOW * ROW + ROW // 2
    qtbot.waitUntil(rows.more.isVisible, timeout=PATIENCE_MS)
    # In the room right of the time: the rows are as wide as the ruler above them.
    assert rows.canvas.width() == rows.width()
    rows.more.setValue(rows.more.maximum())
    assert rows.canvas.y() + rows.canvas.height() == rows.height()


def test_rows_that_are_all_seen_have_no_bar(rows: TimelineRows, qtbot: QtBot) -> None:
    rows.be_low(False)
    rows.show_lines([], kinds(MOST_SEEN + 1))
    qtbot.waitUntil(rows.more.isVisible, timeout=PATIENCE_MS)
    rows.show_lines([], kinds(MOST_SEEN))
    assert rows.height() == MOST_SEEN * ROW
    qtbot.waitUntil(rows.more.isHidden, timeout=PATIENCE_MS)
