"""When sync runs by itself: soon after a change, when something is due, and now and then for what others changed.

Services start one for as long as a window is open. Between runs nothing happens: a thread sleeps until the next time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from coachvision.clock import Clock
from coachvision.errors import CoachVisionError
from coachvision.sync.records import Summary

_log = logging.getLogger(__name__)

# What others changed is asked for so often; a coach who wants it now says so.
LOOK_S = 300.0
# A burst of changes is one run.
SOON_S = 2.0
_JOB = "sync"


class WakeUps:
    """Calls `run` at the right times, one at a time. told: the summary of each run, or why there was none."""

    def __init__(
        self, run: Callable[[], Summary], clock: Clock, told: Callable[[Summary | CoachVisionError], None]
    ) -> None:
        self._run = run
        self._clock = clock
        self._told = told
        self._lock = Lock()
        self._again = False
        self._busy = False
        self._open = False
        self._scheduler = BackgroundScheduler(
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}, timezone="UTC"
        )

    def start(self) -> None:
        """Begin; the first run follows at once."""
        self._open = True
        self._scheduler.start()
        self._at(0.0)

    def wake(self) -> None:
        """Something was changed, or the coach asked: run soon. During a run: run again after it."""
        with self._lock:
            self._again, busy = True, self._busy
        if not busy:
            self._at(SOON_S)

    def stop(self) -> None:
        """No more runs; returns when the one under way has ended, which its halt makes soon."""
        with self._lock:
            was_open, self._open = self._open, False
        if was_open:
            # First, and under the scheduler's own lock: told to end while it hands a job over, its thread dies of
            # not finding that job any more.
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=True)

    def _at(self, seconds: float) -> None:
        with self._lock:
            if self._open:
                at = self._clock.now() + timedelta(seconds=seconds)
                self._scheduler.add_job(self._once, DateTrigger(at), id=_JOB, replace_existing=True)

    def _once(self) -> None:
        with self._lock:
            self._again, self._busy = False, True
        wait = LOOK_S
        try:
            summary = self._run()
            self._told(summary)
            if summary.wait_s is not None:
                wait = min(wait, max(summary.wait_s, 1.0))
        except CoachVisionError as error:
            _log.info("sync could not run: %s", error)
            self._told(error)
        finally:
            with self._lock:
                self._busy, again = False, self._again
            # Also after a bug, which the scheduler logs: one bad run must not end all sync until the next start.
            self._at(SOON_S if again else wait)

    @property
    def next_run(self) -> datetime | None:
        """When it runs next, for tests and the curious."""
        job = self._scheduler.get_job(_JOB) if self._open else None
        return None if job is None else job.next_run_time
