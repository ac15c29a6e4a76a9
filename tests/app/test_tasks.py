"""Work off the UI thread ends in one of five ways, and each is told once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from coachvision.app.tasks import Job, State, Tasks
from coachvision.errors import Cancelled, VideoError
from tests.app.conftest import PATIENCE_MS


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_what_the_work_gave_comes_back_in_the_ui_thread(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[tuple[int, threading.Thread]] = []
    worked: list[threading.Thread] = []

    def work(_job: Job) -> int:
        worked.append(threading.current_thread())
        return 7

    job = tasks.run(work, lambda given: told.append((given, threading.current_thread())))
    qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
    assert told == [(7, threading.current_thread())]
    assert worked[0] is not threading.current_thread()
    assert job.state is State.DONE


def test_expected_failure_is_told_and_can_be_tried_again(tasks: Tasks, qtbot: QtBot) -> None:
    tries: list[Job] = []

    def work(job: Job) -> str:
        tries.append(job)
        if len(tries) == 1:
            raise VideoError("It cannot be read", retryable=True)
        return "read"

    told: list[str] = []
    with qtbot.waitSignal(tasks.failed, timeout=PATIENCE_MS) as failed:
        job = tasks.run(work, told.append)
    assert failed.args is not None
    assert failed.args[0] is job
    assert str(failed.args[1]) == "It cannot be read"
    assert (job.state, told) == (State.FAILED, [])
    assert job.retry is not None
    job.retry()
    qtbot.waitUntil(lambda: told == ["read"], timeout=PATIENCE_MS)


def test_what_ends_a_work_sooner_is_called_by_whoever_cancels_and_at_once_where_that_was_before(
    tasks: Tasks, qtbot: QtBot
) -> None:
    # Waiting for a network, the work never comes to look whether it was cancelled.
    answered = threading.Event()
    waiting = threading.Event()

    def work(job: Job) -> None:
        job.ending(answered.set)
        waiting.set()
        assert answered.wait(30)
        raise Cancelled

    job = tasks.run(work)
    assert waiting.wait(30)
    job.cancel()
    qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
    assert job.state is State.CANCELLED
    late, called = Job("late"), list[str]()
    late.cancel()
    late.ending(lambda: called.append("now"))
    assert called == ["now"]


@pytest.mark.logs_expected
def test_a_bug_is_logged_and_told_and_the_next_work_goes_on(
    tasks: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_job: Job) -> None:
        raise RuntimeError("on purpose")

    with qtbot.waitSignal(tasks.failed, timeout=PATIENCE_MS) as failed:
        tasks.run(work)
    assert failed.args is not None
    assert isinstance(failed.args[1], RuntimeError)
    assert "on purpose" in caplog.text
    after: list[int] = []
    tasks.run(lambda _job: 1, after.append)
    qtbot.waitUntil(lambda: after == [1], timeout=PATIENCE_MS)


def test_cancelled_work_is_silent(tasks: Tasks, qtbot: QtBot) -> None:
    begun = threading.Event()
    told: list[object] = []
    tasks.failed.connect(lambda *given: told.append(given))

    def work(job: Job) -> None:
        begun.set()
        while not job.cancelled():
            job._asked.wait(0.01)
        raise Cancelled

    over: list[bool] = []
    job = tasks.run(work, told.append, title="Long work", over=lambda: over.append(True))
    assert begun.wait(60)
    assert tasks.shown == [job]
    job.cancel()
    qtbot.waitUntil(lambda: over == [True], timeout=PATIENCE_MS)
    assert (job.state, told, tasks.shown) == (State.CANCELLED, [], [])


def test_waiting_work_that_is_cancelled_never_begins(tasks: Tasks, qtbot: QtBot) -> None:
    free, ran = threading.Event(), []
    first = tasks.run(lambda _job: free.wait(60))
    second = tasks.run(lambda _job: ran.append(1))
    second.cancel()
    free.set()
    qtbot.waitUntil(lambda: first.final and second.final, timeout=PATIENCE_MS)
    assert (second.state, ran) == (State.CANCELLED, [])


def test_closing_midway_ends_the_work_and_calls_nobody_back(tasks: Tasks, qtbot: QtBot) -> None:
    begun, told = threading.Event(), []

    def work(job: Job) -> str:
        begun.set()
        while not job.cancelled():
            job._asked.wait(0.01)
        return "too late"

    tasks.run(work, told.append)
    assert begun.wait(60)
    tasks.close()
    assert tasks.run(lambda _job: 1, told.append).state is State.CANCELLED
    with qtbot.waitSignal(tasks.changed, raising=False, timeout=50):
        pass
    assert told == []


def test_lanes_do_not_wait_for_one_another(tasks: Tasks, qtbot: QtBot) -> None:
    free, told = threading.Event(), []
    slow = tasks.run(lambda _job: free.wait(60), lane="analysis")
    tasks.run(lambda _job: "found", told.append, lane="library")
    qtbot.waitUntil(lambda: told == ["found"], timeout=PATIENCE_MS)
    assert not slow.final
    free.set()
    qtbot.waitUntil(lambda: slow.final, timeout=PATIENCE_MS)
