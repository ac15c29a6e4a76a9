"""One connection to the library's database: pragmas, migrations with a backup, short write transactions.

Library room only. One `Database` may be used from several threads: each statement and each transaction holds its lock.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils
from sqlite_utils import Migrations

from coachvision.checkpoints import checkpoint
from coachvision.errors import LibraryError
from coachvision.library.files import place
from coachvision.library.schema import MIGRATIONS
from coachvision.library.translate import plain_words

BUSY_TIMEOUT_S = 5.0


class Database:
    """The open database. `conn` is for reading rows fast; all writing goes through `transaction`."""

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Opens or creates the file; the schema is `migrate`'s business. Raises LibraryError."""
        self.path = path
        self._lock = threading.RLock()
        with plain_words(path):
            # isolation_level None: transactions begin and end where we say, and nowhere else.
            self.conn = sqlite3.connect(path, timeout=busy_timeout_s, check_same_thread=False, isolation_level=None)
            try:
                self.conn.execute("PRAGMA journal_mode=WAL")
                self.conn.execute("PRAGMA synchronous=FULL")
                self.conn.execute("PRAGMA foreign_keys=ON")
                self.db = sqlite_utils.Database(self.conn, execute_plugins=False)
            except BaseException:
                self.conn.close()
                raise

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """All rows of a query, as tuples."""
        with self._lock:
            try:
                return self.conn.execute(sql, parameters).fetchall()
            except sqlite3.Error:
                with plain_words(self.path):
                    raise

    def row(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def dicts(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query by column name: for what is written into files."""
        with self._lock, plain_words(self.path):
            cursor = self.conn.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    @contextmanager
    def transaction(self, name: str, placed: list[Path] | None = None) -> Iterator[sqlite_utils.Database]:
        """One short write transaction: all of it or nothing. name: of the kill points around the commit.

        placed: files that belong to the new rows; the block adds to it, a rollback removes them again.
        """
        with self._lock, plain_words(self.path):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                checkpoint(f"library.{name}.before_commit")
                self.conn.execute("COMMIT")
            except BaseException as error:
                # A full disk may have ended the transaction already; any other end of it is a finished commit.
                undone = self.conn.in_transaction or isinstance(error, sqlite3.Error)
                if self.conn.in_transaction:
                    self.conn.execute("ROLLBACK")
                for path in (placed or []) if undone else []:
                    _remove(path)
                raise
            checkpoint(f"library.{name}.after_commit")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads that see one and the same state."""
        with self._lock, plain_words(self.path):
            self.conn.execute("BEGIN")
            try:
                yield
            finally:
                self.conn.execute("COMMIT")

    def migrate(self, backups: Path, scratch: Path, migrations: Migrations = MIGRATIONS) -> Path | None:
        """Bring the schema up to date; the caller holds the opening lock. Returns the backup that was made, if any.

        A database of a newer CoachVision is refused untouched. Before an existing one is changed, SQLite's own backup
        copies it to `backups`. All migrations of one opening are one transaction. Raises LibraryError.
        """
        with self._lock, plain_words(self.path):
            applied = [migration.name for migration in migrations.applied(self.db)]
            known = known_steps(migrations)
            if not set(applied) <= set(known):
                raise LibraryError(
                    "This library was made by a newer CoachVision",
                    f"{self.path} has {len(applied)} schema steps; this version knows {len(known)}",
                    hint="Update CoachVision, or open another library with --library. Nothing was changed.",
                    path=self.path,
                )
            if len(applied) == len(known):
                return None
            backup = self._backup(backups, scratch, applied[-1]) if applied else None
            with self.transaction("migrate") as db:
                migrations.apply(db)
            return backup

    def _backup(self, backups: Path, scratch: Path, step: str) -> Path:
        part = scratch / "backup.part"
        with closing(sqlite3.connect(part)) as copy:
            self.conn.backup(copy)
            # The copy stands alone: no -wal file is needed beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
        target = backups / f"library-{step}.db"
        place(part, target, "backup")
        return target

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        with self._lock:
            self.conn.close()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def known_steps(migrations: Migrations = MIGRATIONS) -> list[str]:
    """The names of all steps of the schema, in order."""
    # A set tells its names only as what an empty database would have pending.
    with closing(sqlite3.connect(":memory:")) as empty:
        return [migration.name for migration in migrations.pending(sqlite_utils.Database(empty, execute_plugins=False))]
