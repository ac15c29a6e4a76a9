"""Notes keep themselves: a moment after typing, when the coach goes elsewhere, when the window closes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from coachvision.app import keeping
from coachvision.app.notes import NotesPage
from coachvision.app.window import Window
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip


def opened_on_a_clip(open_window: Open, qtbot: QtBot, tmp_path: Path) -> tuple[Window, str]:
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: window.session.opened is not None and not window.tasks.shown, timeout=PATIENCE_MS)
    return window, window.session.session


def test_notes_are_kept_searched_and_there_next_time(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    window, session = opened_on_a_clip(open_window, qtbot, tmp_path)
    notes = window.session.inspector.notes.text
    qtbot.keyClicks(notes, "heel leaves the ground")
    with Library.open(tmp_path / "library") as library:
        qtbot.waitUntil(lambda: library.session(session).note == "heel leaves the ground", timeout=PATIENCE_MS)
    qtbot.keyClicks(notes, "!")
    window.go("library")
    qtbot.keyClicks(window.header.search, "heel")
    qtbot.waitUntil(lambda: window.library.settled and window.library.model.ids == [session], timeout=PATIENCE_MS)
    window.open_session(session)
    qtbot.waitUntil(lambda: notes.toPlainText() == "heel leaves the ground!", timeout=PATIENCE_MS)


def test_closing_the_window_loses_no_word(open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str) -> None:
    window, session = opened_on_a_clip(open_window, qtbot, tmp_path)
    qtbot.keyClicks(window.session.inspector.notes.text, "last word")
    window.close()
    with Library.open(tmp_path / "library") as library:
        assert library.session(session).note == "last word"


def test_what_is_being_typed_is_not_overwritten_by_what_comes_back(qtbot: QtBot) -> None:
    page = NotesPage()
    qtbot.addWidget(page)
    told: list[tuple[str, str]] = []
    page.changed.connect(lambda session, text: told.append((session, text)))
    page.show_notes("a", "old")
    page.text.setFocus()
    qtbot.keyClick(page.text, Qt.Key.Key_End)
    qtbot.keyClicks(page.text, " and new")
    page.show_notes("a", "old")
    assert page.text.toPlainText() == "old and new"
    page.show_notes("b", "another")
    assert told == [("a", "old and new")]
    assert page.text.toPlainText() == "another"


def test_notes_that_cannot_be_kept_stay_are_told_of_and_kept_when_they_can(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_MS", 200)
    window, session = opened_on_a_clip(open_window, qtbot, tmp_path)
    database = window.actions_.library()._store.db
    (pages,) = database.row("PRAGMA page_count") or (0,)
    # Not a page more: what SQLite says then is what it says on a full disk.
    database.rows(f"PRAGMA max_page_count = {pages}")
    notes = window.session.inspector.notes
    long = "heel leaves the ground, " * 4000 + "always"
    notes.text.setPlainText(long)
    qtbot.waitUntil(lambda: "The disk is full" in window.messages.text, timeout=PATIENCE_MS)
    assert not window.close()
    # Whoever looks at something else and comes back finds them.
    window.go("library")
    window.open_session(session)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    assert notes.text.toPlainText() == long
    database.rows("PRAGMA max_page_count = 1000000")
    qtbot.waitUntil(lambda: "kept again" in window.messages.text, timeout=PATIENCE_MS)
    with Library.open(tmp_path / "library") as library:
        assert library.session(session).note == long
