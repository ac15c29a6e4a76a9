"""The activity screen: what runs, waits and is over; cancel, go on, start again; nothing gets lost on the way."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from coachvision.accounts.account import Standing
from coachvision.accounts.service import Service
from coachvision.app.account_actions import AccountActions
from coachvision.app.activity_view import ActivityView, JobRow
from coachvision.app.cloud_row import CloudRow
from coachvision.app.here import Here
from coachvision.app.tasks import Job, State
from coachvision.app.window import Window
from coachvision.errors import Cancelled, SignedOut, VideoError
from coachvision.services import power
from coachvision.services.sync_now import Summary
from coachvision.sync.states import Reason
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip


def activity(window: Window) -> ActivityView:
    window.go("activity")
    view = window.shown("activity")
    assert isinstance(view, ActivityView)
    return view


def row_of(view: ActivityView, title: str) -> JobRow:
    return next(row for job, row in view.rows.items() if job.title == title)


def waits(job: Job) -> None:
    while not job.cancelled():
        job._asked.wait(0.01)
    raise Cancelled


def test_running_and_waiting_work_is_shown_cancelled_and_started_again(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    view = activity(window)
    starts: list[Job] = []

    def work(job: Job) -> None:
        starts.append(job)
        job.done, job.stage, job.seconds_left = 0.43, "pose", 12.4
        waits(job)

    window.tasks.run(work, lane="analysis", title="Analyzing squat")
    waiting = window.tasks.run(lambda _job: None, lane="analysis", title="Analyzing jump")
    qtbot.waitUntil(
        lambda: len(view.rows) == 2 and "43 %" in row_of(view, "Analyzing squat").words, timeout=PATIENCE_MS
    )
    assert row_of(view, "Analyzing squat").words == "finding the athlete  ·  43 %  ·  12 s left"
    assert row_of(view, "Analyzing jump").words == "waits for its turn"
    assert window.header.places["activity"].text() == "Activity (2)"
    qtbot.mouseClick(row_of(view, "Analyzing squat").act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: waiting.state is State.DONE, timeout=PATIENCE_MS)
    row = row_of(view, "Analyzing squat")
    qtbot.waitUntil(lambda: row.words == "Cancelled", timeout=PATIENCE_MS)
    qtbot.mouseClick(row.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(starts) == 2, timeout=PATIENCE_MS)
    assert row.words == "Cancelled  ·  started again"
    assert not row.act.isVisible()


def test_failed_work_says_why_and_can_be_tried_again(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    view = activity(window)
    tries: list[int] = []

    def work(_job: Job) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise VideoError("The video cannot be read", hint="Copy it again.")

    window.tasks.run(work, title="Adding squat")
    qtbot.waitUntil(
        lambda: bool(view.rows) and row_of(view, "Adding squat").words.startswith("Failed"), timeout=PATIENCE_MS
    )
    assert row_of(view, "Adding squat").words == "Failed: The video cannot be read. Copy it again."
    qtbot.mouseClick(row_of(view, "Adding squat").act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [job.state for job in window.tasks.past] == [State.DONE, State.FAILED], timeout=PATIENCE_MS)


@pytest.mark.logs_expected
def test_a_bug_is_told_without_its_traceback(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    view = activity(window)

    def work(_job: Job) -> None:
        raise RuntimeError("on purpose")

    window.tasks.run(work, title="Exporting")
    qtbot.waitUntil(
        lambda: bool(view.rows) and row_of(view, "Exporting").words.startswith("Failed"), timeout=PATIENCE_MS
    )
    assert row_of(view, "Exporting").words == "Failed: something went wrong inside the program"


def test_on_battery_an_analysis_waits_until_the_coach_says_so(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "on_battery", lambda: True)
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    # By then it has been taken in and opened: nothing goes to another screen any more.
    qtbot.waitUntil(lambda: any(job.held for job in window.tasks.shown), timeout=PATIENCE_MS)
    view = activity(window)
    row = row_of(view, "Analyzing squat.mp4")
    qtbot.waitUntil(lambda: row.words == "on battery: waits for mains power", timeout=PATIENCE_MS)
    assert not window.library.model.cards[0].analyzed
    qtbot.mouseClick(row.hurry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.library.model.cards[0].analyzed, timeout=PATIENCE_MS)


def test_what_a_closed_window_leaves_undone_is_taken_up_at_the_next_start(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "on_battery", lambda: True)
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: any(job.held for job in window.tasks.shown), timeout=PATIENCE_MS)
    window.close()
    monkeypatch.setattr(power, "on_battery", lambda: False)
    again = open_window()
    qtbot.waitUntil(again.messages.isVisible, timeout=PATIENCE_MS)
    assert again.messages.text == "One video is prepared on from the last time."
    qtbot.waitUntil(lambda: [card.analyzed for card in again.library.model.cards] == [True], timeout=PATIENCE_MS)
    again.close()
    third = open_window()
    qtbot.waitUntil(lambda: len(third.library.model.cards) == 1, timeout=PATIENCE_MS)
    assert not third.messages.isVisible()


def test_an_analysis_that_the_coach_cancels_is_not_taken_up(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "on_battery", lambda: True)
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: any(job.held for job in window.tasks.shown), timeout=PATIENCE_MS)
    next(job for job in window.tasks.shown if job.held).cancel()
    qtbot.waitUntil(lambda: not window.tasks.shown, timeout=PATIENCE_MS)
    left: list[int] = []
    window.actions_.take_up(left.append)
    qtbot.waitUntil(lambda: left == [0], timeout=PATIENCE_MS)


def test_what_keeps_the_coachs_work_is_done_while_the_window_closes(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    free, done = threading.Event(), []
    window.tasks.run(lambda _job: free.wait(60))
    window.tasks.run(lambda _job: done.append("kept"), owed=True)
    window.tasks.run(lambda _job: done.append("not kept"))
    free.set()
    window.close()
    assert done == ["kept"]


def test_what_waits_for_the_cloud_and_why_is_told(open_window: Open) -> None:
    window = open_window()
    view = activity(window)
    # Another than the window's, whose own look at who is here may come in between.
    account = AccountActions(window.actions_, window.tasks, window)
    row = CloudRow(account)
    row.setParent(view)
    service = Service("https://a.example.org", "key", "https://b.example.org")
    anna = Standing("signed_in", "1", "anna@example.org", service)
    account.stood.emit(Here(anna, waiting=3, waiting_bytes=5_000_000, kept=True))
    assert row.isVisible()
    assert row.about.text() == "3 files wait to be sent, 5 MB."
    account.ran.emit(Summary(paused=Reason.OFFLINE))
    assert row.about.text() == "3 files wait to be sent, 5 MB. Sync is waiting for the internet."
    account.ran.emit(SignedOut("Your sign-in is over"))
    assert row.about.text() == "3 files wait to be sent, 5 MB. Your sign-in is over."
    account.ran.emit(Summary())
    account.stood.emit(Here(anna, kept=True))
    assert row.about.text() == "Everything is in the cloud."
    behind = "Could not be brought here: 1 session. Another account on this laptop has that already."
    account.ran.emit(Summary(failed=[behind], behind=[behind]))
    assert row.about.text() == f"Everything here is in the cloud. {behind}"
    account.stood.emit(Here(Standing("signed_in", "2", "bob@example.org", service), kept=True))
    assert row.about.text() == "Everything is in the cloud."
    for nobody in (Here(anna, kept=False), Here(anna), Here(Standing("guest"))):
        account.stood.emit(Here(anna, kept=True))
        account.stood.emit(nobody)
        assert not row.isVisible()
