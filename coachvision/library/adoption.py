"""The guest's sessions become an account's: offered with count and size, taken in one transaction or not at all.
And back again, when the account is erased in the cloud: what is on this laptop stays, as the guest's.

Library room only; reached as `library.adoption`, by whoever is signed in. Root tables are found in the schema itself,
so that none can be forgotten.
"""

from __future__ import annotations

from sqlite_utils import Database as Tables

from coachvision.errors import UsageError
from coachvision.library import pending, search
from coachvision.library.records import Changes, GuestShare
from coachvision.library.store import PEOPLE, Store, Write

_CHUNK = 100
_SIZE = """
SELECT coalesce((SELECT sum(size) FROM video WHERE sha256 IN
    (SELECT video_sha256 FROM session WHERE user_id IS NULL AND trashed_at IS NULL)), 0)
  + coalesce((SELECT sum(run.size) FROM run JOIN session s ON s.id = run.session_id
    WHERE s.user_id IS NULL AND s.trashed_at IS NULL), 0)
"""


def root_tables(db: Tables) -> list[str]:
    """Every table whose rows belong to somebody: it has an id, a user_id and a rev."""
    return [
        table
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        if {"id", "user_id", "rev"} <= {column[1] for column in db.execute(f"PRAGMA table_info([{table}])").fetchall()}
    ]


class Adoption:
    """What the guest made on this laptop, for the account that the library is open for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def offer(self) -> GuestShare:
        """What could be taken: the guest's sessions out of the trash, and whether this account was asked before."""
        user_id = self._user_id()
        row = self._store.db.row("SELECT count(*) FROM session WHERE user_id IS NULL AND trashed_at IS NULL")
        size = self._store.db.row(_SIZE)
        asked = self._store.db.row("SELECT 1 FROM meta WHERE key = ?", (_asked(user_id),)) is not None
        return GuestShare(row[0] if row else 0, size[0] if size else 0, asked)

    def others(self) -> int:
        """How many sessions of accounts lie on this laptop, out of the trash; none of them is seen by the guest."""
        row = self._store.db.row("SELECT count(*) FROM session WHERE user_id IS NOT NULL AND trashed_at IS NULL")
        return row[0] if row else 0

    def decline(self) -> None:
        """They stay the guest's, and this account is not asked again by itself."""
        with self._store.db.transaction("decline") as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [_asked(self._user_id()), self._store.now()])

    def take(self) -> Changes:
        """Everything of the guest's is the account's, in every root table, and waits in the outbox to be sent.

        An athlete, team or tag that the account has by the same name is joined with it. One transaction.
        """
        user_id = self._user_id()
        with self._store.write("adopt") as write:
            for kind in PEOPLE:
                self._join_names(write.db, kind, user_id)
            sessions = self._sessions(write.db, None)
            # The guest's own changes were never to be sent; what counts is sent anew below.
            write.db.execute("DELETE FROM outbox WHERE user_id IS NULL")
            for table in root_tables(write.db):
                self._take_rows(write, table, user_id)
            write.owe("people", "")
            self._owe_files(write.db, sessions)
            write.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [_asked(user_id), self._store.now()])
        self._write_files(sessions)
        return Changes(sessions=sessions)

    def give_back(self) -> Changes:
        """Everything of the account's on this laptop is the guest's; nothing of it waits to be sent any more."""
        user_id = self._user_id()
        with self._store.write("give_back") as write:
            sessions = self._sessions(write.db, user_id)
            write.db.execute("DELETE FROM outbox WHERE user_id = ?", [user_id])
            write.db.execute("DELETE FROM tombstone WHERE user_id = ?", [user_id])
            write.db.execute("DELETE FROM meta WHERE key = ?", [_asked(user_id)])
            for table in root_tables(write.db):
                write.db.execute(f"UPDATE {table} SET user_id = NULL WHERE user_id = ?", [user_id])  # noqa: S608 - as above
            write.owe("people", "")
            self._owe_files(write.db, sessions)
        self._write_files(sessions)
        return Changes(sessions=sessions)

    @staticmethod
    def _sessions(db: Tables, user_id: str | None) -> tuple[str, ...]:
        return tuple(row[0] for row in db.execute("SELECT id FROM session WHERE user_id IS ? ORDER BY seq", [user_id]))

    @staticmethod
    def _owe_files(db: Tables, sessions: tuple[str, ...]) -> None:
        for session in sessions:
            db.execute("INSERT OR IGNORE INTO pending VALUES ('session', ?)", [session])

    def _write_files(self, sessions: tuple[str, ...]) -> None:
        # Files that retell thousands of sessions are written a few at a time: other writers get their turn.
        for start in range(0, len(sessions), _CHUNK):
            pending.finish(self._store, [("session", session) for session in sessions[start : start + _CHUNK]])

    def _take_rows(self, write: Write, table: str, user_id: str) -> None:
        now = self._store.now()
        write.db.execute(
            "INSERT INTO outbox (entity, entity_id, operation, rev, user_id, device_id, created)"  # noqa: S608 - our own table names
            f" SELECT ?, id, 'put', rev + 1, ?, ?, ? FROM {table} WHERE user_id IS NULL ORDER BY rowid",
            [table, user_id, self._store.device_id, now],
        )
        write.db.execute(
            f"UPDATE {table} SET user_id = ?, rev = rev + 1, updated = ? WHERE user_id IS NULL",  # noqa: S608 - as above
            [user_id, now],
        )

    def _join_names(self, db: Tables, kind: str, user_id: str) -> None:
        twins = db.execute(
            f"SELECT g.id, (SELECT a.id FROM {kind} a WHERE a.user_id = ? AND a.name_key = g.name_key"  # noqa: S608 - as above
            f" AND a.trashed_at IS NULL ORDER BY a.created LIMIT 1) FROM {kind} g"
            " WHERE g.user_id IS NULL AND g.trashed_at IS NULL",
            [user_id],
        ).fetchall()
        for guest, own in twins:
            if own is not None:
                self._join(db, kind, guest, own)
        if any(own is not None for _, own in twins):
            search.index(db, "s.user_id IS NULL")

    @staticmethod
    def _join(db: Tables, kind: str, guest: str, own: str) -> None:
        if kind == "athlete":
            db.execute(
                "UPDATE athlete SET note = CASE athlete.note WHEN '' THEN g.note ELSE athlete.note END,"
                " height_m = coalesce(athlete.height_m, g.height_m)"
                " FROM (SELECT note, height_m FROM athlete WHERE id = ?) g WHERE athlete.id = ?",
                [guest, own],
            )
        for table in db.table_names():
            for key in db.execute(f"PRAGMA foreign_key_list([{table}])").fetchall():
                if key[2] == kind:
                    # What both have already (a team of the two) stays as it is, and the guest's goes with the row.
                    sql = f"UPDATE OR IGNORE {table} SET {key[3]} = ? WHERE {key[3]} = ?"  # noqa: S608 - as above
                    db.execute(sql, [own, guest])
        db.execute(f"DELETE FROM {kind} WHERE id = ?", [guest])  # noqa: S608 - as above

    def _user_id(self) -> str:
        if self._store.user_id is None:
            raise UsageError(
                "Nobody is signed in", "Only an account can take the guest's sessions", hint="Sign in first."
            )
        return self._store.user_id


def _asked(user_id: str) -> str:
    return f"adoption_asked:{user_id}"
