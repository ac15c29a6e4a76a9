"""Sync, wired: library, account, network and settings handed to the engine. For the fronts.

`Syncing` is one library's syncer. `once` runs it in the caller's thread; `BackgroundSync` runs it by itself for as long
as a window is open. How sessions stand is asked with `states`, by anyone, without disturbing either.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision import settings
from coachvision.clock import Clock, SystemClock
from coachvision.errors import AccountError, CoachVisionError, Offline, SignedOut
from coachvision.library import Library
from coachvision.locks import FileLock
from coachvision.services import guest_claim, keep_in_cloud
from coachvision.services.sync_shelf import LibraryShelf
from coachvision.sync.conditions import Network, SystemNetwork
from coachvision.sync.database import Database, SyncError
from coachvision.sync.engine import Engine, Wishes
from coachvision.sync.faults import Stopped
from coachvision.sync.halting import Halt
from coachvision.sync.journal import Journal
from coachvision.sync.records import Summary, SyncState
from coachvision.sync.remotes.base import Remote
from coachvision.sync.remotes.gateway import GatewayRemote
from coachvision.sync.standing import standing
from coachvision.sync.states import PAUSE_WORDS, Reason
from coachvision.sync.wakeups import WakeUps
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

__all__ = ["BackgroundSync", "Halt", "Summary", "SyncState", "Syncing", "states"]

_log = logging.getLogger(__name__)
LOCK = "sync.lock"
Told = Callable[[str, int], None]


@dataclass(frozen=True)
class Overview:
    """The backlog in numbers: sessions and files that wait, and their bytes."""

    sessions: int
    files: int
    bytes: int


class Syncing:
    """One library's syncer, for whoever is signed in. Nothing is opened until it runs."""

    def __init__(
        self, root: Path, account: Account, *, clock: Clock | None = None, network: Network | None = None,
        wishes: Callable[[], Wishes] | None = None, remote: Callable[[], Remote] | None = None, typed: bool = False,
        restoring: bool = False,
    ) -> None:  # fmt: skip
        """remote: another cloud than the club's own bucket, where one is chosen, or else the account's gateway.

        typed: the coach asked for this very sync; who was never asked whether to keep everything in the cloud means it.
        restoring: he asked for what is in the cloud, whatever else he wants: it comes, and nothing goes.
        """
        self._root = root
        self._account = account
        self._clock = clock or SystemClock()
        self._network = network or SystemNetwork(self._clock.monotonic)
        self._wishes = wishes or self._told_wishes
        self.typed = typed
        self._restoring = restoring
        self._make_remote = remote
        # Whether what a guest shared before may still have to be taken in.
        self._claim_due = True

    def once(
        self, halt: Halt, *, told: Told | None = None, follow: bool = False,
        ahead: Callable[[int], None] | None = None,
    ) -> Summary:  # fmt: skip
        """Everything that can be done now. told: (session id, bytes). follow: sessions of other laptops come here, too.

        ahead: told how many bytes will come before they do, which costs another look through what changed.
        Raises SignedOut where nobody is signed in, SyncError where another program syncs this library or the database
        cannot be used, LibraryError.
        """
        claimed, trouble = self._claim(halt)
        with self._engine(told) as engine:
            if follow:
                engine.follow()
            expected = engine.coming(halt) if ahead is not None else None
            if ahead is not None and expected is not None:
                ahead(expected)
            summary = engine.run(halt)
            if summary.erased:
                # First the answer: a kill between the two must not send again what somebody wanted gone.
                keep_in_cloud.remember(engine.owner, None)
                engine.begin_anew()
        summary.claimed = claimed
        summary.failed += trouble
        return summary

    def _claim(self, halt: Halt) -> tuple[int, list[str]]:
        """What the guest shared, into the account: files taken, and what kept it from being taken. Sync goes on."""
        if not self._claim_due:
            return 0, []
        try:
            files = guest_claim.claim(self._account, halt.wait)
        except (Offline, SignedOut, Stopped) as error:
            # The run that follows meets the same, and tells it.
            _log.info("what a guest shared waits to be claimed: %s", error)
            return 0, []
        except AccountError as error:
            return 0, [f"What you shared as a guest could not be taken in yet: {error}"]
        self._claim_due = False
        return files or 0, []

    @contextmanager
    def _engine(self, told: Told | None) -> Iterator[Engine]:
        remote, place = (self._make_remote(), "") if self._make_remote is not None else self._chosen()
        try:
            with (
                Library.open(self._root, self._clock, user_id=remote.owner or None) as library,
                self._alone(),
                opened_journal(self._root) as journal,
            ):
                if place:
                    journal.keep_at(remote.owner or "", place)
                yield Engine(
                    journal, LibraryShelf(library), remote, clock=self._clock, draw=random.random,
                    metered=self._network.metered, wishes=self._wishes, told=told,
                )  # fmt: skip
        finally:
            remote.close()

    def _chosen(self) -> tuple[Remote, str]:
        """The cloud, and what tells it from others; a service's gateway may move, and is the same cloud."""
        from coachvision.services import club_bucket

        bucket = club_bucket.remote(self._account, self._clock)
        if bucket is not None:
            return bucket, f"{bucket.place.endpoint} {bucket.place.bucket} {bucket.place.prefix}"
        access = self._account.access()
        if not access.gateway:
            raise SyncError(
                "There is no cloud to sync with",
                "The service that you are signed in with names no gateway.",
                hint="Ask whoever runs it for a new service file.",
            )
        return GatewayRemote(access.gateway, access), "gateway"

    def _told_wishes(self) -> Wishes:
        """What the settings say, and what whoever is here has answered; choosing a bucket was an answer."""
        from coachvision.services import club_bucket

        told = settings.load()
        limit = told.whole("sync.limit_kb_s")
        wanted = keep_in_cloud.answer(self._account.user_id or "")
        if wanted is None:
            wanted = self.typed or club_bucket.place() is not None
        return Wishes(
            limit_bytes_s=limit * 1000.0 if limit else None,
            metered_allowed=told.switch("sync.metered"),
            paused=not wanted and not self._restoring,
            sends=not self._restoring,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self._root / LOCK)
        if not lock.acquire(wait=False):
            raise SyncError(
                "Another CoachVision is syncing",
                f"{self._root} is being synced by another window or command.",
                hint="It goes on by itself; there is nothing to do.",
                path=self._root,
                retryable=True,
            )
        try:
            yield
        finally:
            lock.release()


