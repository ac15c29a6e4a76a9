"""Names that are too long for their room end in dots, and are read whole under the mouse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QListWidgetItem
from pytestqt.qtbot import QtBot

from coachvision.app.lines import Lines
from coachvision.app.playlists.view import PlaylistsView
from coachvision.app.progress_view import ProgressView
from coachvision.app.window import LEAST
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.weeks import keep_weeks

LONG = "Aleksandra-Katarzyna Wiśniewska-Kowalczyk of the under eighteens"


def test_a_long_line_ends_in_dots_and_is_read_whole_under_the_mouse(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = Lines("Athletes")
    qtbot.addWidget(lines)
    lines.resize(260, 200)
    for text in (f"{LONG}\nU18", "Kim\nU18"):
        lines.addItem(QListWidgetItem(text))
    lines.show()
    QApplication.processEvents()
    assert lines.horizontalScrollBar().maximum() == 0
    first = lines.visualItemRect(lines.item(0))
    assert first.width() <= lines.viewport().width()
    assert first.height() == lines.visualItemRect(lines.item(1)).height()
    image = lines.viewport().grab(first).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    edge = pixels[4 : image.height() // 2, image.width() - 14 : image.width()]
    # Not one letter is cut by the edge: what the style sheet leaves free there is free.
    assert edge.max() - edge.min() < 8
    told: list[str] = []
    monkeypatch.setattr("coachvision.app.lines.QToolTip.showText", lambda _at, text, _widget: told.append(text))
    for row in (1, 0):
        at = lines.visualItemRect(lines.item(row)).center()
        asked = QHelpEvent(QEvent.Type.ToolTip, at, lines.viewport().mapToGlobal(at))
        QApplication.sendEvent(lines.viewport(), asked)
    assert told == [f"{LONG}\nU18"]


def test_of_a_long_name_the_day_of_the_card_is_read(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    keep_weeks(tmp_path / "library", LONG, (0.31,))
    window = open_window()
    qtbot.waitUntil(lambda: len(window.library.model.cards) == 1, timeout=PATIENCE_MS)
    (card,) = window.library.model.cards
    about = window.library.list.cards._about(card, 250)
    assert about.startswith("Aleks")
    assert "…  ·  2 March" in about


def test_an_athletes_long_name_leaves_room_for_what_can_be_done(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    keep_weeks(tmp_path / "library", LONG, (0.31,))
    window = open_window()
    window.resize(LEAST)
    window.go("progress")
    view = window.shown("progress")
    assert isinstance(view, ProgressView)
    qtbot.waitUntil(lambda: view._name.text() == LONG, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: view._name._label.text().endswith("…"), timeout=PATIENCE_MS)
    assert view.export.width() >= view.export.sizeHint().width()
    assert window.size() == LEAST


def test_under_a_playlist_that_does_not_play_there_is_no_empty_band(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        library.playlists.add("Turns")
    window = open_window()
    window.go("playlists")
    view = window.shown("playlists")
    assert isinstance(view, PlaylistsView)
    qtbot.waitUntil(lambda: view.chooser.list.count() == 1, timeout=PATIENCE_MS)
    assert not view.band.isVisible()
