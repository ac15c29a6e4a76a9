"""A new database from the files beside a damaged one. Library room only; reached as `Library.rebuild`.

The new database is made whole in the scratch folder and then takes the old one's place in one rename, so that a kill
at any point leaves either. What lay there before is copied to `trash/damaged-...` first.
"""

from __future__ import annotations

import base64
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Tables

from coachvision.checkpoints import checkpoint
from coachvision.clock import Clock, iso
from coachvision.errors import LibraryError
from coachvision.library import arrays, results, search
from coachvision.library.database import Database
from coachvision.library.files import make_folder, place, read_json, sync_folder
from coachvision.library.mirror import PEOPLE_TABLES, SCHEMA, SESSION_TABLES
from coachvision.library.records import Rebuilt
from coachvision.library.store import ROOTS, sweep_scratch
from coachvision.library.translate import plain_words
from coachvision.locks import FileLock


def rebuild(root: Path, clock: Clock) -> Rebuilt:
    """See `Library.rebuild`."""
    with plain_words(root):
        make_folder(root / "tmp")
        with FileLock(root / "tmp" / "opening.lock"), _alone(root) as scratch:
            builder = _Builder(root, scratch / "library.db", iso(clock.now()))
            builder.build()
            moved_to = _keep_old(root, root / "trash" / f"damaged-{uuid.uuid4().hex[:8]}")
            for name in ("library.db-wal", "library.db-shm"):
                # A leftover log would be replayed into the new database.
                (root / name).unlink(missing_ok=True)
            place(scratch / "library.db", root / "library.db", "rebuild")
    return Rebuilt(builder.sessions, builder.videos, moved_to, tuple(builder.lost))


@contextmanager
def _alone(root: Path) -> Iterator[Path]:
    sweep_scratch(root)
    if any(path.is_dir() for path in (root / "tmp").iterdir()):
        raise LibraryError(
            "The library is open in another program",
            f"{root} cannot be rebuilt while it is in use",
            hint="Close every other CoachVision window and command, then try again.",
            path=root,
            retryable=True,
        )
    scratch = root / "tmp" / uuid.uuid4().hex
    scratch.mkdir()
    try:
        with FileLock(scratch / "lock"):
            yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _keep_old(root: Path, aside: Path) -> Path | None:
    old = [root / name for name in ("library.db", "library.db-wal") if (root / name).exists()]
    for path in old:
        make_folder(aside)
        shutil.copy2(path, aside / path.name)
        sync_folder(aside)
    checkpoint("library.rebuild.old_kept")
    return aside if old else None


class _Builder:
    """Fills a new database; what cannot be read is named in `lost`, and the rest goes on."""

    def __init__(self, root: Path, path: Path, now: str) -> None:
        self._root = root
        self._path = path
        self._now = now
        self._device_id = str(uuid.uuid4())
        self.sessions = 0
        self.videos = 0
        self.lost: list[str] = []

    def build(self) -> None:
        database = Database(self._path)
        try:
            database.migrate(self._path.parent, self._path.parent)
            with database.transaction("rebuild") as db:
                for path in [self._root / "library.json"] if (self._root / "library.json").exists() else []:
                    self._try(db, path, self._people)
                for path in sorted(self._root.glob("videos/*/*.json")):
                    self._try(db, path, self._video)
                for path in sorted(self._root.glob("sessions/*/session.json")):
                    self._try(db, path, self._session)
                db.execute("INSERT INTO meta VALUES ('device_id', ?)", [self._device_id])
                search.index(db)
                self._outbox(db)
            # One file alone is renamed: nothing may be left in its log.
            database.conn.execute("PRAGMA journal_mode=DELETE")
        finally:
            database.close()

    def _try(self, db: Tables, path: Path, add: Any) -> None:
        try:
            with db.atomic():
                add(db, path, _document(path))
        except (OSError, ValueError, KeyError, TypeError, sqlite3.IntegrityError) as error:
            self.lost.append(f"{path}: {error}")

    def _people(self, db: Tables, _: Path, document: dict[str, Any]) -> None:
        self._device_id = str(document["device_id"])
        for table in PEOPLE_TABLES:
            # A table that an older version did not have yet has no rows.
            _insert(db, table, document.get(table, []))

    def _video(self, db: Tables, _: Path, document: dict[str, Any]) -> None:
        _insert(db, "video", [document["video"]])
        _insert(db, "timeline", [{**row, "pts": base64.b64decode(row["pts"])} for row in document["timeline"]])
        self.videos += 1

    def _session(self, db: Tables, path: Path, document: dict[str, Any]) -> None:
        session = {key: value for key, value in document["session"].items() if key != "seq"}
        if _has(db, "tombstone", "entity_id", session["id"]):
            return  # deleted for good; only its folder was not removed yet
        for column, table, key in (("athlete_id", "athlete", "id"), ("video_sha256", "video", "sha256")):
            given = session[column]
            if given is not None and not _has(db, table, key, given):
                # What was deleted for good is not lost; the database had forgotten it here, too.
                if not _has(db, "tombstone", "entity_id", given):
                    self.lost.append(f"{path}: its {table} {given}")
                session[column] = None
        _insert(db, "session", [session])
        for table in SESSION_TABLES:
            if table == "run":
                self._runs(db, path.parent, session["id"], document[table])
                continue
            rows = document.get(table, [])
            if table == "session_tag":
                rows = [row for row in rows if _has(db, "tag", "id", row["tag_id"])]
            _insert(db, table, rows)
        self.sessions += 1

    def _runs(self, db: Tables, folder: Path, session_id: str, rows: list[dict[str, Any]]) -> None:
        """The runs whose arrays can be read, with the rows that these tell."""
        for row in rows:
            try:
                with arrays.opened(folder / row["file"]) as file:
                    result, clock = file.result(), file.clock()
            except LibraryError as error:
                self.lost.append(str(error))
                continue
            _insert(db, "run", [row])
            results.insert_rows(db, session_id, row["id"], result, clock)

    def _outbox(self, db: Tables) -> None:
        # Which changes had been sent is not known any more: all are offered again, and sync compares revisions.
        for table in (*ROOTS, "session"):
            db.execute(
                "INSERT INTO outbox (entity, entity_id, operation, rev, user_id, device_id, created)"  # noqa: S608
                f" SELECT '{table}', id, 'put', rev, user_id, ?, ? FROM {table} ORDER BY created",
                [self._device_id, self._now],
            )


def _document(path: Path) -> dict[str, Any]:
    document = read_json(path)
    if document.get("schema") != SCHEMA:
        raise ValueError("it is of a newer version")
    return document


def _insert(db: Tables, table: str, rows: list[dict[str, Any]]) -> None:
    columns = db.table(table).columns_dict
    for row in rows:
        db.table(table).insert({key: value for key, value in row.items() if key in columns})


def _has(db: Tables, table: str, column: str, value: str) -> bool:
    sql = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608 - our own names
    return db.execute(sql, [value]).fetchone() is not None
