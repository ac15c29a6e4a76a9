"""Sync while the window is open: runs by itself once somebody is signed in, and tells each card where its files are.

For the window. The syncer works in a thread of its own; what it says comes here as signals, and cards are told at most
twice a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from coachvision.app import rooms
from coachvision.app.account_actions import AccountActions
from coachvision.app.actions import Actions
from coachvision.app.cards import CardModel
from coachvision.app.here import Here
from coachvision.app.restoring import SYNC
from coachvision.app.tasks import Job, Tasks

if TYPE_CHECKING:
    from coachvision.errors import CoachVisionError
    from coachvision.library import Library
    from coachvision.services.sync_now import BackgroundSync, Summary

_TELL_MS = 500
# Of the cards that are loaded: more than a screen shows.
_MOST = 200


class CloudSync(QObject):
    """came: sessions that sync brought or changed. noticed: in words, what the coach wants to know of once.

    ran: (what the last run did, or why it could not). locked_out: the error, once; nothing goes until it is mended.
    """

    came = Signal(list)
    noticed = Signal(str)
    ran = Signal(object)
    locked_out = Signal(object)
    _moved = Signal()

    def __init__(
        self, actions: Actions, account: AccountActions, tasks: Tasks, cards: CardModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._account = account
        self._tasks = tasks
        self._cards = cards
        # Whose sessions it is for; "" is the guest, None is nobody.
        self._synced: str | None = None
        self._running: BackgroundSync | None = None
        # How many want it to stand still.
        self._holds = 0
        self._told_locked_out = False
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(_TELL_MS)
        self._tell.timeout.connect(self._ask_states)
        self.ran.connect(self._after)
        self.ran.connect(account.ran)
        self._moved.connect(self._tell_soon)
        cards.modelReset.connect(self._tell_soon)
        cards.dataChanged.connect(self._tell_soon)
        account.stood.connect(self._settle)
        account.woke.connect(self.wake)
        account.holding.connect(self.hold)
        account.let_go.connect(self.let_go)

    def wake(self) -> None:
        """Something was changed here: look soon."""
        if self._running is not None:
            self._running.wake()
            self._tell_soon()

    def hold(self) -> None:
        """Whatever wakes it, it stands still until `let_go`. What runs is ended first in the lane `SYNC`."""
        self._holds += 1
        running, self._running = self._running, None
        if running is not None:
            self._tasks.run(lambda _job: running.stop(), lane=SYNC, owed=True)

    def let_go(self) -> None:
        """It may go on, for whoever is here then; a look follows at once."""
        self._holds -= 1
        self._begin()

    def stop(self) -> None:
        """The window closes, or somebody else is here."""
        running, self._running, self._synced = self._running, None, None
        if running is not None:
            running.stop()

    def _settle(self, here: Here) -> None:
        """Run for whoever is signed in with a service that has a cloud, or uses the club's bucket; for nobody else."""
        if here.synced == self._synced:
            return
        self.stop()
        self._cards.tell_states({})
        self._synced = here.synced
        self._begin()

    def _begin(self) -> None:
        if self._synced is not None and self._running is None and not self._holds:
            self._tasks.run(self._make, self._start, lane=SYNC)

    def _make(self, _job: Job) -> tuple[str, BackgroundSync]:
        rooms.load_cloud()
        from coachvision.services.sync_now import BackgroundSync, Syncing

        account = self._account.account()
        syncing = Syncing(self._actions.root, account)
        running = BackgroundSync(syncing, self.ran.emit, moved=lambda _id, _bytes: self._moved.emit())
        return account.user_id or "", running

    def _start(self, made: tuple[str, BackgroundSync]) -> None:
        synced, running = made
        # Whoever was here when it was asked for may have left since, or want it to stand still.
        if synced == self._synced and self._running is None and not self._holds:
            self._running, self._told_locked_out = running, False
            running.start()
            self._tell_soon()

    def _after(self, told: Summary | CoachVisionError) -> None:
        from coachvision.errors import SignedOut
        from coachvision.services import club_bucket
        from coachvision.services.guest_claim import claimed_words
        from coachvision.services.sync_now import Summary

        if isinstance(told, Summary) and told.claimed:
            self.noticed.emit(claimed_words(told.claimed))
        if isinstance(told, Summary) and told.erased:
            self.noticed.emit(told.failed[0])
        if isinstance(told, Summary) and (told.taken_in or told.copies):
            self.came.emit([*told.taken_in, *told.copies])
        locked_out = club_bucket.refused(told) if isinstance(told, Summary) else told
        if isinstance(locked_out, SignedOut) and not self._told_locked_out:
            self._told_locked_out = True
            self.locked_out.emit(locked_out)
        # What waits is less now, or the sign-in is over: whoever shows that looks again.
        if isinstance(told, SignedOut) or (
            isinstance(told, Summary) and (told.uploaded_files or told.sent_roots or told.erased)
        ):
            self._account.look()
        self._tell_soon()

    def _tell_soon(self) -> None:
        # Begun once and let run out: bytes that keep moving must not put it off for ever.
        if self._synced is not None and not self._tell.isActive():
            self._tell.start()

    def _ask_states(self) -> None:
        if self._synced is None:
            return
        shown: Sequence[str] = [card.id for card in self._cards.cards][:_MOST]
        synced = self._synced

        def work(library: Library, _job: Job) -> dict[str, str]:
            if (library.user_id or "") != synced:
                return {}
            rooms.load_cloud()
            from coachvision.services.sync_now import states

            return {one: state.words for one, state in states(library, shown).items()}

        self._actions.run(work, self._cards.tell_states)
