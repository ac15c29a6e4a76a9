"""A session is named, and its athlete, where it is looked at; kept at once, undone like everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from coachvision.app import keeping
from coachvision.app.about import About, AboutFields
from coachvision.app.window import Window
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip
from tests.support.weeks import keep_weeks


def opened(open_window: Open, qtbot: QtBot, tmp_path: Path) -> tuple[Window, AboutFields, str]:
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: window.session.opened is not None and not window.tasks.shown, timeout=PATIENCE_MS)
    notes = window.session.inspector.notes
    window.session.inspector.tabs.setCurrentWidget(notes)
    return window, notes.about, window.session.session


def said(qtbot: QtBot, tmp_path: Path, session: str, title: str, athlete: str | None) -> None:
    """Wait until the library says so."""
    with Library.open(tmp_path / "library") as library:

        def there() -> bool:
            row = library.session(session)
            return (row.title, row.athlete) == (title, athlete)

        qtbot.waitUntil(there, timeout=PATIENCE_MS)


def test_a_session_and_its_athlete_are_named_where_it_is_looked_at_and_it_is_undone(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    keep_weeks(tmp_path / "library", "Kim", (0.3,))
    window, fields, session = opened(open_window, qtbot, tmp_path)
    assert (fields.title.text(), fields.title.placeholderText()) == ("", "squat.mp4")
    qtbot.keyClicks(fields.title, "Deep squat")
    qtbot.keyClick(fields.title, Qt.Key.Key_Return)
    said(qtbot, tmp_path, session, "Deep squat", None)
    qtbot.waitUntil(lambda: window.header._title.text() == "Deep squat", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: fields.athlete.count() == 1, timeout=PATIENCE_MS)
    fields.athlete.setCurrentIndex(0)
    fields.athlete.activated.emit(0)
    said(qtbot, tmp_path, session, "Deep squat", "Kim")
    window.session.undo.undo()
    said(qtbot, tmp_path, session, "Deep squat", None)
    window.session.undo.undo()
    said(qtbot, tmp_path, session, "", None)
    qtbot.waitUntil(lambda: (fields.title.text(), fields.athlete.currentText()) == ("", ""), timeout=PATIENCE_MS)
    window.session.undo.redo()
    window.session.undo.redo()
    said(qtbot, tmp_path, session, "Deep squat", "Kim")
    qtbot.waitUntil(lambda: fields.athlete.currentText() == "Kim", timeout=PATIENCE_MS)


def test_a_name_that_cannot_be_kept_stays_and_is_kept_when_it_can(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_MS", 200)
    window, fields, session = opened(open_window, qtbot, tmp_path)
    database = window.actions_.library()._store.db
    (pages,) = database.row("PRAGMA page_count") or (0,)
    # Not a page more: what SQLite says then is what it says on a full disk.
    database.rows(f"PRAGMA max_page_count = {pages}")
    notes = window.session.inspector.notes
    notes.text.setPlainText("heel " * 20_000 + "up")
    qtbot.waitUntil(lambda: "The disk is full" in window.messages.text, timeout=PATIENCE_MS)
    qtbot.keyClicks(fields.title, "Deep squat")
    qtbot.keyClick(fields.title, Qt.Key.Key_Return)
    window.session.saved(session)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    database.rows("PRAGMA max_page_count = 1000000")
    qtbot.waitUntil(lambda: "kept again" in window.messages.text, timeout=PATIENCE_MS)
    said(qtbot, tmp_path, session, "Deep squat", None)
    assert fields.title.text() == "Deep squat"
    with Library.open(tmp_path / "library") as library:
        assert library.session(session).note.endswith("up")


def test_what_is_being_typed_is_not_overwritten_by_what_comes_back(qtbot: QtBot) -> None:
    fields = AboutFields()
    qtbot.addWidget(fields)
    told: list[tuple[str, object, object]] = []
    fields.changed.connect(lambda *what: told.append(what))
    fields.show_session("a", "Squat", "film.mp4", "Kim")
    qtbot.keyClicks(fields.title, "s")
    fields.show_session("a", "Squat", "film.mp4", "Lena")
    assert (fields.title.text(), fields.athlete.currentText()) == ("Squats", "Lena")
    fields.title.editingFinished.emit()
    fields.title.editingFinished.emit()
    assert told == [("a", About(title="Squat"), About(title="Squats"))]
    fields.show_session("b", "Jump", "other.mp4", "")
    assert (fields.title.text(), fields.athlete.currentText()) == ("Jump", "")
