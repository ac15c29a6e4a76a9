"""What a coach can do about his account, one thin method an action, off the UI thread. For the account screen.

Signing in and out opens the library anew, as whoever is here then; work under way keeps the one it began with.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from coachvision.app import rooms
from coachvision.app.actions import Actions
from coachvision.app.bucket_actions import BucketActions
from coachvision.app.here import Here
from coachvision.app.restoring import SYNC, Restoring
from coachvision.app.tasks import Job, Tasks
from coachvision.errors import CoachVisionError, SignedOut
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.accounts.account import Account
    from coachvision.accounts.service import Service
    from coachvision.library import Library
    from coachvision.wire.gateway import Account as CloudAccount

ACCOUNT, BROWSER = "account", "browser"


class AccountActions(QObject):
    """stood: `Here`, whenever it was looked at. switched: the library of somebody else is open now.

    asking: whether the service is being asked to let somebody in. woke: sync has something new to look at.
    ran: what the last run of sync did, or why it could not.
    holding: sync must end and stand still until `let_go`; what is begun in the lane `SYNC` meanwhile finds it so.
    """

    stood = Signal(object)
    asking = Signal(bool)
    woke = Signal()
    holding = Signal()
    let_go = Signal()
    ran = Signal(object)
    switched = Signal()

    def __init__(self, actions: Actions, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._tasks = tasks
        self._made: Account | None = None
        self._making = Lock()
        self._adopting: Callable[[], None] | None = None
        self._browser: Job | None = None
        self.restoring = Restoring(actions, self)
        self.bucket = BucketActions(actions, self)
        tasks.changed.connect(self._adopt_when_quiet)

    def account(self) -> Account:
        """The account of this window; in any thread but the UI's."""
        with self._making:
            from coachvision.accounts.account import Account

            if self._made is None:
                self._made = Account()
            return self._made

    def look(self) -> Job:
        """See who is here, what the guest left, what waits to be sent; `stood` tells."""

        def work(library: Library, _job: Job) -> Here:
            standing = self.account().standing
            from coachvision import settings

            guest = library.user_id is None and not settings.load().text("bucket.endpoint")
            if guest or standing.user_id != library.user_id:
                return Here(standing, others=library.adoption.others() if library.user_id is None else 0)
            rooms.load_cloud()
            from coachvision.services import club_bucket, keep_in_cloud, sync_now

            offer = library.adoption.offer() if library.user_id is not None else None
            guests = offer if offer is not None and offer.sessions else None
            waiting, bucket = sync_now.overview(library), club_bucket.place()
            kept = keep_in_cloud.answer(library.user_id or "")
            if bucket is not None and kept is None:
                # Whoever chose one has said so.
                kept = True
            return Here(standing, guests, waiting.files, waiting.bytes, kept, bucket)

        return self._actions.run(work, self.stood.emit)

    def usage(self, then: Callable[[CloudAccount | CoachVisionError], None]) -> Job:
        """What the cloud holds of this account; or why it cannot be asked."""

        def work(_job: Job) -> CloudAccount | CoachVisionError:
            rooms.load_cloud()
            from coachvision.services import cloud_account

            try:
                return cloud_account.usage(self.account().access())
            except CoachVisionError as error:
                return error

        return self._tasks.run(work, then, lane=ACCOUNT)

    # Ways in

    def send_code(self, email: str, then: Callable[[], None]) -> Job:
        """Have a code mailed that signs in."""
        return self._do("send_code", email, then=lambda _: then())

    def confirm_code(self, email: str, code: str, kind: str) -> Job:
        """Sign in with it. kind: `email`, or `signup` for a new account's."""
        return self._do("confirm_code", email, code, kind, then=self._switch)

    def sign_in(self, email: str, password: str) -> Job:
        """Sign in with a password."""
        return self._do("sign_in", email, password, then=self._switch)

    def sign_up(self, email: str, password: str, confirm: Callable[[], None]) -> Job:
        """Make an account; `confirm` where a mailed code must be typed first."""

        def follow(found: object) -> None:
            confirm() if found is None else self._switch(found)

        return self._do("sign_up", email, password, then=follow)

    def send_recovery(self, email: str, then: Callable[[], None]) -> Job:
        """Have a code mailed for a forgotten password."""
        return self._do("send_recovery", email, then=lambda _: then())

    def recover(self, email: str, code: str, password: str) -> Job:
        """Replace the forgotten password, and be signed in."""
        return self._do("recover", email, code, password, then=self._switch)

    def sign_in_with_browser(self, over: Callable[[], None]) -> Job:
        """Sign in where the system's browser leads; an earlier try is given up."""
        self.cancel_browser()

        def work(job: Job) -> object:
            import webbrowser

            rooms.load_cloud()
            from coachvision.accounts import signing

            return signing.sign_in_with_browser(self.account(), webbrowser.open, cancelled=job.cancelled)

        self._browser = self._tasks.run(work, self._switch, lane=BROWSER, over=over)
        return self._browser

    def cancel_browser(self) -> None:
        """The coach does not come back from the browser."""
        if self._browser is not None:
            self._browser.cancel()
            self._browser = None

    # Signed in

    def adopt(self, then: Callable[[], None]) -> bool:
        """Take the guest's sessions in, as soon as nothing works on them. False: something does, it comes later."""
        self._adopting = then
        self._adopt_when_quiet()
        return self._adopting is None

    def decline(self) -> Job:
        """They stay the guest's."""

        def work(library: Library, _job: Job) -> None:
            library.adoption.decline()

        return self._actions.run(work, self._look)

    def keep_in_cloud(self, wanted: bool) -> Job:
        """Whether anything of this account is sent by itself."""

        def work(library: Library, _job: Job) -> None:
            rooms.load_cloud()
            from coachvision.services import keep_in_cloud

            keep_in_cloud.remember(library.user_id or "", wanted)

        def follow(_: object) -> None:
            self.woke.emit()
            self.look()

        return self._actions.run(work, follow)

    def sign_out(self) -> Job:
        """Nobody is signed in any more; every session stays here."""
        self.restoring.cancel()

        def work(_job: Job) -> None:
            rooms.load_cloud()
            from coachvision.services.sign_in import sign_out

            sign_out(self.account())

        return self._tasks.run(work, self._switch, lane=ACCOUNT)

    def forget(self, then: Callable[[], None]) -> Job:
        """Erase everything of this account in the cloud; what is here becomes the guest's. then: in any case."""

        def work(library: Library, _job: Job) -> None:
            rooms.load_cloud()
            from coachvision.services.sign_in import forget_in_cloud

            forget_in_cloud(self.account(), library)

        def over() -> None:
            then()
            self.let_go.emit()
            self.look()

        # Nothing may be sent while everything is erased. Whatever comes of it, sync starts again where it is due.
        self.restoring.cancel()
        self.holding.emit()
        job = self._actions.run(work, self._switch, lane=SYNC, over=over)
        job.retry = lambda: self.forget(then)
        return job

    # The club's service

    def read_service(self, given: str, then: Callable[[Service], None]) -> Job:
        """What a service file or a link to one says, before it is joined."""

        def work(_job: Job) -> Service:
            rooms.load_cloud()
            from coachvision.services.sign_in import read_service

            return read_service(given)

        return self._tasks.run(work, then, lane=ACCOUNT)

    def join(self, service: Service) -> Job:
        """Use it from now on."""

        def work(_job: Job) -> None:
            from coachvision.services.sign_in import join_service

            join_service(self.account(), service)

        return self._tasks.run(work, self._look, lane=ACCOUNT)

    def _do(self, way: str, *given: str, then: Callable[[Any], None]) -> Job:
        def work(_job: Job) -> object:
            rooms.load_cloud()
            from coachvision.accounts import signing

            return getattr(signing, way)(self.account(), *given)

        self.asking.emit(True)
        return self._tasks.run(work, then, lane=ACCOUNT, over=lambda: self.asking.emit(False))

    def _look(self, _done: object) -> None:
        self.look()

    def _switch(self, _done: object) -> None:
        """Open the library of whoever is here now."""

        def work(_job: Job) -> str | None:
            return self.account().user_id

        def opened() -> None:
            self.switched.emit()
            self.look()

        def follow(user_id: str | None) -> None:
            self._actions.open_anew(user_id, opened)

        self._tasks.run(work, follow, lane=ACCOUNT)

    def _adopt_when_quiet(self) -> None:
        if self._adopting is None or self._tasks.shown:
            return
        then, self._adopting = self._adopting, None

        def work(library: Library, _job: Job) -> None:
            if library.user_id is None:
                raise SignedOut(tr("Nobody is signed in"), tr("The guest's sessions stay where they are"))
            library.adoption.take()

        def taken(_: object) -> None:
            self.switched.emit()
            self.woke.emit()
            self.look()
            then()

        self._actions.run(work, taken, title=tr("Taking your sessions in"))