@contextmanager
def opened_journal(root: Path) -> Iterator[Journal]:
    """Sync's notes of a library that exists. Raises SyncError."""
    database = Database(root / "library.db")
    try:
        yield Journal(database)
    finally:
        database.close()


def states(library: Library, session_ids: Sequence[str]) -> dict[str, SyncState]:
    """How sessions stand, in plain words. Raises SyncError."""
    with opened_journal(library.root) as journal:
        return standing(journal, library.user_id or "", session_ids)


def overview(library: Library) -> Overview:
    """What is still to be sent of what sync has noted. Raises SyncError."""
    with opened_journal(library.root) as journal:
        items = journal.open_items(library.user_id or "")
        roots = [root for root in journal.dirty(library.user_id or "") if root.entity == "session"]
    return Overview(len(roots), len(items), sum(item.size - item.sent for item in items))


def waiting_bytes(root: Path) -> int:
    """Bytes of all files that are noted and not sent yet, whosever they are. Raises SyncError."""
    with opened_journal(root) as journal:
        return journal.waiting_bytes()


def pause_words(reason: Reason) -> str:
    """Why nothing is sent now, in words that follow “sync is”."""
    return tr(PAUSE_WORDS[reason])


class BackgroundSync:
    """Syncs by itself while a window is open. told: what a run did, or why it could not, from another thread."""

    def __init__(
        self, syncing: Syncing, told: Callable[[Summary | CoachVisionError], None], *, moved: Told | None = None,
        clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self._syncing = syncing
        self._moved = moved
        self._halt = Halt()
        self._wakeups = WakeUps(self._run, clock or SystemClock(), told)

    def start(self) -> None:
        """Begin: the first run follows at once."""
        self._wakeups.start()

    def wake(self) -> None:
        """Something was changed here, or a setting: look soon."""
        self._wakeups.wake()

    def stop(self) -> None:
        """Stop at once, in the middle of a part if need be; the next start goes on from there."""
        self._halt.ask()
        self._wakeups.stop()

    def _run(self) -> Summary:
        try:
            return self._syncing.once(self._halt, told=self._moved)
        except SignedOut:
            from coachvision.services import club_bucket

            if self._syncing.typed or club_bucket.place() is not None:
                # He asked for it; or the key of the bucket that was chosen is gone.
                raise
            # A guest: nothing leaves this laptop, and nothing need be said.
            return Summary()
