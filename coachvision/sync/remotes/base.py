"""What the engine needs of a cloud, whichever it is. Every call raises a `faults.Fault` where it does not succeed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from coachvision.sync.records import Item, Root
from coachvision.wire.gateway import SessionManifest, SessionState


@dataclass(frozen=True, slots=True)
class Registered:
    """An upload that may begin, or that is stored already. fresh: just made, so that nothing was sent to it yet."""

    upload_id: str
    part_size: int
    stored: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an upload stands. completed: part number to (MD5, bytes)."""

    part_size: int
    stored: bool
    completed: Mapping[int, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where to PUT one part, with the headers that are signed with it."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what changed in the cloud. cursor: to be kept once all of it was applied.

    anew: the account was erased since the cursor that was asked for.
    """

    changes: Sequence[SessionState]
    cursor: str
    more: bool
    anew: bool = False


class RevConflict(Exception):  # noqa: N818 - it is an answer
    """The cloud holds another revision: `current`."""

    def __init__(self, current: SessionState) -> None:
        super().__init__(current.id)
        self.current = current


class Remote(Protocol):
    """A cloud, as one account sees it. owner: of that account at this moment, None while nobody is signed in."""

    @property
    def owner(self) -> str | None: ...

    def register(self, item: Item) -> Registered:
        """Announce an object under the item's own key; the same key again is the same upload."""
        ...

    def sign(self, item: Item, parts: Sequence[tuple[int, str, int]]) -> dict[int, Address]:
        """Addresses for parts (number, MD5 in hex, bytes); 100 at most."""
        ...

    def send(self, address: Address, body: Iterator[bytes], size: int, md5: str) -> None:
        """PUT one part; confirmed by the storage's own MD5."""
        ...

    def standing(self, item: Item) -> Standing:
        """Where an upload stands."""
        ...

    def complete(self, item: Item, md5s: Mapping[int, str]) -> None:
        """Make the parts one object; again is harmless."""
        ...

    def abort(self, upload_id: str) -> None:
        """Give an upload up; again is harmless."""
        ...

    def put(self, root: Root, manifest: SessionManifest) -> int:
        """Put a record over the revision last seen; the new revision. Raises RevConflict."""
        ...

    def delete(self, root: Root) -> int:
        """Delete a record for good; the tombstone's revision. Raises RevConflict."""
        ...

    def changes(self, cursor: str) -> Page:
        """What changed after a cursor; "" is the beginning."""
        ...

    def fetch(self, object_id: str, offset: int) -> Iterator[bytes]:
        """The bytes of an object from an offset on."""
        ...

    def break_off(self) -> None:
        """End every request that is under way, now."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
