"""The inspector's line of what is going on."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from coachvision.analysis.progress import Progress
from coachvision.app.inspector import Inspector
from coachvision.app.tasks import Job


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
