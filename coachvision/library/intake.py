"""Taking in what another laptop told: the reverse of `portable`. Library room; reached as `library.portable`.

What comes from the cloud may be damaged or forged: ids must be UUIDs, names of files are ours, columns those of our
tables, and every file lands below the library's own folders under a name made here. All of it happens in one
transaction, or nothing. No outbox row is written: it is no change of this laptop's.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from coachvision.errors import LibraryError
from coachvision.library import arrays, results, search, videos
from coachvision.library.files import place
from coachvision.library.mirror import SESSION_TABLES
from coachvision.library.portable import NOT_CONTENT, read, schema_steps
from coachvision.library.store import ROOTS, Store, Write, clean, name_key

# Told by digest and trash: equal means that nothing has changed since somebody looked.
Seen = tuple[str, bool]
_RUN_FILE = re.compile(r"runs/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.npz")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")


def take_in(
    store: Store, entity: str, root_id: str, document: Mapping[str, Any], updated: str, files: Mapping[str, Path],
    expected: Seen | None,
) -> bool:  # fmt: skip
    """Make a record what the document says. files: by name in the session, in `store.scratch`, moved from there.

    expected: what it was compared with, None where it was not here; False, nothing done, if that is so no more.
    Raises LibraryError for a document that this version does not understand.
    """
    with _understood(store, entity, root_id, document), store.write("take_in") as write:
        if _seen(store, entity, root_id) != expected:
            return False
        if entity == "session":
            _take_session(write, root_id, document, updated, files)
        else:
            _take_person(write, entity, root_id, document, updated)
        write.db.execute("DELETE FROM tombstone WHERE entity = ? AND entity_id = ?", [entity, root_id])
    return True


def put_in_trash(store: Store, entity: str, root_id: str, expected: Seen) -> bool:
    """Into the trash of this laptop, without telling anyone; False if it has changed since."""
    with store.write("take_in") as write:
        if _seen(store, entity, root_id) != expected:
            return False
        write.db.execute(
            f"UPDATE {entity} SET trashed_at = ?, rev = rev + 1 WHERE id = ?",  # noqa: S608 - checked by _seen
            [store.now(), root_id],
        )
        write.owe("session", root_id) if entity == "session" else write.owe("people", "")
    return True


def keep_copy(store: Store, entity: str, root_id: str, seen: Seen, told: str) -> str:
    """This laptop's version as a record of its own; the same version twice is the same copy. Returns its id.

    told: what is added to its name.
    """
    new = str(uuid.uuid5(uuid.UUID(root_id), f"{store.device_id}:{seen[0]}"))
    with store.write("keep_copy") as write:
        if store.db.row(f"SELECT 1 FROM {entity} WHERE id = ?", (new,)) is not None:  # noqa: S608 - our own names
            return new
        row = store.db.dicts(f"SELECT * FROM {entity} WHERE id = ? AND user_id IS ?", (root_id, store.user_id))[0]  # noqa: S608
        name = "name" if "name" in row else "title"
        row |= {"id": new, "rev": 1, name: f"{row[name] or row.get('source_name', '')} {told}".strip()}
        if "name_key" in row:
            row["name_key"] = name_key(row["name"])
        row.pop("seq", None)
        write.db.table(entity).insert(row)
        if entity == "session":
            _copy_children(write, root_id, new)
            search.index(write.db, "s.id = ?", [new])
        if entity == "athlete":
            write.db.execute(
                "INSERT INTO athlete_team SELECT ?, team_id FROM athlete_team WHERE athlete_id = ?", [new, root_id]
            )
        write.touched(entity, new, created=True)
    return new


def _copy_children(write: Write, old: str, new: str) -> None:
    store = write.store
    folder = store.session_folder(new)
    write.placed.append(folder)
    for table in SESSION_TABLES:
        for row in store.db.dicts(f"SELECT * FROM {table} WHERE session_id = ?", (old,)):  # noqa: S608 - our own names
            row["session_id"] = new
            if "id" in row:
                row["id"] = str(uuid.uuid5(uuid.UUID(new), row["id"]))
            if table != "run":
                write.db.table(table).insert(row)
                continue
            source = store.session_folder(old) / row["file"]
            row["file"] = f"runs/{row['id']}.npz"
            part = store.scratch / f"{row['id']}.part"
            part.write_bytes(source.read_bytes())
            place(part, folder / row["file"], "run")
            _run(write, new, row, folder / row["file"])


def _seen(store: Store, entity: str, root_id: str) -> Seen | None:
    found = read(store, entity, root_id)
    return None if found is None else (found.digest, found.trashed)


def check(store: Store, entity: str, root_id: str, document: Mapping[str, Any]) -> None:
    """Raises LibraryError where `take_in` would before it looks at any file."""
    with _understood(store, entity, root_id, document):
        pass


def _require_free(store: Store, entity: str, root_id: str) -> None:
    if entity != "session" and entity not in ROOTS:
        raise _refused(f"it calls itself {entity!r}")
    _require_uuid(root_id)
    other = store.db.row(f"SELECT 1 FROM {entity} WHERE id = ? AND user_id IS NOT ?", (root_id, store.user_id))  # noqa: S608
    if other is not None:
        raise LibraryError(
            "Another account on this laptop has that already",
            hint="Nothing was changed. Restore into another library, opened with --library, to have it there.",
        )


@contextmanager
def _understood(store: Store, entity: str, root_id: str, document: Mapping[str, Any]) -> Iterator[None]:
    steps = document.get("schema")
    if isinstance(steps, int) and steps > schema_steps():
        raise LibraryError(
            "That was made by a newer CoachVision",
            "Another laptop keeps things that this version does not know.",
            hint="Update CoachVision on this laptop; until then its copy here stays as it is.",
        )
    try:
        _require_free(store, entity, root_id)
        # A session shows the names of its people: they are not to be what another account calls them.
        for kind, rows in document.get("people", {}).items():
            for row in rows:
                _require_free(store, kind, row["id"])
        yield
    except (KeyError, TypeError, ValueError, AttributeError, sqlite3.IntegrityError, sqlite3.InterfaceError) as error:
        raise _refused(f"{type(error).__name__}: {error}") from error


def _refused(why: str) -> LibraryError:
    return LibraryError(
        "What the cloud sent could not be understood",
        f"The copy is damaged or was not made by CoachVision ({why}).",
        hint="Nothing was changed. Sync it again from the laptop it comes from.",
    )


def _require_uuid(value: Any) -> str:
    if not isinstance(value, str) or str(uuid.UUID(value)) != value:
        raise ValueError("an id that is no UUID")
    return value


# People, boards, playlists


def _take_person(write: Write, entity: str, root_id: str, document: Mapping[str, Any], updated: str) -> None:
    content = document["content"]
    row = dict(content[entity]) | {"id": root_id}
    if "name" in row and "name_key" in _columns(write, entity):
        row["name"] = clean(str(row["name"]))
        row["name_key"] = name_key(row["name"])
    _replace(write, entity, root_id, row, document, updated)
    if entity == "athlete":
        _missing(write, document)
        write.db.execute("DELETE FROM athlete_team WHERE athlete_id = ?", [root_id])
        for team in content["teams"]:
            write.db.execute("INSERT OR IGNORE INTO athlete_team SELECT ?, id FROM team WHERE id = ?", [root_id, team])
    if entity in search.SESSIONS_OF:
        search.index(write.db, search.SESSIONS_OF[entity], [root_id])
    write.owe("people", "")


def _missing(write: Write, document: Mapping[str, Any]) -> None:
    """People whom the record names and who have not come yet; their own documents follow and bring the rest."""
    for kind, rows in document.get("people", {}).items():
        if kind not in ("athlete", "team", "tag"):
            raise ValueError(f"people of a kind {kind!r}")
        for row in rows:
            given = row["id"]
            if write.db.execute(f"SELECT 1 FROM {kind} WHERE id = ?", [given]).fetchone() is None:  # noqa: S608
                told = dict(row) | {"name": clean(str(row["name"])), "name_key": name_key(clean(str(row["name"])))}
                _replace(write, kind, given, told, {"trashed_at": None}, write.store.now())
                write.owe("people", "")


def _replace(
    write: Write, table: str, root_id: str, row: Mapping[str, Any], document: Mapping[str, Any], updated: str
) -> None:
    """Insert the root row or change it, keeping whose it is; one revision more."""
    known = _columns(write, table)
    values = {key: value for key, value in row.items() if key in known and key not in NOT_CONTENT and key != "id"}
    values |= {"updated": str(updated), "trashed_at": document["trashed_at"]}
    if write.db.execute(f"SELECT 1 FROM {table} WHERE id = ?", [root_id]).fetchone() is None:  # noqa: S608
        write.db.table(table).insert({"id": root_id, "user_id": write.store.user_id, "rev": 1, **values})
        return
    columns = ", ".join(f'"{column}" = ?' for column in values)
    write.db.execute(
        f"UPDATE {table} SET {columns}, rev = rev + 1 WHERE id = ?",  # noqa: S608 - columns of our own tables
        [*values.values(), root_id],
    )


def _columns(write: Write, table: str) -> set[str]:
    return set(write.db.table(table).columns_dict)


# Sessions


def _take_session(
    write: Write, session_id: str, document: Mapping[str, Any], updated: str, files: Mapping[str, Path]
) -> None:
    store = write.store
    content = document["content"]
    if store.db.row("SELECT 1 FROM session WHERE id = ?", (session_id,)) is None:
        write.placed.append(store.session_folder(session_id))
    _missing(write, document)
    if document.get("video") is not None:
        _take_video(write, document["video"], files.get("video"))
    row = dict(content["session"])
    for column, table, key in (("athlete_id", "athlete", "id"), ("video_sha256", "video", "sha256")):
        sql = f"SELECT 1 FROM {table} WHERE {key} = ?"  # noqa: S608 - our own names
        if row.get(column) is not None and write.db.execute(sql, [row[column]]).fetchone() is None:
            row[column] = None
    for column in ("title", "note", "source_name"):
        row[column] = clean(str(row.get(column) or ""))
    for column, kind in (("options", dict), ("warnings", list)):
        if not isinstance(json.loads(row[column]), kind):
            raise TypeError(column)
    _replace(write, "session", session_id, row, document, updated)
    _take_children(write, session_id, content["children"], files)
    search.index(write.db, "s.id = ?", [session_id])
    write.owe("session", session_id)


def _take_children(write: Write, session_id: str, children: Mapping[str, Any], files: Mapping[str, Path]) -> None:
    store = write.store
    told = {str(run["file"]): run for run in children["run"]}
    here = {row[0] for row in store.db.rows("SELECT file FROM run WHERE session_id = ?", (session_id,))}
    for file in here - set(told):
        write.db.execute("DELETE FROM run WHERE session_id = ? AND file = ?", [session_id, file])
        write.owe("purge_run", f"{session_id}/{file}")
    for file in sorted(set(told) - here):
        if not _RUN_FILE.fullmatch(file) or file != f"runs/{told[file]['id']}.npz":
            raise ValueError("a file of a name that is not ours")
        target = store.session_folder(session_id) / file
        write.placed.append(target)
        place(files[file], target, "run")
        _run(write, session_id, told[file], target)
    for table in SESSION_TABLES:
        if table == "run":
            continue
        write.db.execute(f"DELETE FROM {table} WHERE session_id = ?", [session_id])  # noqa: S608 - our own names
        known = _columns(write, table)
        for row in children.get(table, []):
            if table == "session_tag" and not _known_tag(write, row["tag_id"]):
                continue
            values = {key: value for key, value in row.items() if key in known} | {"session_id": session_id}
            write.db.table(table).insert(values)


def _known_tag(write: Write, tag_id: str) -> bool:
    return write.db.execute("SELECT 1 FROM tag WHERE id = ?", [tag_id]).fetchone() is not None


def _run(write: Write, session_id: str, row: Mapping[str, Any], path: Path) -> None:
    """A run's row, and the index rows that its arrays tell."""
    with arrays.opened(path) as file:
        result, clock = file.result(), file.clock()
    known = _columns(write, "run")
    values = {key: value for key, value in row.items() if key in known}
    write.db.table("run").insert(values | {"session_id": session_id, "size": path.stat().st_size})
    results.insert_rows(write.db, session_id, str(row["id"]), result, clock)


