"""What is noted of files on their way: intent before each effect in the cloud, confirmation after. For `journal`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from coachvision.sync.database import Database
from coachvision.sync.planner import Change
from coachvision.sync.records import Item, NewItem
from coachvision.sync.states import ALLOWED, FINAL, Reason, State

_ITEM = (
    "id, owner, session_id, kind, name, ext, path, size, mtime_ns, sha256, key, upload_id, part_size, state, reason,"
    " attempts, next_at, error, sent"
)


class ItemNotes:
    """Files of every account. Each method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

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

    def announced(
        self, item: Item, size: int, mtime_ns: int, sha256: str, upload_id: str, part_size: int, md5: str
    ) -> Item:
        """A file of one part was read through, the cloud gave an upload for it, and its part is about to be sent."""
        with self._db.transaction("announced") as db:
            db.execute("INSERT OR REPLACE INTO sync_part VALUES (?, 1, ?, 0)", (item.id, md5))
            return _move(
                db, item, state=State.UPLOADING, size=size, mtime_ns=mtime_ns, sha256=sha256, upload_id=upload_id,
                part_size=part_size, reason=None, error="", sent=0,
            )  # fmt: skip

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
            return _move(db, item, state=State.UPLOADING, sent=sent)

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
            db.execute("DELETE FROM sync_part WHERE item_id = ?", (item.id,))
            return _move(db, item, state=State.STORED, reason=None, sent=item.size, error="", attempts=0, next_at=0.0)

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
            return _move(db, item, **values)

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
            return _move(db, item, **values)


def _move(db: Any, item: Item, **values: Any) -> Item:
    """The file as it is then. Raises KeyError where it is not on its way any more."""
    state = values.get("state", item.state)
    if state is not item.state and state not in ALLOWED[item.state]:
        raise ValueError(f"{item.name} of {item.session_id}: {item.state} may not become {state}")
    columns = ", ".join(f"{column} = ?" for column in values)
    row = db.execute(
        f"UPDATE sync_item SET {columns} WHERE id = ? RETURNING {_ITEM}",  # noqa: S608 - our own
        (*values.values(), item.id),
    ).fetchone()
    if row is None:
        raise KeyError(item.id)
    return _item(row)


def _give_up(db: Any, owner: str, session_id: str, upload_id: str | None) -> None:
    # What nobody names any more holds quota until the cloud is told.
    if upload_id is not None:
        db.execute("INSERT OR IGNORE INTO sync_abort VALUES (?, ?, ?)", (upload_id, owner, session_id))


def _item(row: tuple[Any, ...]) -> Item:
    (*head, path, size, mtime_ns, sha256, key, upload_id, part_size, state, reason) = row[:15]
    item_id, owner, session_id, kind, name, ext = head
    return Item(
        item_id, owner, session_id, kind, name, ext, Path(path), size, mtime_ns, sha256, key, upload_id, part_size,
        State(state), None if reason is None else Reason(reason), *row[15:],
    )  # fmt: skip
