"""A shelf and a cloud in memory, for tests that try thousands of orders of events. The real ones are in test_sync."""

from __future__ import annotations

import itertools
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coachvision.sync.database import Database
from coachvision.sync.journal import Journal
from coachvision.sync.local import LocalChange, LocalRoot, content_of
from coachvision.sync.records import Content, Item, Root
from coachvision.sync.remotes.base import Address, Page, Registered, RevConflict, Standing
from coachvision.wire.gateway import SessionManifest, SessionState

WHEN = "2026-01-31T12:00:00.000Z"
OWNER = "00000000-0000-4000-8000-000000000001"


def open_journal(folder: Path) -> tuple[Database, Journal]:
    folder.mkdir(parents=True, exist_ok=True)
    sqlite3.connect(folder / "library.db").close()
    database = Database(folder / "library.db")
    return database, Journal(database)


def manifest(content: Content, device: str) -> SessionManifest:
    document = {"digest": content.digest, "trashed_at": WHEN if content.trashed else None}
    return SessionManifest(kind="tag", device_id=device, created=WHEN, updated=WHEN, document=document)


@dataclass
class MemoryShelf:
    """Tags of one account on one laptop, and its outbox."""

    device: str
    scratch: Path
    owner: str = OWNER
    kept: dict[str, Content] = field(default_factory=dict)
    outbox: list[LocalChange] = field(default_factory=list)
    _seq: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def change(self, root_id: str, content: Content | None) -> None:
        """What the coach does: content None deletes for good."""
        if content is None:
            del self.kept[root_id]
        else:
            self.kept[root_id] = content
        self.outbox.append(LocalChange(next(self._seq), "tag", root_id))

    def waiting(self, limit: int) -> list[LocalChange]:
        return self.outbox[:limit]

    def confirm(self, up_to: int) -> None:
        self.outbox = [row for row in self.outbox if row.seq > up_to]

    def look(self, entity: str, root_id: str) -> LocalRoot | None:
        content = self.kept.get(root_id)
        return None if content is None else LocalRoot("tag", root_id, content, manifest(content, self.device))

    def holds(self, session_id: str, name: str, sha256: str) -> Path | None:
        return None

    def check(self, entity: str, root_id: str, told: SessionManifest) -> None: ...

    def room_for(self, size: int) -> None: ...

    def take_in(
        self, entity: str, root_id: str, told: SessionManifest, files: Mapping[str, Path], expected: Content | None
    ) -> bool:
        if self.kept.get(root_id) != expected:
            return False
        self.kept[root_id] = content_of(told.document)
        return True

    def keep_copy(self, local: LocalRoot) -> str:
        new = str(uuid.uuid5(uuid.UUID(local.id), f"{self.device}:{local.content.digest}"))
        if new not in self.kept:
            self.change(new, local.content)
        return new

    def put_in_trash(self, entity: str, root_id: str, expected: Content) -> bool:
        if self.kept.get(root_id) != expected:
            return False
        self.kept[root_id] = replace(expected, trashed=True)
        return True


@dataclass
class MemoryCloud:
    """Records alone, with the gateway's rules about revisions."""

    held: dict[str, SessionState] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    owner: str | None = OWNER

    def put(self, root: Root, told: SessionManifest) -> int:
        return self._change(root, told)

    def delete(self, root: Root) -> int:
        return self._change(root, None)

    def _change(self, root: Root, told: SessionManifest | None) -> int:
        held = self.held.get(root.id)
        if (held.rev if held else 0) != root.remote_rev:
            assert held is not None
            raise RevConflict(held)
        self.held[root.id] = SessionState(
            id=root.id, kind="tag", rev=root.remote_rev + 1, deleted=told is None, device_id="", changed=WHEN,
            manifest=told,
        )  # fmt: skip
        self.order.append(root.id)
        return root.remote_rev + 1

    def changes(self, cursor: str) -> Page:
        at = int(cursor or 0)
        told = list(dict.fromkeys(self.order[at:]))
        return Page([self.held[one] for one in told], str(len(self.order)), more=False)

    def register(self, item: Item) -> Registered:
        raise NotImplementedError

    def sign(self, item: Item, parts: Sequence[tuple[int, str, int]]) -> dict[int, Address]:
        raise NotImplementedError

    def send(self, address: Address, body: Iterator[bytes], size: int, md5: str) -> None:
        raise NotImplementedError

    def standing(self, item: Item) -> Standing:
        raise NotImplementedError

    def complete(self, item: Item, md5s: Mapping[int, str]) -> None:
        raise NotImplementedError

    def abort(self, upload_id: str) -> None:
        raise NotImplementedError

    def fetch(self, object_id: str, offset: int) -> Iterator[bytes]:
        raise NotImplementedError

    def break_off(self) -> None: ...

    def close(self) -> None: ...
