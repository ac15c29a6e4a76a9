"""What all parts of the library share: root folder, database, clock, whose things, the process's scratch folder.

Library room only. Every change goes through `Store.write`, which keeps revision, outbox and the files beside the
database in step with the rows.
"""

from __future__ import annotations

import shutil
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Tables

from coachvision.clock import Clock, iso
from coachvision.errors import LibraryError
from coachvision.library import pending
from coachvision.library.database import Database
from coachvision.library.files import make_folder
from coachvision.library.translate import damaged, plain_words
from coachvision.locks import FileLock

PEOPLE = ("athlete", "team", "tag")
# Every root table but the session: each row is whole in itself.
ROOTS = (*PEOPLE, "board", "playlist")


class Store:
    """One process's hold on one library. user_id: whose things are seen and made; None is the guest."""

    def __init__(self, root: Path, clock: Clock, user_id: str | None, busy_timeout_s: float) -> None:
        self.root = root
        self.clock = clock
        self.user_id = user_id
        with plain_words(root):
            make_folder(root / "tmp")
            with FileLock(root / "tmp" / "opening.lock"):
                sweep_scratch(root)
                self._open(busy_timeout_s)

    def _open(self, busy_timeout_s: float) -> None:
        self.scratch = self.root / "tmp" / uuid.uuid4().hex
        self.scratch.mkdir()
        self._owner = FileLock(self.scratch / "lock")
        self._owner.acquire()
        try:
            _require_database(self.root)
            self.db = Database(self.root / "library.db", busy_timeout_s=busy_timeout_s)
            try:
                self.db.migrate(self.root / "backups", self.scratch)
                self.device_id = self._device_id()
                pending.finish(self)
            except BaseException:
                self.db.close()
                raise
        except BaseException:
            self._leave()
            raise

    def _device_id(self) -> str:
        found = self.db.row("SELECT value FROM meta WHERE key = 'device_id'")
        if found is None:
            with self.db.transaction("device") as db:
                db.execute("INSERT INTO meta VALUES ('device_id', ?)", [str(uuid.uuid4())])
            found = self.db.row("SELECT value FROM meta WHERE key = 'device_id'")
        return str(found[0]) if found else ""

    def close(self) -> None:
        """Close the database and remove the scratch folder; a second time does nothing."""
        self.db.close()
        self._leave()

    def _leave(self) -> None:
        self._owner.release()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def now(self) -> str:
        """The time now as it is stored."""
        return iso(self.clock.now())

    def session_folder(self, session_id: str) -> Path:
        """Where a session's files lie."""
        return self.root / "sessions" / session_id

    @contextmanager
    def write(self, name: str) -> Iterator[Write]:
        """One change: rows, revision, outbox in one transaction; then the files beside the database that tell of it."""
        placed: list[Path] = []
        with self.db.transaction(name, placed) as db:
            write = Write(self, db, placed)
            yield write
        pending.finish(self, write.owed)

    def session_id(self, given: str) -> str:
        """The full id of a session of this user, from itself or from its first 6 or more characters, in any case."""
        if len(given) < 6:
            raise LibraryError(
                "The session's id is too short",
                f"{given!r}: give at least its first 6 characters",
                hint="`coachvision sessions` lists them.",
            )
        query = "SELECT id FROM session WHERE id >= ? AND id < ? AND user_id IS ? LIMIT 2"
        # What is typed may hold bytes that are no text, which SQLite refuses; an id has none of them.
        low = given.lower()
        found = self.db.rows(query, (low, low + "\U0010ffff", self.user_id)) if given.isascii() else []
        if len(found) > 1 and found[0][0] != low:
            raise LibraryError(
                "The session's id is ambiguous",
                f"More than one session's id begins with {given}",
                hint="Give more of its characters.",
            )
        if not found:
            raise LibraryError(
                "No such session",
                f"The library at {self.root} has no session {given if given.isprintable() else repr(given)}",
                hint="`coachvision sessions` lists them.",
                path=self.root,
            )
        return str(found[0][0])


class Write:
    """An open transaction and what it owes to the files. db: sqlite-utils' own database, for inserting rows.

    placed: files renamed into the library for the new rows; they go again if the transaction is rolled back.
    """

    def __init__(self, store: Store, db: Tables, placed: list[Path]) -> None:
        self.store = store
        self.db = db
        self.placed = placed
        self.owed: list[tuple[str, str]] = []

    def touched(self, entity: str, entity_id: str, *, created: bool = False) -> None:
        """Record that a root row was made or changed: revision, outbox, and its file."""
        if not created:
            sql = f"UPDATE {entity} SET rev = rev + 1, updated = ? WHERE id = ?"  # noqa: S608 - our own table names
            self.db.execute(sql, [self.store.now(), entity_id])
        self.db.execute(
            "INSERT INTO outbox (entity, entity_id, operation, rev, user_id, device_id, created)"  # noqa: S608 - as above
            f" SELECT ?, id, 'put', rev, user_id, ?, ? FROM {entity} WHERE id = ?",
            [entity, self.store.device_id, self.store.now(), entity_id],
        )
        self.owe("session", entity_id) if entity == "session" else self.owe("people", "")

    def deleted(self, entity: str, entity_id: str) -> None:
        """Record that a root row is about to be deleted for good: tombstone and outbox. Call it before deleting."""
        values = [entity, self.store.device_id, self.store.now(), entity_id]
        self.db.execute(
            "INSERT OR REPLACE INTO tombstone (entity, entity_id, user_id, rev, device_id, created)"  # noqa: S608 - as above
            f" SELECT ?, id, user_id, rev + 1, ?, ? FROM {entity} WHERE id = ?",
            values,
        )
        self.db.execute(
            "INSERT INTO outbox (entity, entity_id, operation, rev, user_id, device_id, created)"  # noqa: S608 - as above
            f" SELECT ?, id, 'delete', rev + 1, user_id, ?, ? FROM {entity} WHERE id = ?",
            values,
        )
        self.owe("people", "")

    def owe(self, kind: str, key: str) -> None:
        """Promise file work for after the commit; the promise is a row, so a killed process does not forget it."""
        if (kind, key) not in self.owed:
            self.owed.append((kind, key))
            self.db.execute("INSERT OR IGNORE INTO pending VALUES (?, ?)", [kind, key])


def _require_database(root: Path) -> None:
    # An empty library in place of the coach's sessions would be worse than none.
    if not (root / "library.db").exists() and (root / "library.json").exists():
        raise damaged(root / "library.db", "it is missing, and the sessions' files are there")


def sweep_scratch(root: Path) -> list[Path]:
    """Remove what killed processes left in `tmp/`; folders of living ones are locked. Returns what was removed."""
    swept = []
    for folder in sorted((root / "tmp").iterdir()):
        if not folder.is_dir():
            continue
        lock = FileLock(folder / "lock")
        if lock.acquire(wait=False):
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)
            swept.append(folder)
    return swept


def clean(text: str) -> str:
    """Text as it is kept: composed (NFC), no control characters but line ends and tabs."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c in "\n\t" or unicodedata.category(c)[0] != "C" or c == "\u200d").strip()


def name_key(name: str) -> str:
    """Two names are the same name if their keys are equal."""
    return unicodedata.normalize("NFC", " ".join(name.casefold().split()))


def placeholders(values: Sequence[Any]) -> str:
    """`?,?,?` for an IN list."""
    return ",".join("?" * len(values))
