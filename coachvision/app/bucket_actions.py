"""What a coach can do about a bucket that the club owns: try it, use it, use it no more. For the account screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from coachvision.app import rooms
from coachvision.app.actions import Actions
from coachvision.app.restoring import SYNC
from coachvision.app.tasks import Job

if TYPE_CHECKING:
    from coachvision.app.account_actions import AccountActions
    from coachvision.library import Library
    from coachvision.sync.remotes.bucket import Place


@dataclass(frozen=True)
class Wanted:
    """A bucket as it was typed in."""

    endpoint: str
    bucket: str
    region: str
    prefix: str
    key_id: str
    secret: str = field(repr=False)

    def place(self) -> Place:
        """Where it is. A prefix ends in a slash, typed or not."""
        from coachvision.sync.remotes.bucket import Place

        prefix = f"{self.prefix.rstrip('/')}/" if self.prefix else ""
        return Place(self.endpoint.rstrip("/"), self.bucket, self.region or "auto", prefix)


class BucketActions(QObject):
    """Nobody syncs while the bucket is changed for another."""

    def __init__(self, actions: Actions, account: AccountActions) -> None:
        super().__init__(account)
        self._actions = actions
        self._account = account

    def check(self, wanted: Wanted, then: Callable[[], None], over: Callable[[], None]) -> Job:
        """Try whether it could be used."""

        def work(_library: Library, job: Job) -> None:
            _check(wanted, job)

        return self._actions.run(work, lambda _: then(), lane="bucket", over=over)

    def use(self, wanted: Wanted, then: Callable[[], None], over: Callable[[], None]) -> Job:
        """Try it, and keep everything there from now on."""

        def work(_library: Library, job: Job) -> None:
            _check(wanted, job)
            from coachvision.services import club_bucket

            club_bucket.use(self._account.account(), wanted.place(), wanted.key_id, wanted.secret)

        job = self._change(work, then, over)
        job.retry = lambda: self.use(wanted, then, over)
        return job

    def forget(self) -> Job:
        """Use none any more; what lies in it stays."""

        def work(_library: Library, _job: Job) -> None:
            rooms.load_cloud()
            from coachvision.services import club_bucket

            club_bucket.forget(self._account.account())

        job = self._change(work, lambda: None, lambda: None)
        job.retry = self.forget
        return job

    def _change(self, work: Callable[[Library, Job], None], then: Callable[[], None], over: Callable[[], None]) -> Job:
        def ended() -> None:
            over()
            self._account.let_go.emit()
            self._account.look()

        self._account.restoring.cancel()
        self._account.holding.emit()
        return self._actions.run(work, lambda _: then(), lane=SYNC, over=ended)


def _check(wanted: Wanted, job: Job) -> None:
    """In the work. A window that closes does not wait for a silent bucket."""
    rooms.load_cloud()
    from coachvision.services import club_bucket
    from coachvision.services.sync_now import Halt

    halt = Halt()
    job.ending(halt.ask)
    club_bucket.check(wanted.place(), wanted.key_id, wanted.secret, halt)
