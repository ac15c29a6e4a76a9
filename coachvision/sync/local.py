"""What sync needs of the library on this laptop, as a Protocol: services hand it in. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from coachvision.sync.database import SyncError
from coachvision.sync.records import Content
from coachvision.wire.gateway import RootKind, SessionManifest


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of a session. name: in the session's words ("video", "runs/<id>.npz"). sha256: where it is known."""

    kind: str
    name: str
    ext: str
    path: Path
    size: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class LocalRoot:
    """A root record as it is on this laptop. manifest: without its files."""

    entity: RootKind
    id: str
    content: Content
    manifest: SessionManifest
    files: Sequence[LocalFile] = ()


@dataclass(frozen=True, slots=True)
class LocalChange:
    """One row of the library's outbox."""

    seq: int
    entity: str
    id: str


class Shelf(Protocol):
    """The library of one account on this laptop. Every call may raise CoachVisionError."""

    @property
    def owner(self) -> str:
        """The account; "" for the guest, whose things go to a club's own bucket at most."""
        ...

    @property
    def scratch(self) -> Path:
        """A folder on the library's disk for unfinished files, swept after a kill."""
        ...

    def waiting(self, limit: int) -> list[LocalChange]:
        """The oldest changes that sync has not taken over yet."""
        ...

    def confirm(self, up_to: int) -> None:
        """Sync has taken them over."""
        ...

    def look(self, entity: str, root_id: str) -> LocalRoot | None:
        """A root record of this account as it is now, in one consistent look; None: not here."""
        ...

    def holds(self, session_id: str, name: str, sha256: str) -> Path | None:
        """A file of the cloud that lies on this laptop already, whole."""
        ...

    def check(self, entity: str, root_id: str, manifest: SessionManifest) -> None:
        """Raises CoachVisionError where it could not be taken in, so that nothing is fetched for it."""
        ...

    def room_for(self, size: int) -> None:
        """Raises CoachVisionError in plain words where the disk has no room for that many bytes."""
        ...

    def take_in(
        self, entity: str, root_id: str, manifest: SessionManifest, files: Mapping[str, Path], expected: Content | None
    ) -> bool:
        """Make the record what the manifest says, in one step. files: what was fetched, to be moved into the library.

        expected: the content it was compared with (None: not here); False, and nothing done, if it has changed since.
        """
        ...

    def keep_copy(self, local: LocalRoot) -> str:
        """Keep this laptop's version as a record of its own, told in the name; the same version twice is one copy."""
        ...

    def put_in_trash(self, entity: str, root_id: str, expected: Content) -> bool:
        """Put a record into the trash of this laptop for a month; False if it has changed since."""
        ...


def content_of(document: Mapping[str, Any]) -> Content:
    """What a manifest's document holds, as its sender told. Raises SyncError for one that is not ours."""
    digest = document.get("digest")
    if not isinstance(digest, str) or not digest or "trashed_at" not in document:
        raise SyncError(
            "What the cloud sent could not be understood",
            "A record there is damaged or was not made by CoachVision.",
            hint="Nothing was changed here. Sync it again from the laptop it comes from.",
        )
    return Content(digest, document["trashed_at"] is not None)
