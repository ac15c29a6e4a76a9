"""A separate process whose disk refuses one write of sync's own notes. Called in a fork of `killers.ForkedRuns`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from coachvision.sync import database as sync_database
from coachvision.sync.database import SyncError
from tests.sync.laptop import Laptop, Tokens


class Failing(sqlite3.Connection):
    """Refuses the i-th write, as a disk does that is full or dying."""

    at = 0
    written = 0

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self._write(sql)
        return super().execute(sql, *more)

    def executemany(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self._write(sql)
        return super().executemany(sql, *more)

    def _write(self, sql: str) -> None:
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
            Failing.written += 1
            if Failing.written == Failing.at:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error


class _Sqlite:
    """The sqlite3 module as sync's database sees it, with connections that fail."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    @staticmethod
    def connect(*given: Any, **more: Any) -> sqlite3.Connection:
        return sqlite3.connect(*given, **more, **({"factory": Failing} if more.get("uri") else {}))


def work(root: str, gateway: str, user_id: str, token: str, told: str, at: int = 0) -> None:
    """One run. at: which write is refused; 0: none. told: a file for how many there were, and what came of it."""
    Failing.at = at
    setattr(sync_database, "sqlite3", _Sqlite())  # noqa: B010 - no module's own name, to the type checker
    failed: list[str] = []
    title = ""
    try:
        failed = Laptop(Path(root), gateway, Tokens(user_id, token, lambda: token)).sync().failed
    except SyncError as error:
        title = error.title
    Path(told).write_text(json.dumps({"written": Failing.written, "failed": failed, "title": title}), "utf-8")
