"""One run of sync: take over what was changed, take in what came, send what is due. Services start it.

`run` may be killed at any point; the next one goes on. It never raises for what the network or one file did: that is
written down in the journal, and told in the summary. Only what concerns everything (a damaged database) is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from coachvision.clock import Clock
from coachvision.sync import backoff
from coachvision.sync.ahead import coming
from coachvision.sync.behind import behind_words
from coachvision.sync.faults import Busy, Erased, Fault, Offline, SignedOut, Stopped
from coachvision.sync.halting import Halt, Throttle
from coachvision.sync.journal import Journal
from coachvision.sync.local import Shelf
from coachvision.sync.planner import Conditions
from coachvision.sync.records import Summary
from coachvision.sync.remotes.base import Remote
from coachvision.sync.running import Run, gather
from coachvision.sync.settling import Settler
from coachvision.sync.states import Reason, State
from coachvision.sync.upload import LANES, Uploader

# A cloud that is busy when asked for news is asked again after a minute at most.
_PULL_TRIES = 6


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the coach has set. limit_bytes_s: None: as fast as it goes. sends: False: things come, and nothing goes."""

    limit_bytes_s: float | None = None
    metered_allowed: bool = False
    paused: bool = False
    sends: bool = True


class Engine:
    """The syncer of one account and one library; whoever runs it holds the lock. told: (session id, bytes moved)."""

    def __init__(
        self, journal: Journal, shelf: Shelf, remote: Remote, *, clock: Clock, draw: Callable[[], float],
        metered: Callable[[], bool], wishes: Callable[[], Wishes], told: Callable[[str, int], None] | None = None,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._shelf = shelf
        self._remote = remote
        self._clock = clock
        self._draw = draw
        self._metered = metered
        self._wishes = wishes
        self._told = told

    @property
    def owner(self) -> str:
        """Whose library it is; "" for a guest's."""
        return self._shelf.owner

    def follow(self) -> None:
        """From now on sessions of other laptops come to this one, those that are there already first.

        Asked again, it tries what could not be brought before once more.
        """
        if self._journal.value(f"follow:{self.owner}") is None or self._journal.behind(self.owner):
            self._journal.remember(f"cursor:{self.owner}", "")
            self._journal.remember(f"follow:{self.owner}", "yes")

    def begin_anew(self) -> None:
        """The account was erased in the cloud: nothing of this library is there, nor comes from other laptops."""
        self._journal.begin_anew(self.owner)

    def coming(self, halt: Halt) -> int | None:
        """Bytes that the next run would bring, before it does; None where that cannot be asked: the run meets why."""
        try:
            with halt.ending(self._remote.break_off):
                return coming(self._journal, self._shelf, self._remote, halt)
        except (Fault, Stopped):
            return None

    def conditions(self) -> Conditions:
        """What sync may do at this moment. Another account than the library's never sends anything of it."""
        wishes = self._wishes()
        owner = self._remote.owner
        return Conditions(
            owner=owner if owner == self.owner else None,
            metered=self._metered(),
            metered_allowed=wishes.metered_allowed,
            paused=wishes.paused,
        )

    def run(self, halt: Halt) -> Summary:
        """Everything that can be done now. Raises SyncError, LibraryError for what stops all of it."""
        summary = Summary()
        gather(self._journal, self._shelf)
        summary.paused = self.conditions().hindrance
        if summary.paused is not None:
            self._journal.pause_all(self.owner, summary.paused)
            self._tell_behind(summary)
            return summary
        self._journal.go_on(self.owner)
        wishes = self._wishes()
        throttle = Throttle(wishes.limit_bytes_s, self._clock.monotonic)
        with ThreadPoolExecutor(LANES, "sync-part") as lanes, ThreadPoolExecutor(LANES, "sync-session") as sessions:
            work = Run(
                self._journal, self._shelf, self._remote, now=self._now, draw=self._draw, halt=halt, sessions=sessions,
                uploader=Uploader(self._journal, self._remote, lanes, throttle, self._now, halt, self._told),
                settler=Settler(self._journal, self._shelf, self._remote, throttle, halt, self._told),
                sends=wishes.sends, summary=summary,
            )  # fmt: skip
            try:
                with halt.ending(self._remote.break_off):
                    work.go()
            except Stopped:
                pass
            except Offline as fault:
                # Broken off by us is no network that failed.
                if not halt.asked:
                    self._stopped_by(summary, Reason.OFFLINE, fault)
            except SignedOut as fault:
                self._stopped_by(summary, fault.reason, fault)
            except Erased as fault:
                summary.erased = True
                summary.failed.append(fault.told)
            except Fault as fault:
                summary.failed.append(fault.told)
                asked = fault.retry_after if isinstance(fault, Busy) else None
                summary.wait_s = backoff.wait(_PULL_TRIES, self._draw(), asked)
        self._tell_behind(summary)
        wait = self._next_wait()
        summary.wait_s = wait if summary.wait_s is None else min(summary.wait_s, wait or summary.wait_s)
        return summary

    def _tell_behind(self, summary: Summary) -> None:
        summary.behind = behind_words(self._journal.behind(self.owner))
        summary.failed += summary.behind

    def _stopped_by(self, summary: Summary, reason: Reason, fault: Fault) -> None:
        summary.paused = reason
        summary.failed.append(fault.told)
        self._journal.pause_all(self.owner, reason)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _next_wait(self) -> float | None:
        """Seconds until something is due, None where nothing waits for a time."""
        now = self._now()
        times = [item.next_at for item in self._journal.open_items(self.owner) if item.state is not State.PAUSED]
        times += [root.next_at for root in self._journal.dirty(self.owner) if root.next_at > now]
        return max(0.0, min(times) - now) if times else None
