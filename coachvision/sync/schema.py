"""Sync's own tables, in the library's file under a migration record of their own. Only `database` applies them.

Append-only, as the library's: once released a migration is never edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("sync")

_FIRST = """
CREATE TABLE sync_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE sync_root (
  owner TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, changed INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0, remote_rev INTEGER NOT NULL DEFAULT 0, base_digest TEXT,
  base_trashed INTEGER NOT NULL DEFAULT 0, sending TEXT, attempts INTEGER NOT NULL DEFAULT 0,
  next_at REAL NOT NULL DEFAULT 0, reason TEXT, error TEXT NOT NULL DEFAULT '', PRIMARY KEY (owner, id)
) WITHOUT ROWID;
CREATE INDEX sync_root_dirty ON sync_root (owner, next_at) WHERE changed > sent;

CREATE TABLE sync_item (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, session_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  ext TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER, sha256 TEXT,
  key TEXT NOT NULL UNIQUE, upload_id TEXT, part_size INTEGER, state TEXT NOT NULL, reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  sent INTEGER NOT NULL DEFAULT 0, UNIQUE (owner, session_id, name)
);
CREATE INDEX sync_item_open ON sync_item (owner, next_at) WHERE state NOT IN ('stored', 'cancelled');

CREATE TABLE sync_part (
  item_id INTEGER NOT NULL REFERENCES sync_item (id) ON DELETE CASCADE, n INTEGER NOT NULL, md5 TEXT NOT NULL,
  stored INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (item_id, n)
) WITHOUT ROWID;

CREATE TABLE sync_abort (
  upload_id TEXT PRIMARY KEY, owner TEXT NOT NULL, session_id TEXT NOT NULL
) WITHOUT ROWID;
"""


@MIGRATIONS()
def m001_first(db: Database) -> None:
    """Files on their way, roots and how they stand to the cloud, uploads that are to be given up."""
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            db.execute(statement)
