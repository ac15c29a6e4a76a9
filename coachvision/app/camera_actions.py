"""Which cameras there are, and which was used last. For the capture screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from coachvision.app.tasks import Job
from coachvision.errors import AccountError

if TYPE_CHECKING:
    from coachvision.app.account_actions import AccountActions
    from coachvision.app.tasks import Tasks
    from coachvision.capture.sources import Source


class CameraActions:
    """Each is one thing that the coach does."""

    def __init__(self, tasks: Tasks, account: AccountActions) -> None:
        self._tasks = tasks
        self._account = account

    def find(self, then: Callable[[list[Source]], None]) -> Job:
        """Look what cameras this computer has."""

        def work(_job: Job) -> list[Source]:
            from coachvision.capture.sources import cameras

            return cameras()

        return self._tasks.run(work, then, lane="capture")

    def last(self, then: Callable[[str, int, AccountError | None], None]) -> Job:
        """The address of the camera used last, "" before the first, and the seconds of delay.

        With an error where the keyring does not give the address's password: it lacks it then.
        """

        def work(_job: Job) -> tuple[str, int, AccountError | None]:
            from coachvision import settings
            from coachvision.services import camera_login

            delay = settings.load().whole("capture.delay_s")
            try:
                return camera_login.last(self._account.account), delay, None
            except AccountError as error:
                return settings.load().text(camera_login.SETTING), delay, error

        # The keyring may ask the coach: other cameras do not wait for it.
        return self._tasks.run(work, lambda found: then(*found), lane="keyring")

    def remember(self, address: str) -> Job:
        """Use that camera the next time, too."""

        def work(_job: Job) -> None:
            from coachvision.services import camera_login

            camera_login.remember(address, self._account.account)

        return self._tasks.run(work, lane="keyring")
