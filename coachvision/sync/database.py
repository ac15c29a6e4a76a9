"""Sync's own connection to the library's database file: pragmas, its own migrations, short write transactions.

Sync room only. The library's tables are never touched from here.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

from coachvision.checkpoints import checkpoint
from coachvision.errors import CoachVisionError
from coachvision.sync.schema import MIGRATIONS

BUSY_TIMEOUT_S = 5.0
_FULL = {sqlite3.SQLITE_FULL}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_OUR_FAULT = {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_RANGE}


class SyncError(CoachVisionError):
    """Sync cannot go on: its notes cannot be written, another program syncs this library, the cloud is not set up."""


class Database:
    """One connection, used by several threads in turn."""

    def __init__(self, path: Path) -> None:
        """Opens the library's file, which must be there, and brings sync's own tables up to date. Raises SyncError."""
        self.path = path
        self._lock = threading.RLock()
        with plain_words(path):
            self.conn = sqlite3.connect(
                f"{path.as_uri()}?mode=rw",
                uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None,
            )  # fmt: skip
            try:
                self.conn.execute("PRAGMA journal_mode=WAL")
                self.conn.execute("PRAGMA synchronous=FULL")
                self.conn.execute("PRAGMA foreign_keys=ON")
                self._migrate()
            except BaseException:
                self.conn.close()
                raise

    def _migrate(self) -> None:
        tables = sqlite_utils.Database(self.conn, execute_plugins=False)
        applied = {migration.name for migration in MIGRATIONS.applied(tables)}
        known = _known()
        if not applied <= known:
            raise SyncError(
                "This library was synced by a newer CoachVision",
                f"{self.path} has {len(applied)} steps of sync's tables; this version knows {len(known)}",
                hint="Update CoachVision. Nothing was changed.",
                path=self.path,
            )
        if applied != known:
            with self.transaction("migrate"):
                MIGRATIONS.apply(tables)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query, as tuples."""
        with self._lock, plain_words(self.path):
            return self.conn.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    @contextmanager
    def transaction(self, name: str) -> Iterator[sqlite3.Connection]:
        """One short write transaction: all of it, on the disk, or nothing. name: of the kill points around it."""
        with self._lock, plain_words(self.path):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
                checkpoint(f"sync.{name}.before_commit")
                self.conn.execute("COMMIT")
            except BaseException:
                if self.conn.in_transaction:
                    self.conn.execute("ROLLBACK")
                raise
            checkpoint(f"sync.{name}.after_commit")

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        with self._lock:
            self.conn.close()


def _known() -> set[str]:
    with closing(sqlite3.connect(":memory:")) as empty:
        return {step.name for step in MIGRATIONS.pending(sqlite_utils.Database(empty, execute_plugins=False))}


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """What SQLite and the disk do to us, in words; what we did wrong goes through as it is."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _OUR_FAULT:
            raise
        raise _told(code, error, path) from error


def _told(code: int, error: sqlite3.Error, path: Path) -> SyncError:
    if code in _FULL:
        return SyncError(
            "The disk is full",
            f"Sync cannot write its notes into {path}",
            hint="Free some space on that disk; sync goes on by itself.",
            path=path,
            retryable=True,
        )
    if code in _BUSY:
        return SyncError(
            "The library is busy",
            f"Another program is writing to {path}",
            hint="Sync tries again by itself.",
            path=path,
            retryable=True,
        )
    if code in _DAMAGED:
        return SyncError(
            "The library's database is damaged",
            f"{path}: {error}",
            hint="Run `coachvision doctor --repair`: it rebuilds the database from the sessions' own files.",
            path=path,
        )
    return SyncError(
        "Sync cannot write its notes",
        f"{path}: {error}",
        hint="Check that the drive is connected, healthy and not full.",
        path=path,
        retryable=True,
    )
