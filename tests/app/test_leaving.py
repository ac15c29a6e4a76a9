"""A window that closes asks first where it would give up what nobody takes up again, and only there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coachvision.app.leaving import Leaving
from coachvision.app.tasks import Job, State
from coachvision.app.window import Window
from coachvision.errors import Cancelled
from coachvision.services import import_video
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip


def hang(job: Job) -> None:
    """Until it is asked to stop."""
    asked = threading.Event()
    job.ending(asked.set)
    asked.wait(PATIENCE_MS / 1000)
    raise Cancelled


def until_cancelled(*_: object, cancelled: Callable[[], bool], **__: object) -> None:
    """An import that takes as long as it may."""
    while not cancelled():
        threading.Event().wait(0.01)
    raise Cancelled


def test_a_video_on_its_way_in_is_not_given_up_unasked(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_video, "import_video", until_cancelled)
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: any(job.state is State.RUNNING for job in window.tasks.shown), timeout=PATIENCE_MS)
    assert not window.close()
    assert window.isVisible()
    assert window.messages.text == "Not done yet: Adding squat.mp4. Closing the window gives it up."
    assert window.close()


def test_a_recording_asks_nothing_for_it_is_taken_in_at_the_next_start(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    monkeypatch.setattr(import_video, "import_video", until_cancelled)
    job = window.actions_.add_recording(window.actions_.recordings / "2026-11-28 12.07.04.mkv")
    assert window.tasks.shown == [job]
    assert window.close()


def test_each_thing_is_told_once_and_what_begins_later_is_told_then(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    leaving = Leaving(window.tasks, window.messages, window.close)
    # What is taken up at the next start, and what has no name, asks nothing.
    window.tasks.run(hang, lane="a", title="Analyzing squat")
    window.tasks.run(hang, lane="b", asks=True)
    assert leaving.may_close()
    first = window.tasks.run(hang, lane="c", title="Exporting squat", asks=True)
    window.tasks.run(hang, lane="d", title="Exporting jump", asks=True)
    assert not leaving.may_close()
    assert window.messages.text == "2 things are not done yet. Closing the window gives them up."
    assert leaving.may_close()
    window.tasks.run(hang, lane="e", title="Adding sprint.mp4", asks=True)
    assert not leaving.may_close()
    first.cancel()
    qtbot.waitUntil(lambda: first.state is State.CANCELLED, timeout=PATIENCE_MS)
    assert leaving.may_close()


def test_what_is_tried_again_asks_as_it_did_at_first(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    job = window.tasks.run(hang, lane="a", title="Exporting squat", asks=True)
    job.cancel()
    qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
    assert job.retry is not None
    assert window.leaving.may_close()
    job.retry()
    assert not window.leaving.may_close()


def test_a_window_that_is_closed_before_it_is_furnished_closes(qapp: QApplication, tmp_path: Path) -> None:
    window = Window(tmp_path / "library")
    window.show()
    window.begin()
    assert window.close()
    window.deleteLater()
    qapp.processEvents()
