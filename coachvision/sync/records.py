"""The rows of sync's own tables as frozen values, and what a look at a session says. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coachvision.sync.states import Reason, State


@dataclass(frozen=True, slots=True)
class Item:
    """One file on its way. owner: whose it was when it was queued, and under whom alone it is ever sent.

    name: as the session calls it ("video", "runs/<id>.npz"). path: where it lies. size: bytes. mtime_ns: when it was
    last changed, or None before the first look. key: makes repeated registering one upload. next_at: seconds since
    1970 before which nothing is tried. sent: bytes the cloud has confirmed.
    """

    id: int
    owner: str
    session_id: str
    kind: str
    name: str
    ext: str
    path: Path
    size: int
    mtime_ns: int | None
    sha256: str | None
    key: str
    upload_id: str | None
    part_size: int | None
    state: State
    reason: Reason | None
    attempts: int
    next_at: float
    error: str
    sent: int


@dataclass(frozen=True, slots=True)
class NewItem:
    """A file to be queued."""

    owner: str
    session_id: str
    kind: str
    name: str
    ext: str
    path: Path
    size: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a root record holds, as far as two copies can differ. digest: SHA-256 of it; trashed: in the trash."""

    digest: str
    trashed: bool = False


# What both sides last agreed on, where nobody remembers.
UNKNOWN = Content("")


@dataclass(frozen=True, slots=True)
class Root:
    """A session, athlete, team, tag ... as sync knows it.

    changed counts local changes, sent is the count that the cloud has: equal means in step. remote_rev: of the cloud,
    0 where it does not know it. base: what both sides had when they last agreed (None: deleted, `UNKNOWN`: nobody
    remembers). sending: the digest whose PUT is under way, so that a lost reply can be told from another's change.
    """

    owner: str
    entity: str
    id: str
    changed: int
    sent: int
    remote_rev: int
    base: Content | None
    sending: str | None
    attempts: int
    next_at: float
    reason: Reason | None
    error: str

    @property
    def dirty(self) -> bool:
        """Whether something was changed here that the cloud does not have."""
        return self.changed > self.sent


@dataclass(frozen=True, slots=True)
class SyncState:
    """How a session stands, for people. kind: local, waiting, uploading, stored, failed. share: 0..1 of its bytes.

    words: "In the cloud", "Uploading 43 %" ...; hint: what to do, or "".
    """

    kind: str
    words: str
    share: float = 0.0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """A record of the cloud that could not be brought here. kind: "session", "athlete" ...; why: in sentences."""

    kind: str
    id: str
    why: str


@dataclass(slots=True)
class Summary:
    """What one run did. wait_s: after how long trying again makes sense; None: until something changes.

    sessions: how many of what was taken in are sessions. claimed: files that a guest had shared and that are the
    account's now. erased: the account was erased in the cloud, and nothing goes before the coach wants it again.
    failed: in words, what did not succeed. behind: those of them that say what the cloud has and this laptop cannot
    have, told by every run until it has come, is gone, or is no more asked for.
    """

    uploaded_files: int = 0
    uploaded_bytes: int = 0
    sent_roots: int = 0
    taken_in: list[str] = field(default_factory=list)
    sessions: int = 0
    copies: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    paused: Reason | None = None
    wait_s: float | None = None
    claimed: int = 0
    erased: bool = False
