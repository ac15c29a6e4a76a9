"""What happens next: with a file, after a fault, and where a root differs from its copy in the cloud. Pure: no I/O.

The engine asks here and does what is answered; tests drive these functions with any order of events.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coachvision.sync import backoff
from coachvision.sync.faults import (
    Busy,
    Conflict,
    Expired,
    Fault,
    FileChanged,
    FileMissing,
    Gone,
    Mismatch,
    Offline,
    Refused,
    SignedOut,
    TooFast,
)
from coachvision.sync.records import UNKNOWN, Content, Item, Root
from coachvision.sync.states import FINAL, Reason, State

# A file that fails this often in a row is told as failed; it is tried on, now and then.
TELL_AFTER = 5
# How long a blocked file waits before it is looked at again: space may have been bought, a drive connected.
BLOCKED_LOOK_S = 3600.0
# A file up to this size is read once into memory and sent from there, several such files at once; a larger one goes in
# parts.
SMALL_BYTES = 8 << 20


class Step(StrEnum):
    """What the engine does with a file next."""

    AT_ONCE = "at_once"
    HASH = "hash"
    REGISTER = "register"
    LOOK = "look"
    SEND = "send"
    COMPLETE = "complete"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What sync may do now. owner: the account that is signed in, None where nobody is."""

    owner: str | None
    online: bool = True
    metered: bool = False
    metered_allowed: bool = False
    paused: bool = False

    @property
    def hindrance(self) -> Reason | None:
        """Why nothing may be sent, or None."""
        if self.paused:
            return Reason.USER
        if self.owner is None:
            return Reason.AUTH
        if not self.online:
            return Reason.OFFLINE
        return Reason.METERED if self.metered and not self.metered_allowed else None


