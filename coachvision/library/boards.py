"""The coach's boards of tagging buttons. Library room only; reached as `library.boards`."""

from __future__ import annotations

import json
from typing import Any

from coachvision.core.tagging import DEFAULT_BOARD, Board, button_data, button_from
from coachvision.errors import LibraryError, UsageError
from coachvision.library import roots
from coachvision.library.records import BoardRow, Changes
from coachvision.library.store import Store, clean


class Boards:
    """Each account's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[BoardRow]:
        """The oldest first. Raises LibraryError for one that cannot be read."""
        rows = self._store.db.rows(
            "SELECT id, name, buttons FROM board WHERE user_id IS ? AND trashed_at IS NULL ORDER BY created, rowid",
            (self._store.user_id,),
        )
        return [BoardRow(row[0], _board(row[0], row[1], row[2])) for row in rows]

    def first(self) -> BoardRow:
        """The oldest board; the default one is kept if there is none yet."""
        found = self.all()
        return found[0] if found else BoardRow(self.add(DEFAULT_BOARD), DEFAULT_BOARD)

    def add(self, board: Board) -> str:
        """Keep a new board; returns its id."""
        return roots.insert(self._store, "board", _values(board))

    def change(self, given: str, board: Board) -> Changes:
        """Put another board in its place. Raises LibraryError."""
        return self._set(given, _values(board))

    def trash(self, given: str) -> Changes:
        """Put a board aside; what was tagged with it stays."""
        return self._set(given, {"trashed_at": self._store.now()})

    def untrash(self, given: str) -> Changes:
        """Bring a board back."""
        return self._set(given, {"trashed_at": None})

    def _set(self, given: str, values: dict[str, Any]) -> Changes:
        roots.update(self._store, "board", given, values)
        return Changes(boards=(given,))


def _values(board: Board) -> dict[str, Any]:
    return {"name": clean(board.name), "buttons": json.dumps([button_data(button) for button in board.buttons])}


def _board(given: str, name: str, buttons: str) -> Board:
    try:
        return Board(name, tuple(button_from(data) for data in json.loads(buttons)))
    except (UsageError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LibraryError("A board cannot be read", f"Board {given} is damaged: {error}") from error
