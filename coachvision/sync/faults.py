"""What may go wrong with a remote, as few kinds as there are different answers to it. Raised by `remotes`, no I/O."""

from __future__ import annotations

from coachvision.sync.states import Reason


class Fault(Exception):  # noqa: N818 - the kinds below say what happened
    """A request to the cloud did not do what was asked. told: in plain words, for the coach."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


class Offline(Fault):
    """Nobody answered, or somebody who is not the cloud (a hotel's sign-in page). Costs no attempt."""


class SignedOut(Fault):
    """The cloud does not accept who we are. reason: what sync waits for then."""

    reason = Reason.AUTH


class KeyRefused(SignedOut):
    """The club's own bucket does not accept its key."""

    reason = Reason.KEY


class Busy(Fault):
    """Try again later. retry_after: seconds the cloud asked for, or None."""

    def __init__(self, told: str, retry_after: float | None = None) -> None:
        super().__init__(told)
        self.retry_after = retry_after


class TooFast(Busy):
    """Everything we ask is too much for now: all of sync waits, and nothing counts as an attempt."""


class Expired(Fault):
    """A signed address is not valid any more: ask for another. Costs no attempt the first time."""


class Gone(Fault):
    """The cloud does not know the upload any more: begin it anew."""


class Mismatch(Fault):
    """The bytes that arrived are not those announced."""


class Conflict(Fault):
    """The upload is in another state than we believed: ask where it stands."""


class Refused(Fault):
    """The cloud will never take this. reason: of the states."""

    def __init__(self, told: str, reason: Reason) -> None:
        super().__init__(told)
        self.reason = reason


class FileChanged(Fault):
    """The file on this laptop is not what was announced: changed, cut short, or replaced."""


class FileMissing(Fault):
    """The file on this laptop is not there."""


class Erased(Fault):
    """The account was erased in the cloud since we last asked: by another laptop, or by the service."""


class Stopped(Exception):  # noqa: N818 - it is not an error
    """The coach, the program's end or a metered link asked to stop now. Silent."""
