"""What is noted of records (sessions, athletes, tags ...): what changed here, what the cloud holds. For `journal`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coachvision.sync.database import Database
from coachvision.sync.planner import Change
from coachvision.sync.records import UNKNOWN, Content, Root
from coachvision.sync.states import Reason

_ROOT = (
    "owner, entity, id, changed, sent, remote_rev, base_digest, base_trashed, sending, attempts, next_at, reason, error"
)
_DELETED = "deleted"


class RootNotes:
    """Records of every account. Each method that writes is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

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

    def left_alone(self, owner: str, now: float) -> list[str]:
        """Sessions that are in step but for a file whose time has come again."""
        rows = self._db.rows(
            "SELECT DISTINCT i.session_id FROM sync_item i JOIN sync_root r ON r.owner = i.owner"
            " AND r.id = i.session_id WHERE i.owner = ? AND i.state NOT IN ('stored', 'cancelled')"
            " AND r.changed <= r.sent AND i.next_at <= ?",
            (owner, now),
        )
        return [row[0] for row in rows]


def _base(base: Content | None) -> dict[str, Any]:
    if base is None:
        return {"base_digest": _DELETED, "base_trashed": 0}
    return {"base_digest": base.digest or None, "base_trashed": int(base.trashed)}


def _root(row: tuple[Any, ...]) -> Root:
    owner, entity, root_id, changed, sent, remote_rev, digest, trashed, sending, attempts, next_at, reason, error = row
    base = None if digest == _DELETED else Content(digest, bool(trashed)) if digest else UNKNOWN
    told = None if reason is None else Reason(reason)
    return Root(owner, entity, root_id, changed, sent, remote_rev, base, sending, attempts, next_at, told, error)
