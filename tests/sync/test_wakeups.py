"""Sync by itself: at once, again after a change, when something is due, one run at a time, and nothing in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from coachvision.clock import SystemClock
from coachvision.errors import CoachVisionError
from coachvision.sync import wakeups
from coachvision.sync.records import Summary
from coachvision.sync.wakeups import LOOK_S, WakeUps

PATIENCE_S = 20.0


class Runs:
    """What is run in the syncer's place: counts, and waits where it is told to."""

    def __init__(self) -> None:
        self.begun = 0
        self.at_once = 0
        self.most_at_once = 0
        self.told: list[Summary | CoachVisionError] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.result: Summary | CoachVisionError = Summary()
        self._changed = threading.Condition()

    def run(self) -> Summary:
        with self._changed:
            self.begun += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._changed.notify_all()
        self.go_on.wait(PATIENCE_S)
        with self._changed:
            self.at_once -= 1
        if isinstance(self.result, CoachVisionError):
            raise self.result
        return self.result

    def tell(self, told: Summary | CoachVisionError) -> None:
        with self._changed:
            self.told.append(told)
            self._changed.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S)


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def waking(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> Iterator[WakeUps]:
    monkeypatch.setattr(wakeups, "SOON_S", 0.05)
    made = WakeUps(runs.run, SystemClock(), runs.tell)
    yield made
    runs.go_on.set()
    made.stop()


def next_in(waking: WakeUps) -> float:
    assert waking.next_run is not None
    return waking.next_run.timestamp() - time.time()


def until_planned(waking: WakeUps, within: Callable[[float], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while waking.next_run is None or not within(next_in(waking)):
        assert time.monotonic() < until
        threading.Event().wait(0.01)


def test_it_runs_at_once_and_then_only_looks_now_and_then(waking: WakeUps, runs: Runs) -> None:
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    until_planned(waking, lambda seconds: LOOK_S - 30 < seconds <= LOOK_S)
    assert runs.begun == 1


def test_a_burst_of_changes_is_one_run_and_a_change_during_a_run_is_one_more(waking: WakeUps, runs: Runs) -> None:
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    runs.go_on.clear()
    for _ in range(20):
        waking.wake()
    runs.until(lambda: runs.begun == 2)
    for _ in range(20):
        waking.wake()
    # Longer than a wake-up takes: nothing may begin beside the run that is under way.
    threading.Event().wait(0.3)
    assert runs.begun == 2
    runs.go_on.set()
    runs.until(lambda: len(runs.told) == 3)
    until_planned(waking, lambda seconds: seconds > LOOK_S - 30)
    assert (runs.begun, runs.most_at_once) == (3, 1)


def test_what_is_due_sooner_is_tried_sooner(waking: WakeUps, runs: Runs) -> None:
    runs.result = Summary(wait_s=40.0)
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    until_planned(waking, lambda seconds: 10 < seconds <= 40)


def test_a_library_that_is_busy_is_tried_again_later(waking: WakeUps, runs: Runs) -> None:
    runs.result = CoachVisionError("The library is busy", retryable=True)
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    assert runs.told == [runs.result]
    until_planned(waking, lambda seconds: seconds > LOOK_S - 30)


@pytest.mark.logs_expected
def test_a_bug_in_one_run_is_logged_and_sync_goes_on(waking: WakeUps, runs: Runs) -> None:
    def broken(told: Summary | CoachVisionError) -> None:
        runs.tell(told)
        raise RuntimeError("a bug")

    waking._told = broken
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    until_planned(waking, lambda seconds: seconds > LOOK_S - 30)


def test_closed_it_never_runs_again(waking: WakeUps, runs: Runs) -> None:
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    waking.stop()
    waking.wake()
    waking.stop()
    assert waking.next_run is None
    assert runs.begun == 1


def test_closed_while_a_run_is_being_handed_over_it_ends_cleanly(
    waking: WakeUps, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over, stopping = threading.Event(), threading.Event()
    waking._scheduler.start(paused=True)
    executor = waking._scheduler._lookup_executor("default")
    submit = executor.submit_job

    def slow_to_return(*arguments: object) -> None:
        submit(*arguments)
        handed_over.set()
        # Long enough for whoever stops it to get as far as it can; nobody else knows when that is.
        stopping.wait(0.2)

    monkeypatch.setattr(executor, "submit_job", slow_to_return)
    monkeypatch.setattr(waking._scheduler, "start", waking._scheduler.resume)
    waking.start()
    assert handed_over.wait(PATIENCE_S)
    waking.stop()
    assert waking.next_run is None


def test_an_idle_syncer_costs_no_time_of_the_processor(waking: WakeUps, runs: Runs) -> None:
    waking.start()
    runs.until(lambda: len(runs.told) == 1)
    until_planned(waking, lambda seconds: seconds > LOOK_S - 30)
    before = time.process_time()
    threading.Event().wait(2.0)
    # The benchmark watches a whole minute.
    assert time.process_time() - before < 0.05
