"""Restore: everything the account has in the cloud onto this laptop, on the coach's word. For the account screen.

Two cannot sync one library: sync by itself stands still meanwhile, and goes on when this is over, whatever came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from coachvision.app import rooms
from coachvision.app.actions import Actions
from coachvision.app.tasks import Job
from coachvision.errors import Cancelled
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.account_actions import AccountActions
    from coachvision.library import Library

# The lane of whatever syncs or must not meet sync.
SYNC = "sync"


class Restoring(QObject):
    """came: the sessions that it brought, or at least that some may have come, when it is over.

    told: what came of it, in words, and whether another try may bring more.
    """

    came = Signal(list)
    told = Signal(str, bool)

    def __init__(self, actions: Actions, account: AccountActions) -> None:
        super().__init__(account)
        self._actions = actions
        self._account = account
        self._job: Job | None = None

    @property
    def job(self) -> Job | None:
        """What is under way."""
        return self._job

    def start(self) -> None:
        """Begin, where it is not under way."""
        if self._job is not None:
            return
        brought: list[str] = []

        def work(library: Library, job: Job) -> tuple[str, bool]:
            rooms.load_cloud()
            from coachvision.services import restore

            halt = restore.Halt()
            job.ending(halt.ask)
            summary = restore.restore(library.root, self._account.account(), halt, progress=job.report)
            brought.extend((*summary.taken_in, *summary.copies))
            if job.cancelled():
                raise Cancelled
            return restore.in_words(summary), not restore.whole(summary)

        def over() -> None:
            self._job = None
            self._account.let_go.emit()
            self.came.emit(brought)

        self._account.holding.emit()
        self._job = self._actions.run(
            work,
            lambda told: self.told.emit(*told),
            lane=SYNC,
            title=tr("Restoring from the cloud"),
            over=over,
            asks=True,
        )
        self._job.retry = self.start

    def cancel(self) -> None:
        """What has come stays."""
        if self._job is not None:
            self._job.cancel()
