"""The inspector's line of what is going on, and its numbers as they are read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.analysis.progress import Progress
from coachvision.app.inspector import Inspector
from coachvision.app.tasks import Job
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions


def read(label: QLabel) -> str:
    """What a label shows."""
    if label.textFormat() == Qt.TextFormat.PlainText:
        return label.text()
    document = QTextDocument()
    document.setHtml(label.text())
    return document.toPlainText().replace("\xa0", " ")


def test_the_numbers_say_which_side_and_how_sure_and_no_markup_is_read(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    settings.save("import.proxy", False)
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, sessions.write_film(tmp_path / "film.mp4"))
    window = open_window()
    window.open_session(session)
    inspector = window.session.inspector
    qtbot.waitUntil(lambda: any("Left" in read(one) for one in inspector.findChildren(QLabel)), timeout=PATIENCE_MS)
    told = [read(one) for one in inspector.findChildren(QLabel)]
    assert not [text for text in told if "<" in text or "&" in text]
    assert any(text.startswith("━ Left  ± ") for text in told), told


def test_what_is_done_with_the_session_is_told_whatever_the_jobs_title_begins_with(qtbot: QtBot) -> None:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    # As a catalogue may put it: the verb is the last word.
    job = Job("squat.mp4 wird analysiert", "session")
    inspector.work(job)
    assert inspector._state._text.text() == "Starting"
    job.report(Progress(0.4, "pose"))
    inspector.work(job)
    assert inspector._state._text.text() == "Finding the athlete  ·  40 %"
