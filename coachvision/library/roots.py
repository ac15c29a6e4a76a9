"""What boards and playlists share: a root row that is whole in itself, made, changed, put aside. Library room only."""

from __future__ import annotations

import uuid
from typing import Any

from coachvision.errors import LibraryError
from coachvision.library.store import Store


def insert(store: Store, kind: str, values: dict[str, Any]) -> str:
    """A new row; returns its id."""
    new, now = str(uuid.uuid4()), store.now()
    with store.write(kind) as write:
        write.db.table(kind).insert({"id": new, "user_id": store.user_id, "created": now, "updated": now, **values})
        write.touched(kind, new, created=True)
    return new


def update(store: Store, kind: str, given: str, values: dict[str, Any]) -> None:
    """Change columns of a row of this account. Raises LibraryError."""
    with store.write(kind) as write:
        sql = f"SELECT 1 FROM {kind} WHERE id = ? AND user_id IS ?"  # noqa: S608 - our own table names
        if store.db.row(sql, (given, store.user_id)) is None:
            raise LibraryError(f"No such {kind}", f"The library at {store.root} has no {kind} {given}")
        write.db.table(kind).update(given, values)
        write.touched(kind, given)
