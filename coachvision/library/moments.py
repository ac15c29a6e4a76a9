"""What the coach tagged in a session's film. Library room only; reached as `library.moments`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from coachvision.core.tagging import Moment
from coachvision.errors import LibraryError
from coachvision.library.records import Changes, MomentRow
from coachvision.library.store import Store, clean, placeholders

_COLUMNS = "id, category, start_pts, end_pts, colour, descriptors, note, lead_s, lag_s"


class Moments:
    """Each belongs to one session and counts as a change of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, session: str, moments: Sequence[Moment]) -> tuple[str, ...]:
        """Keep moments, all or none; returns their ids in the same order."""
        session_id, now = self._store.session_id(session), self._store.now()
        ids = tuple(str(uuid.uuid4()) for _ in moments)
        if not ids:
            return ids
        with self._store.write("moment") as write:
            write.db.table("moment").insert_all(
                {"id": new, "session_id": session_id, "created": now, "updated": now, **_values(moment)}
                for new, moment in zip(ids, moments, strict=True)
            )
            write.touched("session", session_id)
        return ids

    def set(self, session: str, put: Mapping[str, Moment], gone: Sequence[str] = ()) -> Changes:
        """In one step: these moments are as given here, new, changed or brought back; those in `gone` are put aside.

        For undo and redo, which name their moments themselves. Raises LibraryError for an id of another session.
        """
        session_id, now = self._store.session_id(session), self._store.now()
        with self._store.write("moment") as write:
            for one, moment in put.items():
                row = {"id": one, "session_id": session_id, "created": now, "updated": now, **_values(moment)}
                if self._known(session_id, one):
                    del row["id"], row["created"]
                    write.db.table("moment").update(one, row | {"trashed_at": None})
                else:
                    write.db.table("moment").insert(row)
            for one in gone:
                if self._known(session_id, one):
                    write.db.table("moment").update(one, {"trashed_at": now, "updated": now})
            write.touched("session", session_id)
        return Changes(sessions=(session_id,), moments=(*put, *gone))

    def _known(self, session_id: str, given: str) -> bool:
        row = self._store.db.row("SELECT session_id FROM moment WHERE id = ?", (given,))
        if row is not None and row[0] != session_id:
            raise LibraryError("No such moment", f"The session {session_id[:8]} has no moment {given}")
        return row is not None

    def change(self, given: str, moment: Moment) -> Changes:
        """Put another moment in its place. Raises LibraryError."""
        return self._set([given], _values(moment))

    def trash(self, given: Sequence[str]) -> Changes:
        """Put moments aside; `untrash` brings them back."""
        return self._set(given, {"trashed_at": self._store.now()})

    def untrash(self, given: Sequence[str]) -> Changes:
        """Bring moments back."""
        return self._set(given, {"trashed_at": None})

    def _set(self, given: Sequence[str], values: dict[str, Any]) -> Changes:
        with self._store.write("moment") as write:
            sessions = self._sessions_of(given)
            for one in given:
                write.db.table("moment").update(one, {**values, "updated": self._store.now()})
            for session in sessions:
                write.touched("session", session)
        return Changes(sessions=sessions, moments=tuple(given))

    def _sessions_of(self, given: Sequence[str]) -> tuple[str, ...]:
        rows = self._store.db.rows(
            "SELECT m.id, s.id FROM moment m JOIN session s ON s.id = m.session_id"  # noqa: S608 - question marks alone
            f" WHERE m.id IN ({placeholders(given)}) AND s.user_id IS ?",
            (*given, self._store.user_id),
        )
        missing = set(given) - {row[0] for row in rows}
        if missing:
            raise LibraryError(
                "No such moment", f"The library at {self._store.root} has no moment {', '.join(sorted(missing))}"
            )
        return tuple(dict.fromkeys(row[1] for row in rows))

    def all(self, session: str) -> tuple[MomentRow, ...]:
        """A session's moments, by time."""
        rows = self._store.db.rows(
            f"SELECT {_COLUMNS} FROM moment WHERE session_id = ? AND trashed_at IS NULL ORDER BY start_pts, rowid",  # noqa: S608
            (self._store.session_id(session),),
        )
        return tuple(
            MomentRow(row[0], Moment(row[1], row[2], row[3], row[4], tuple(json.loads(row[5])), *row[6:]))
            for row in rows
        )

    def categories(self) -> tuple[tuple[str, str, int], ...]:
        """Every category in use: (name, colour, how many moments), the most used first."""
        rows = self._store.db.rows(
            "SELECT m.category, max(m.colour), count(*) FROM moment m JOIN session s ON s.id = m.session_id"
            " WHERE m.trashed_at IS NULL AND s.trashed_at IS NULL AND s.user_id IS ?"
            " GROUP BY m.category ORDER BY count(*) DESC, m.category",
            (self._store.user_id,),
        )
        return tuple((row[0], row[1], row[2]) for row in rows)


def _values(moment: Moment) -> dict[str, Any]:
    return {
        "category": clean(moment.category),
        "start_pts": moment.start_pts,
        "end_pts": moment.end_pts,
        "colour": moment.colour,
        "descriptors": json.dumps([clean(word) for word in moment.descriptors]),
        "note": clean(moment.note),
        "lead_s": moment.lead_s,
        "lag_s": moment.lag_s,
    }
