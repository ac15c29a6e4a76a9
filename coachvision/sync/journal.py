"""Sync's notes: what is on its way, intent before each effect in the cloud, confirmation after. Sync room only.

Each method that writes is one transaction with a name of its own, at whose commit a test may kill the process.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from coachvision.sync.database import Database
from coachvision.sync.planner import Change
from coachvision.sync.records import UNKNOWN, Content, Item, NewItem, Root
from coachvision.sync.states import ALLOWED, FINAL, PAUSES, Reason, State

_ITEM = (
    "id, owner, session_id, kind, name, ext, path, size, mtime_ns, sha256, key, upload_id, part_size, state, reason,"
    " attempts, next_at, error, sent"
)
_ROOT = (
    "owner, entity, id, changed, sent, remote_rev, base_digest, base_trashed, sending, attempts, next_at, reason, error"
)
_DELETED = "deleted"


class Journal:
    """The notes of every account that ever synced this library; each call names the account or one row."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Files

    def enqueue(self, new: Sequence[NewItem]) -> None:
        """Queue files. One of the same name whose content is another replaces it: its upload is given up."""
        if not new:
            return
        with self._db.transaction("enqueue") as db:
            for one in new:
                where = (one.owner, one.session_id, one.name)
                old = db.execute(
                    "SELECT id, sha256, size, upload_id, state FROM sync_item"
                    " WHERE owner = ? AND session_id = ? AND name = ?",
                    where,
                ).fetchone()
                if old is not None:
                    if old[1:3] == (one.sha256, one.size) or (one.sha256 is None and old[2] == one.size):
                        db.execute("UPDATE sync_item SET path = ? WHERE id = ?", (str(one.path), old[0]))
                        continue
                    _give_up(db, one.owner, one.session_id, old[3])
                    db.execute("DELETE FROM sync_item WHERE id = ?", (old[0],))
                db.execute(
                    "INSERT INTO sync_item (owner, session_id, name, kind, ext, path, size, sha256, key, state)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
                    (*where, one.kind, one.ext, str(one.path), one.size, one.sha256, str(uuid.uuid4())),
                )

    def remember_stored(self, new: NewItem, object_id: str) -> None:
        """Note a file that the cloud has already: from another laptop, or known before this library was rebuilt."""
        with self._db.transaction("remembered") as db:
            db.execute(
                "INSERT INTO sync_item (owner, session_id, name, kind, ext, path, size, sha256, key, upload_id, state,"
                " sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'stored', ?)"
                " ON CONFLICT (owner, session_id, name) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size,"
                " path = excluded.path, upload_id = excluded.upload_id, state = 'stored', sent = excluded.sent,"
                " reason = NULL, error = ''",
                (
                    new.owner, new.session_id, new.name, new.kind, new.ext, str(new.path), new.size, new.sha256,
                    str(uuid.uuid4()), object_id, new.size,
                ),
            )  # fmt: skip

    def keep_only(self, owner: str, session_id: str, names: Iterable[str], *, remove: bool = True) -> None:
        """Forget files of a session that it does not have any more. remove: their objects go from the cloud, too."""
        kept = set(names)
        gone = [item for item in self.items(owner, session_id) if item.name not in kept]
        if not gone:
            return
        with self._db.transaction("forget") as db:
            for item in gone:
                if remove or item.state not in FINAL:
                    _give_up(db, owner, session_id, item.upload_id)
                db.execute("DELETE FROM sync_item WHERE id = ?", (item.id,))

    def items(self, owner: str, session_id: str) -> list[Item]:
        """All files of a session."""
        rows = self._db.rows(
            f"SELECT {_ITEM} FROM sync_item WHERE owner = ? AND session_id = ? ORDER BY id",  # noqa: S608
            (owner, session_id),
        )
        return [_item(row) for row in rows]

    def item(self, item_id: int) -> Item:
        """One file as it is now. Raises KeyError."""
        row = self._db.row(f"SELECT {_ITEM} FROM sync_item WHERE id = ?", (item_id,))  # noqa: S608
        if row is None:
            raise KeyError(item_id)
        return _item(row)

    def open_items(self, owner: str) -> list[Item]:
        """Every file of the account that is neither stored nor cancelled."""
        rows = self._db.rows(
            f"SELECT {_ITEM} FROM sync_item WHERE owner = ? AND state NOT IN ('stored', 'cancelled') ORDER BY id",  # noqa: S608
            (owner,),
        )
        return [_item(row) for row in rows]

    def waiting_bytes(self) -> int:
        """Bytes of every file that is not stored yet, of all accounts."""
        row = self._db.row(
            "SELECT coalesce(sum(size - sent), 0) FROM sync_item WHERE state NOT IN ('stored', 'cancelled')"
        )
        return int(row[0]) if row else 0

    def looked_at(self, item: Item, size: int, mtime_ns: int, sha256: str) -> Item:
        """The file was read through: its content is known now."""
        state = State.QUEUED if item.upload_id is None else State.REGISTERED
        seen = {"size": size, "mtime_ns": mtime_ns, "sha256": sha256}
        return self._set(item, "hashed", state=state, error="", reason=None, **seen)

    def begin(self, item: Item, state: State) -> Item:
        """A step begins: intent before the effect."""
        return self._set(item, state.value, state=state, reason=None)

    def registered(self, item: Item, upload_id: str, part_size: int) -> Item:
        """The cloud gave an upload."""
        return self._set(item, "registered", state=State.REGISTERED, upload_id=upload_id, part_size=part_size)

    def reconciled(self, item: Item, stored: dict[int, str], sent: int) -> Item:
        """What the cloud says it holds: its word replaces ours."""
        with self._db.transaction("reconciled") as db:
            db.execute("DELETE FROM sync_part WHERE item_id = ?", (item.id,))
            db.executemany(
                "INSERT INTO sync_part VALUES (?, ?, ?, 1)", [(item.id, n, md5) for n, md5 in sorted(stored.items())]
            )
            _move(db, item, state=State.UPLOADING, sent=sent)
        return self.item(item.id)

    def sending(self, item: Item, parts: Iterable[tuple[int, str]]) -> None:
        """These parts are about to be sent, with these MD5s."""
        with self._db.transaction("sending") as db:
            db.executemany(
                "INSERT INTO sync_part (item_id, n, md5) VALUES (?, ?, ?)"
                " ON CONFLICT (item_id, n) DO UPDATE SET md5 = excluded.md5, stored = 0",
                [(item.id, n, md5) for n, md5 in parts],
            )

    def part_stored(self, item: Item, n: int, size: int) -> None:
        """The storage has taken a part. That something gets through ends the count of failures."""
        with self._db.transaction("part") as db:
            db.execute("UPDATE sync_part SET stored = 1 WHERE item_id = ? AND n = ?", (item.id, n))
            db.execute("UPDATE sync_item SET sent = sent + ?, attempts = 0 WHERE id = ?", (size, item.id))

    def parts(self, item: Item) -> dict[int, tuple[str, bool]]:
        """Part number to (MD5, stored)."""
        rows = self._db.rows("SELECT n, md5, stored FROM sync_part WHERE item_id = ?", (item.id,))
        return {n: (md5, bool(stored)) for n, md5, stored in rows}

    def stored(self, item: Item) -> Item:
        """The object is whole in the cloud."""
        with self._db.transaction("stored") as db:
            _move(db, item, state=State.STORED, reason=None, sent=item.size, error="", attempts=0, next_at=0.0)
            db.execute("DELETE FROM sync_part WHERE item_id = ?", (item.id,))
        return self.item(item.id)

    def set_aside(self, item: Item, change: Change) -> Item:
        """A fault: wait, pause or block; `anew` forgets the upload, which is then given up in the cloud, too."""
        values: dict[str, Any] = {
            "state": change.state, "reason": change.reason, "attempts": change.attempts, "next_at": change.next_at,
            "error": change.error,
        }  # fmt: skip
        with self._db.transaction("aside") as db:
            if change.anew:
                _give_up(db, item.owner, item.session_id, item.upload_id)
                values |= {"upload_id": None, "part_size": None, "key": str(uuid.uuid4()), "sent": 0}
                db.execute("DELETE FROM sync_part WHERE item_id = ?", (item.id,))
            if change.rehash:
                values |= {"mtime_ns": None}
                if item.kind != "video":
                    # A video is known by its content: another content is another video.
                    values |= {"sha256": None}
            _move(db, item, **values)
        return self.item(item.id)

    def missing(self, item: Item) -> None:
        """A file we thought stored is not there any more: it goes again, as a new upload."""
        with self._db.transaction("missing") as db:
            db.execute(
                "UPDATE sync_item SET state = 'queued', upload_id = NULL, part_size = NULL, key = ?, sent = 0,"
                " mtime_ns = NULL WHERE id = ?",
                (str(uuid.uuid4()), item.id),
            )

    def _set(self, item: Item, name: str, **values: Any) -> Item:
        with self._db.transaction(name) as db:
            _move(db, item, **values)
        return self.item(item.id)

    def pause_all(self, owner: str, reason: Reason) -> None:
        """Everything that could go on waits for one and the same reason."""
        going = ("queued", "hashing", "registered", "uploading", "completing", "retry_wait", "paused")
        values = ",".join("?" * len(going))
        items = f"FROM sync_item WHERE owner = ? AND state IN ({values}) AND reason IS NOT ?"
        roots = "FROM sync_root WHERE owner = ? AND changed > sent AND reason IS NOT ?"
        found = f"SELECT 1 {items} UNION ALL SELECT 1 {roots} LIMIT 1"
        if self._db.row(found, (owner, *going, reason, owner, reason)) is None:
            return
        with self._db.transaction("pause_all") as db:
            db.execute(
                "UPDATE sync_item SET state = 'paused', reason = ?, next_at = 0"  # noqa: S608
                f" WHERE id IN (SELECT id {items})",
                (reason, owner, *going, reason),
            )
            db.execute(
                f"UPDATE sync_root SET reason = ? WHERE owner = ? AND id IN (SELECT id {roots})",  # noqa: S608
                (reason, owner, owner, reason),
            )

    def go_on(self, owner: str) -> None:
        """Nothing hinders a run any more: what was paused just waits for its turn."""
        reasons = sorted(PAUSES)
        values = ",".join("?" * len(reasons))
        paused = f"WHERE owner = ? AND reason IN ({values})"
        tables = ("sync_item", "sync_root")
        if not any(self._db.row(f"SELECT 1 FROM {table} {paused}", (owner, *reasons)) for table in tables):  # noqa: S608
            return
        with self._db.transaction("go_on") as db:
            for table in tables:
                db.execute(f"UPDATE {table} SET reason = NULL {paused}", (owner, *reasons))  # noqa: S608

    def left_alone(self, owner: str, now: float) -> list[str]:
        """Sessions that are in step but for a file whose time has come again."""
        rows = self._db.rows(
            "SELECT DISTINCT i.session_id FROM sync_item i JOIN sync_root r ON r.owner = i.owner"
            " AND r.id = i.session_id WHERE i.owner = ? AND i.state NOT IN ('stored', 'cancelled')"
            " AND r.changed <= r.sent AND i.next_at <= ?",
            (owner, now),
        )
        return [row[0] for row in rows]

    # Uploads to be given up in the cloud

    def aborts(self, owner: str) -> list[str]:
        """Uploads and objects that nobody wants any more; not while the cloud's record may still name them."""
        rows = self._db.rows(
            "SELECT a.upload_id FROM sync_abort a LEFT JOIN sync_root r ON r.owner = a.owner AND r.id = a.session_id"
            " WHERE a.owner = ? AND (r.id IS NULL OR r.changed <= r.sent)",
            (owner,),
        )
        return [row[0] for row in rows]

    def aborted(self, upload_id: str) -> None:
        """The cloud has given it up."""
        with self._db.transaction("aborted") as db:
            db.execute("DELETE FROM sync_abort WHERE upload_id = ?", (upload_id,))

    # Roots

    def mark(self, owner: str, changed: Iterable[tuple[str, str]]) -> None:
        """These roots (entity, id) were changed or deleted here."""
        rows = sorted(set(changed))
        if not rows:
            return
        with self._db.transaction("mark") as db:
            db.executemany(
                "INSERT INTO sync_root (owner, entity, id, changed) VALUES (?, ?, ?, 1)"
                " ON CONFLICT (owner, id) DO UPDATE SET changed = changed + 1, attempts = 0, next_at = 0",
                [(owner, entity, root) for entity, root in rows],
            )

    def root(self, owner: str, entity: str, root_id: str) -> Root:
        """One root; a fresh row's values where nothing is known of it."""
        row = self._db.row(f"SELECT {_ROOT} FROM sync_root WHERE owner = ? AND id = ?", (owner, root_id))  # noqa: S608
        return _root(row) if row else Root(owner, entity, root_id, 0, 0, 0, UNKNOWN, None, 0, 0.0, None, "")

    def dirty(self, owner: str) -> list[Root]:
        """Everything that was changed here and is not in the cloud yet; people first, since sessions name them."""
        rows = self._db.rows(
            f"SELECT {_ROOT} FROM sync_root WHERE owner = ? AND changed > sent ORDER BY entity = 'session', id",  # noqa: S608
            (owner,),
        )
        return [_root(row) for row in rows]

    def putting(self, root: Root, digest: str) -> None:
        """A PUT of that content is about to be sent."""
        self._root_set(root, "putting", sending=digest)

    def agreed(self, root: Root, remote_rev: int, base: Content | None, *, sent: int) -> None:
        """Laptop and cloud hold the same. sent: the count of changes that this includes."""
        self._root_set(
            root, "agreed", remote_rev=remote_rev, sent=sent, sending=None, attempts=0, next_at=0.0, reason=None,
            error="", **_base(base),
        )  # fmt: skip

    def root_aside(self, root: Root, change: Change) -> None:
        """Sending failed."""
        self._root_set(
            root, "root_aside", attempts=change.attempts, next_at=change.next_at, reason=change.reason,
            error=change.error,
        )  # fmt: skip

    def _root_set(self, root: Root, name: str, **values: Any) -> None:
        columns = ", ".join(f"{column} = ?" for column in values)
        with self._db.transaction(name) as db:
            db.execute(
                "INSERT OR IGNORE INTO sync_root (owner, entity, id) VALUES (?, ?, ?)",
                (root.owner, root.entity, root.id),
            )
            db.execute(
                f"UPDATE sync_root SET {columns} WHERE owner = ? AND id = ?",  # noqa: S608 - our own column names
                (*values.values(), root.owner, root.id),
            )

    # What else is remembered

    def value(self, key: str) -> str | None:
        """A remembered word, or None."""
        row = self._db.row("SELECT value FROM sync_meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def remember(self, key: str, value: str) -> None:
        """Remember a word."""
        if self.value(key) != value:
            with self._db.transaction("meta") as db:
                db.execute("INSERT OR REPLACE INTO sync_meta VALUES (?, ?)", (key, value))

    def keep_at(self, owner: str, place: str) -> None:
        """Where everything of the account is kept from now on. What was noted of another place is true no more.

        It is all sent anew then: every root that was ever sent or came has a row. Earlier versions noted no place.
        """
        before = self.value(f"place:{owner}")
        if before is not None and before != place:
            with self._db.transaction("moved") as db:
                _forget_files(db, owner)
                db.execute("DELETE FROM sync_abort WHERE owner = ?", (owner,))
                db.execute(
                    "UPDATE sync_root SET changed = changed + 1, remote_rev = 0, base_digest = NULL, base_trashed = 0,"
                    " sending = NULL, attempts = 0, next_at = 0, reason = NULL, error = '' WHERE owner = ?",
                    (owner,),
                )
                db.execute("DELETE FROM sync_meta WHERE key = ? OR key LIKE ?", (f"cursor:{owner}", f"left:{owner}:%"))
                db.execute("INSERT OR REPLACE INTO sync_meta VALUES (?, ?)", (f"place:{owner}", place))
        self.remember(f"place:{owner}", place)

    def forget(self, owner: str) -> None:
        """The account was erased in the cloud: nothing of what was noted for it is true any more."""
        with self._db.transaction("forget") as db:
            _forget_files(db, owner)
            for table in ("sync_root", "sync_abort"):
                db.execute(f"DELETE FROM {table} WHERE owner = ?", (owner,))  # noqa: S608 - our own table names
            # Every key about an account is `what:owner` or `what:owner:...`.
            db.execute("DELETE FROM sync_meta WHERE key LIKE ? OR key LIKE ?", (f"%:{owner}", f"%:{owner}:%"))


def _move(db: Any, item: Item, **values: Any) -> None:
    state = values.get("state", item.state)
    if state is not item.state and state not in ALLOWED[item.state]:
        raise ValueError(f"{item.name} of {item.session_id}: {item.state} may not become {state}")
    columns = ", ".join(f"{column} = ?" for column in values)
    db.execute(f"UPDATE sync_item SET {columns} WHERE id = ?", (*values.values(), item.id))  # noqa: S608 - our own


def _forget_files(db: Any, owner: str) -> None:
    db.execute("DELETE FROM sync_part WHERE item_id IN (SELECT id FROM sync_item WHERE owner = ?)", (owner,))
    db.execute("DELETE FROM sync_item WHERE owner = ?", (owner,))


def _give_up(db: Any, owner: str, session_id: str, upload_id: str | None) -> None:
    # What nobody names any more holds quota until the cloud is told.
    if upload_id is not None:
        db.execute("INSERT OR IGNORE INTO sync_abort VALUES (?, ?, ?)", (upload_id, owner, session_id))


def _base(base: Content | None) -> dict[str, Any]:
    if base is None:
        return {"base_digest": _DELETED, "base_trashed": 0}
    return {"base_digest": base.digest or None, "base_trashed": int(base.trashed)}


def _item(row: tuple[Any, ...]) -> Item:
    (*head, path, size, mtime_ns, sha256, key, upload_id, part_size, state, reason) = row[:15]
    item_id, owner, session_id, kind, name, ext = head
    return Item(
        item_id, owner, session_id, kind, name, ext, Path(path), size, mtime_ns, sha256, key, upload_id, part_size,
        State(state), None if reason is None else Reason(reason), *row[15:],
    )  # fmt: skip


def _root(row: tuple[Any, ...]) -> Root:
    owner, entity, root_id, changed, sent, remote_rev, digest, trashed, sending, attempts, next_at, reason, error = row
    base = None if digest == _DELETED else Content(digest, bool(trashed)) if digest else UNKNOWN
    told = None if reason is None else Reason(reason)
    return Root(owner, entity, root_id, changed, sent, remote_rev, base, sending, attempts, next_at, told, error)
