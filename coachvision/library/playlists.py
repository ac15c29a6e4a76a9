"""Playlists: clips of several sessions in the coach's order. Library room only; reached as `library.playlists`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from coachvision.core.tagging import Clip, clip_data, clip_from
from coachvision.errors import LibraryError, UsageError
from coachvision.library import roots
from coachvision.library.records import Changes, PlaylistRow
from coachvision.library.store import Store, clean

_COLUMNS = "id, created, updated, title, note, clips"


class Playlists:
    """Each account's own. A clip names its session; one whose session was deleted stays until the coach removes it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[PlaylistRow]:
        """The newest first."""
        rows = self._store.db.rows(
            f"SELECT {_COLUMNS} FROM playlist WHERE user_id IS ? AND trashed_at IS NULL"  # noqa: S608 - our own columns
            " ORDER BY created DESC, rowid DESC",
            (self._store.user_id,),
        )
        return [_playlist(row) for row in rows]

    def get(self, given: str) -> PlaylistRow:
        """One playlist by its id or a beginning of it that fits no other, in any case. Raises LibraryError."""
        low = given.lower()
        query = (
            f"SELECT {_COLUMNS} FROM playlist WHERE user_id IS ? AND trashed_at IS NULL AND id >= ? AND id < ? LIMIT 2"  # noqa: S608
        )
        # What is typed may hold bytes that are no text, which SQLite refuses; an id has none of them.
        rows = self._store.db.rows(query, (self._store.user_id, low, low + "\U0010ffff")) if given.isascii() else []
        if len(rows) != 1 or not given:
            told = "more than one playlist" if rows and given else "no playlist"
            shown = given if given.isprintable() else repr(given)
            raise LibraryError("No such playlist", f"The library at {self._store.root} has {told} {shown}")
        return _playlist(rows[0])

    def add(self, title: str, clips: Sequence[Clip] = (), note: str = "") -> str:
        """A new playlist; returns its id."""
        return roots.insert(self._store, "playlist", _values(title, note, clips))

    def change(
        self, given: str, *, title: str | None = None, note: str | None = None, clips: Sequence[Clip] | None = None
    ) -> Changes:
        """Change what is given; clips: all of them, in their new order. Raises LibraryError."""
        return self._set(given, _values(title, note, clips))

    def append(self, given: str, clips: Sequence[Clip]) -> Changes:
        """Add clips at the end."""
        return self.change(given, clips=(*self.get(given).clips, *clips))

    def trash(self, given: str) -> Changes:
        """Put a playlist aside."""
        return self._set(given, {"trashed_at": self._store.now()})

    def untrash(self, given: str) -> Changes:
        """Bring a playlist back."""
        return self._set(given, {"trashed_at": None})

    def _set(self, given: str, values: dict[str, Any]) -> Changes:
        roots.update(self._store, "playlist", given, values)
        return Changes(playlists=(given,))


def _values(title: str | None, note: str | None, clips: Sequence[Clip] | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if title is not None:
        if not clean(title):
            raise UsageError("The playlist needs a name", "The name is empty")
        values["title"] = clean(title)
    if note is not None:
        values["note"] = clean(note)
    if clips is not None:
        values["clips"] = json.dumps([clip_data(clip) for clip in clips])
    return values


def _playlist(row: tuple[Any, ...]) -> PlaylistRow:
    try:
        clips = tuple(clip_from(data) for data in json.loads(row[5]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LibraryError("A playlist cannot be read", f"“{row[3]}” is damaged: {error}") from error
    return PlaylistRow(row[0], row[1], row[2], row[3], row[4], clips)
