"""What sync reads: changes not sent yet, and what was deleted for good. Reached as `library.outbox`.

The rows were written in the transaction of the change itself; sync confirms what it has sent and never writes others.
"""

from __future__ import annotations

from coachvision.library.records import OutboxRow, Tombstone
from coachvision.library.store import Store


class Outbox:
    """The current user's unsent changes, oldest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def device_id(self) -> str:
        """This laptop's own id, made with the library."""
        return self._store.device_id

    def waiting(self, limit: int = 100) -> list[OutboxRow]:
        """The oldest changes that are not confirmed."""
        rows = self._store.db.rows(
            "SELECT seq, entity, entity_id, operation, rev, user_id, device_id, created FROM outbox"
            " WHERE user_id IS ? ORDER BY seq LIMIT ?",
            (self._store.user_id, limit),
        )
        return [OutboxRow(*row) for row in rows]

    def confirm(self, up_to: int) -> None:
        """These have been sent: the current user's rows up to that seq, inclusive."""
        with self._store.db.transaction("outbox") as db:
            db.execute("DELETE FROM outbox WHERE user_id IS ? AND seq <= ?", [self._store.user_id, up_to])

    def tombstones(self) -> list[Tombstone]:
        """Everything the current user deleted for good."""
        rows = self._store.db.rows(
            "SELECT entity, entity_id, user_id, rev, device_id, created FROM tombstone WHERE user_id IS ?"
            " ORDER BY created",
            (self._store.user_id,),
        )
        return [Tombstone(*row) for row in rows]
