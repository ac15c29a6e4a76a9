"""What a coach gets: a dropped clip is there at once, opens, plays, is analyzed by itself, and is there next time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from coachvision.app.player.widget import PlayerWidget
from coachvision.app.window import Window
from coachvision.synth import scenes
from coachvision.synth.render import render
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip

FRAMES = 45
_RGB = QImage.Format.Format_RGB32


def drop(window: Window, *paths: Path) -> None:
    """Let files fall on the middle of the window."""
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window.dropEvent(
        QDropEvent(
            QPointF(400, 300),
            Qt.DropAction.CopyAction,
            files,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def shown_texts(window: Window) -> list[str]:
    return [label.text() for label in window.session.inspector.findChildren(QLabel) if label.isVisible()]


def wait_until_analyzed(window: Window, qtbot: QtBot) -> None:
    def analyzed() -> bool:
        opened = window.session.opened
        return opened is not None and bool(opened.session.runs) and not window.tasks.shown

    qtbot.waitUntil(analyzed, timeout=PATIENCE_MS)


def test_dropped_clip_is_seen_opened_played_analyzed_and_there_next_time(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    window = open_window()
    drop(window, clip)
    # At once, before it was even looked at.
    assert window.library.model.rowCount() == 1
    assert window.library.model.data(window.library.model.index(0), Qt.ItemDataRole.DisplayRole) == "squat.mp4"
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    player = window.session.player
    assert player is not None
    seen: list[int] = []
    player.frame_changed.connect(lambda index, _time_s: seen.append(index))
    wait_until_analyzed(window, qtbot)
    player.setFocus()
    player.seek(0)
    qtbot.waitUntil(lambda: player.index == 0, timeout=PATIENCE_MS)
    qtbot.keyClick(player, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: player.index == 1, timeout=PATIENCE_MS)
    seen.clear()
    qtbot.keyClick(player, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(seen) >= 5, timeout=PATIENCE_MS)
    assert seen == sorted(seen)
    assert any(f"{FRAMES}" in text for text in shown_texts(window))
    window.go("library")
    card = window.library.model.cards[0]
    assert (card.name, card.analyzed) == ("squat.mp4", True)
    qtbot.waitUntil(lambda: window.library.model.cards[0].sheet is not None, timeout=PATIENCE_MS)
    window.close()

    again = open_window()
    qtbot.waitUntil(lambda: bool(again.library.model.cards), timeout=PATIENCE_MS)
    assert [(c.id, c.numbers) for c in again.library.model.cards] == [(card.id, (("One frames", f"{FRAMES}"),))]
    again.library.opened.emit(card.id)
    wait_until_analyzed(again, qtbot)
    assert again.session.player is not None
    qtbot.waitUntil(lambda: again.session.player.index == 0, timeout=PATIENCE_MS)  # type: ignore[union-attr]  # above


@pytest.mark.timeout(400)
def test_an_athlete_is_measured_and_drawn_over_the_video(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    # One squat, small: the real network on some fifty frames.
    clip = render(scenes.squats(3, 1, size=(640, 360), fps=15.0), tmp_path / "squat.mp4")
    window = open_window(clip)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    wait_until_analyzed(window, qtbot)
    session, opened = window.session, window.session.opened
    assert opened is not None
    assert opened.film is not None
    assert any("Knee" in card.title for card in opened.numbers)
    assert session.chart is not None
    assert session.chart.isVisible()
    assert session.player is not None
    middle = len(opened.film.facts.timeline) // 2
    session.chart.seek_requested.emit(middle)
    qtbot.waitUntil(lambda: session.player.index == middle, timeout=PATIENCE_MS)  # type: ignore[union-attr]  # above
    # The overlay is seen: the same frame without it looks different.
    player = session.player
    qtbot.waitUntil(lambda: _painted(player) > _NOTICEABLE, timeout=PATIENCE_MS)


# Pixels of the canvas: a skeleton of a dozen bones, three pixels wide and some twenty long.
_NOTICEABLE = 12 * 3 * 20


def _painted(player: PlayerWidget) -> int:
    """How many pixels of the canvas the overlay changes."""
    over = player.canvas.over
    with_it = _pixels(player)
    player.canvas.over = None
    without = _pixels(player)
    player.canvas.over = over
    return int(np.any(with_it != without, axis=2).sum())


def _pixels(player: PlayerWidget) -> NDArray[np.uint8]:
    picture = player.canvas.grab().toImage().convertToFormat(_RGB)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
    # Copied: the picture's memory goes with it.
    return rows[:, :, :3].copy()


def test_file_that_is_no_video_is_told_in_a_bar_and_nothing_is_kept(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("3 x 8")
    window = open_window()
    drop(window, text)
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert "notes.mp4" in window.messages.text
    assert window.library.model.rowCount() == 0


def test_the_same_clip_twice_is_one_session(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=10)
    window = open_window(clip)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    wait_until_analyzed(window, qtbot)
    drop(window, clip)
    qtbot.waitUntil(lambda: window.messages.isVisible() or bool(window.session.session), timeout=PATIENCE_MS)
    assert len(window.library.model.cards) == 1


def test_analysis_can_be_cancelled_and_asked_for_again(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=10)
    window = open_window(clip)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    for _ in range(2):  # the preview's work, and the analysis, should that have begun
        for job in window.tasks.shown:
            job.cancel()
    qtbot.waitUntil(lambda: not window.tasks.shown, timeout=PATIENCE_MS)
    assert window.session.opened is not None
    button = window.session.inspector._state.button
    qtbot.waitUntil(lambda: button.isVisible() and button.text() == "Analyze", timeout=PATIENCE_MS)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_until_analyzed(window, qtbot)


def test_window_closed_in_the_middle_keeps_what_is_there(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=200)
    window = open_window(clip)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    window.close()
    again = open_window()
    qtbot.waitUntil(lambda: bool(again.library.model.cards), timeout=PATIENCE_MS)
    assert [card.name for card in again.library.model.cards] == ["squat.mp4"]


def test_search_shows_what_fits_and_delete_can_be_undone(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    clips = [write_clip(tmp_path / name, frames=frames) for name, frames in (("squat.mp4", 8), ("jump.mp4", 9))]
    window = open_window(*clips)
    qtbot.waitUntil(lambda: len(window.library.model.cards) == 2 and not window.tasks.shown, timeout=PATIENCE_MS)
    qtbot.keyClicks(window.header.search, "ju")
    qtbot.waitUntil(lambda: [c.name for c in window.library.model.cards] == ["jump.mp4"], timeout=PATIENCE_MS)
    window.header.search.clear()
    qtbot.waitUntil(lambda: len(window.library.model.cards) == 2, timeout=PATIENCE_MS)
    window.library.list.setCurrentIndex(window.library.model.index(0))
    gone = window.library.model.cards[0].id
    qtbot.keyClick(window.library.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: gone not in [c.id for c in window.library.model.cards], timeout=PATIENCE_MS)
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(window.messages._act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: gone in [c.id for c in window.library.model.cards], timeout=PATIENCE_MS)
