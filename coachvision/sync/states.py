"""The states of one file on its way into the cloud, which may follow which, and their words. No I/O.

Whoever shows the words gives them to `words.tr`.
"""

from __future__ import annotations

from enum import StrEnum

from coachvision.words import said


class State(StrEnum):
    """Where a file is. The last four are beside the way: they end by themselves, by the coach, or never."""

    QUEUED = "queued"
    HASHING = "hashing"
    REGISTERED = "registered"
    UPLOADING = "uploading"
    COMPLETING = "completing"
    STORED = "stored"
    RETRY_WAIT = "retry_wait"
    PAUSED = "paused"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a file is paused (the first five) or blocked."""

    OFFLINE = "offline"
    METERED = "metered"
    USER = "user"
    AUTH = "auth"
    KEY = "key"
    QUOTA = "quota"
    TOO_LARGE = "too_large"
    FILE_CHANGED = "file_changed"
    FILE_MISSING = "file_missing"
    REFUSED = "refused"


PAUSES = frozenset({Reason.OFFLINE, Reason.METERED, Reason.USER, Reason.AUTH, Reason.KEY})
BLOCKS = frozenset(Reason) - PAUSES
FINAL = frozenset({State.STORED, State.CANCELLED})

_ASIDE = {State.RETRY_WAIT, State.PAUSED, State.BLOCKED, State.CANCELLED}
# Back from aside a file without an upload begins anew, one with an upload asks the cloud where it stands.
_RESUMED = {State.QUEUED, State.REGISTERED}
ALLOWED: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.HASHING, State.REGISTERED, State.UPLOADING, *_ASIDE}),
    State.HASHING: frozenset({State.QUEUED, State.REGISTERED, *_ASIDE}),
    State.REGISTERED: frozenset({State.QUEUED, State.UPLOADING, State.COMPLETING, State.STORED, *_ASIDE}),
    State.UPLOADING: frozenset({State.QUEUED, State.REGISTERED, State.COMPLETING, State.STORED, *_ASIDE}),
    State.COMPLETING: frozenset({State.QUEUED, State.REGISTERED, State.STORED, *_ASIDE}),
    State.STORED: frozenset(),
    State.RETRY_WAIT: frozenset({*_RESUMED, *_ASIDE}),
    State.PAUSED: frozenset({*_RESUMED, *_ASIDE}),
    State.BLOCKED: frozenset({*_RESUMED, *_ASIDE}),
    State.CANCELLED: frozenset(),
}

PAUSE_WORDS = {
    Reason.OFFLINE: said("waiting for the internet"),
    Reason.METERED: said("waiting for a connection that costs nothing"),
    Reason.USER: said("paused"),
    Reason.AUTH: said("waiting until you sign in again"),
    Reason.KEY: said("waiting for a key that the club's bucket accepts"),
}
BLOCK_WORDS = {
    Reason.QUOTA: said("your cloud storage is full"),
    Reason.TOO_LARGE: said("the file is larger than your account may store"),
    Reason.FILE_CHANGED: said("the file was changed after it was added"),
    Reason.FILE_MISSING: said("the file is not where it was"),
    Reason.REFUSED: said("the cloud does not take this file"),
}


def percent(share: float) -> str:
    """`43 %`, never 100 before it is done."""
    return f"{min(99, int(share * 100))} %"