def _take_video(write: Write, told: Mapping[str, Any], file: Path | None) -> None:
    store = write.store
    row = dict(told["row"])
    sha256, extension = str(row["sha256"]), str(told.get("extension", ""))
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a video without its hash")
    known = videos.find(store, sha256)
    if known is None and file is None:
        raise ValueError("a video that did not come along")
    if file is not None and (known is None or not videos.is_whole(known)):
        extension = extension if _EXTENSION.fullmatch(extension) and extension != ".json" else ".video"
        path = f"videos/{sha256[:2]}/{sha256}{extension}"
        write.placed.append(store.root / path)
        place(file, store.root / path, "video")
        where: dict[str, Any] = {"path": path, "copied": 1, "size": (store.root / path).stat().st_size}
        if known is not None:
            write.db.table("video").update(sha256, where)
        else:
            columns = _columns(write, "video")
            fields = {key: value for key, value in row.items() if key in columns}
            json.loads(fields["warnings"])
            if fields.get("recorded") is not None and datetime.fromisoformat(fields["recorded"]).tzinfo is None:
                raise ValueError("a moment without its offset from UTC")
            write.db.table("video").insert({**fields, "created": store.now(), **where})
    for timeline in told["timeline"]:
        if str(timeline["video_sha256"]) == sha256 and known is None:
            pts = base64.b64decode(timeline["pts"])
            write.db.table("timeline").insert({**timeline, "pts": pts}, ignore=True)
    write.owe("video", sha256)