def next_step(item: Item, now: float) -> Step:
    """The step that a file's state calls for. Whether anything may be done at all is `Conditions.hindrance`."""
    if item.state in FINAL or (item.state is not State.PAUSED and not backoff.due(item.next_at, now)):
        return Step.NOTHING
    if item.upload_id is None and item.size <= SMALL_BYTES:
        return Step.AT_ONCE
    if item.sha256 is None or item.mtime_ns is None:
        return Step.HASH
    if item.upload_id is None:
        return Step.REGISTER
    # Whatever the journal says of an upload, the cloud knows it better: a reply may have been lost.
    return {State.REGISTERED: Step.LOOK, State.UPLOADING: Step.SEND, State.COMPLETING: Step.COMPLETE}.get(
        item.state, Step.LOOK
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How a row changes. anew: forget the upload and its parts, under a new key; rehash: look at the file again."""

    state: State
    reason: Reason | None = None
    attempts: int = 0
    next_at: float = 0.0
    error: str = ""
    anew: bool = False
    rehash: bool = False


def after_fault(item: Item, fault: Fault, now: float, draw: float) -> Change:
    """What becomes of a file after a fault. draw: an even random number in 0..1."""
    tries = item.attempts
    if isinstance(fault, Offline):
        return Change(State.PAUSED, Reason.OFFLINE, tries, now, fault.told)
    if isinstance(fault, SignedOut):
        return Change(State.PAUSED, fault.reason, tries, now, fault.told)
    if isinstance(fault, Refused):
        return Change(State.BLOCKED, fault.reason, tries, now + BLOCKED_LOOK_S, fault.told)
    if isinstance(fault, FileChanged):
        return Change(
            State.BLOCKED, Reason.FILE_CHANGED, tries, now + BLOCKED_LOOK_S, fault.told, anew=True, rehash=True
        )
    if isinstance(fault, FileMissing):
        # A film is known by its content: with its drive back, it goes on where it was.
        anew = item.kind != "video"
        at = now + BLOCKED_LOOK_S
        return Change(State.BLOCKED, Reason.FILE_MISSING, tries, at, fault.told, anew=anew, rehash=True)
    asked = fault.retry_after if isinstance(fault, Busy) else None
    at = now + backoff.wait(tries, draw, asked)
    if isinstance(fault, TooFast):
        return Change(State.RETRY_WAIT, None, tries, at, "")
    anew = isinstance(fault, Gone | Mismatch)
    if not isinstance(fault, Gone | Mismatch | Busy | Expired | Conflict):
        raise TypeError(f"a fault nobody has thought of: {fault!r}")
    return Change(State.RETRY_WAIT, None, tries + 1, at, fault.told, anew=anew)


def resumed(item: Item) -> State:
    """The state in which a file comes back from aside."""
    return State.QUEUED if item.upload_id is None else State.REGISTERED


def part_spans(size: int, part_size: int) -> list[tuple[int, int]]:
    """(offset, length) of every part: all equal but the last, and at least one byte in it. Part n is entry n - 1."""
    if size < 1 or part_size < 1:
        raise ValueError(f"{size} bytes in parts of {part_size}")
    return [(at, min(part_size, size - at)) for at in range(0, size, part_size)]


def in_order(items: list[Item]) -> list[Item]:
    """Small files first: the numbers of every session are safe before the first long film is; then as they came."""
    return sorted(items, key=lambda item: (item.kind == "video", item.id))


class Verdict(StrEnum):
    """What to do with a root where laptop and cloud were compared."""

    AGREED = "agreed"
    PUSH = "push"
    TAKE = "take"
    TRASH = "trash"
    DELETE = "delete"
    KEEP_BOTH = "keep_both"
    KEEP_COPY_AND_TRASH = "keep_copy_and_trash"


def judge(base: Content | None, local: Content | None, remote: Content | None) -> Verdict:
    """Compare three states of one root; None: deleted for good, or never there.

    base: what both last agreed on, `UNKNOWN` where nothing is remembered. Two edits keep both. An edit against a
    deletion survives: against the trash where it is, against a deletion for good as a copy under an id of its own, so
    that nothing deleted comes back by itself.
    """
    if local == remote:
        return Verdict.AGREED
    if remote is None:
        assert local is not None  # noqa: S101 - they differ; for the type checker
        return _against_deletion(base, local)
    if local is None:
        # Deleted here, and there as it was when both agreed: that deletion is the news. Otherwise the edit is.
        return Verdict.DELETE if base == remote else Verdict.TAKE
    known = base is not None and base != UNKNOWN
    if local.digest == remote.digest:
        # Only the trash differs: whoever changed it since; with nothing remembered, what is not in the trash.
        here = local.trashed != base.trashed if known and base is not None else not local.trashed
        return Verdict.PUSH if here else Verdict.TAKE
    if base is not None and base.digest == remote.digest:
        return Verdict.PUSH
    if base is not None and base.digest == local.digest:
        return Verdict.TAKE
    return Verdict.KEEP_BOTH


def _against_deletion(base: Content | None, local: Content) -> Verdict:
    if local.trashed:
        return Verdict.AGREED
    if base is None:
        # Both sides knew that it was deleted; taken out of the trash since, it is wanted again.
        return Verdict.PUSH
    return Verdict.TRASH if base == UNKNOWN or local.digest == base.digest else Verdict.KEEP_COPY_AND_TRASH


def after_root_fault(root: Root, fault: Fault, now: float, draw: float) -> Change:
    """What becomes of a root's sending after a fault."""
    if isinstance(fault, Offline):
        return Change(State.PAUSED, Reason.OFFLINE, root.attempts, now, fault.told)
    if isinstance(fault, SignedOut):
        return Change(State.PAUSED, fault.reason, root.attempts, now, fault.told)
    if isinstance(fault, Refused):
        return Change(State.BLOCKED, fault.reason, root.attempts, now + BLOCKED_LOOK_S, fault.told)
    asked = fault.retry_after if isinstance(fault, Busy) else None
    at = now + backoff.wait(root.attempts, draw, asked)
    if isinstance(fault, TooFast):
        return Change(State.RETRY_WAIT, None, root.attempts, at, "")
    return Change(State.RETRY_WAIT, None, root.attempts + 1, at, fault.told)
