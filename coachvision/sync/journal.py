"""Sync's notes: what is on its way, intent before each effect in the cloud, confirmation after. Sync room only.

Each method that writes is one transaction with a name of its own, at whose commit a test may kill the process.
"""

from __future__ import annotations

from typing import Any

from coachvision.sync.item_notes import ItemNotes
from coachvision.sync.records import Behind
from coachvision.sync.root_notes import RootNotes
from coachvision.sync.states import PAUSES, Reason


class Journal(ItemNotes, RootNotes):
    """The notes of every account that ever synced this library; each call names the account or one row."""

    # All of an account's

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

    def keep_at(self, owner: str, place: str) -> None:
        """Where everything of the account is kept from now on. What was noted of another place is true no more.

        It is all sent anew then. Earlier versions noted no place.
        """
        before = self.value(f"place:{owner}")
        if before is not None and before != place:
            with self._db.transaction("moved") as db:
                _send_anew(db, owner)
                db.execute("INSERT OR REPLACE INTO sync_meta VALUES (?, ?)", (f"place:{owner}", place))
        self.remember(f"place:{owner}", place)

    def begin_anew(self, owner: str) -> None:
        """The account was erased in the cloud by another laptop: nothing is there, and nothing comes from there."""
        with self._db.transaction("erased") as db:
            _send_anew(db, owner)
            db.execute("DELETE FROM sync_meta WHERE key = ?", (f"follow:{owner}",))

    def forget(self, owner: str) -> None:
        """The account was erased in the cloud: nothing of what was noted for it is true any more."""
        with self._db.transaction("forget") as db:
            _forget_files(db, owner)
            for table in ("sync_root", "sync_abort"):
                db.execute(f"DELETE FROM {table} WHERE owner = ?", (owner,))  # noqa: S608 - our own table names
            # Every key about an account is `what:owner` or `what:owner:...`.
            db.execute("DELETE FROM sync_meta WHERE key LIKE ? OR key LIKE ?", (f"%:{owner}", f"%:{owner}:%"))

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

    # Records of the cloud that could not be brought here

    def leave(self, owner: str, one: Behind) -> None:
        """It stays behind, and the changes feed goes on."""
        self.remember(f"left:{owner}:{one.kind}:{one.id}", one.why)

    def caught_up(self, owner: str, one: Behind) -> None:
        """It has come, or the cloud has it no more."""
        with self._db.transaction("caught_up") as db:
            db.execute("DELETE FROM sync_meta WHERE key = ?", (f"left:{owner}:{one.kind}:{one.id}",))

    def behind(self, owner: str) -> list[Behind]:
        """All of them."""
        rows = self._db.rows("SELECT key, value FROM sync_meta WHERE key LIKE ? ORDER BY key", (f"left:{owner}:%:%",))
        named = ((key.split(":"), why) for key, why in rows)
        return [Behind(kind, one, why) for (_, _, kind, one), why in named]

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


def _send_anew(db: Any, owner: str) -> None:
    """Nothing is in the cloud. Every root that was ever sent or came has a row."""
    _forget_files(db, owner)
    db.execute("DELETE FROM sync_abort WHERE owner = ?", (owner,))
    db.execute(
        "UPDATE sync_root SET changed = changed + 1, remote_rev = 0, base_digest = NULL, base_trashed = 0,"
        " sending = NULL, attempts = 0, next_at = 0, reason = NULL, error = '' WHERE owner = ?",
        (owner,),
    )
    db.execute("DELETE FROM sync_meta WHERE key = ? OR key LIKE ?", (f"cursor:{owner}", f"left:{owner}:%"))


def _forget_files(db: Any, owner: str) -> None:
    db.execute("DELETE FROM sync_part WHERE item_id IN (SELECT id FROM sync_item WHERE owner = ?)", (owner,))
    db.execute("DELETE FROM sync_item WHERE owner = ?", (owner,))
