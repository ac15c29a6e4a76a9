"""Athletes, teams and tags, each account's own. Library room only; reached as `library.people`."""

from __future__ import annotations

import uuid

from coachvision.errors import LibraryError, UsageError
from coachvision.library import search
from coachvision.library.records import Changes, PersonRow
from coachvision.library.store import PEOPLE, Store, Write, clean, name_key


def named(write: Write, kind: str, name: str) -> str:
    """The id of the athlete, team or tag of that name (or id), made if there is none, in the open transaction."""
    store = write.store
    name = clean(name)
    if not name:
        raise UsageError(f"The {kind} needs a name", "The name is empty")
    row = store.db.row(
        f"SELECT id FROM {kind} WHERE user_id IS ? AND (name_key = ? OR id = ?) AND trashed_at IS NULL"  # noqa: S608
        " ORDER BY created",
        (store.user_id, name_key(name), name),
    )
    return str(row[0]) if row is not None else _insert(write, kind, name)


def _insert(write: Write, kind: str, name: str) -> str:
    new, now = str(uuid.uuid4()), write.store.now()
    write.db.table(kind).insert(
        {
            "id": new,
            "user_id": write.store.user_id,
            "created": now,
            "updated": now,
            "name": name,
            "name_key": name_key(name),
        }
    )
    write.touched(kind, new, created=True)
    return new


class People:
    """kind is "athlete", "team" or "tag" throughout. Only the current user's are seen."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, kind: str, *, prefix: str = "", trashed: bool = False) -> list[PersonRow]:
        """By name. prefix: what was typed so far, for completion."""
        _check(kind)
        extra = "note, height_m" if kind == "athlete" else "'', NULL"
        teams = (
            "(SELECT group_concat(t.name, char(31)) FROM athlete_team at JOIN team t ON t.id = at.team_id"
            " WHERE at.athlete_id = p.id AND t.trashed_at IS NULL)"
            if kind == "athlete"
            else "NULL"
        )
        key = name_key(prefix)
        rows = self._store.db.rows(
            f"SELECT id, name, {extra}, {teams}, trashed_at FROM {kind} p"  # noqa: S608
            " WHERE user_id IS ? AND name_key >= ? AND name_key < ?"
            f" AND trashed_at IS {'NOT NULL' if trashed else 'NULL'} ORDER BY name_key, created",
            (self._store.user_id, key, key + "\U0010ffff"),
        )
        return [
            PersonRow(r[0], r[1], r[2], r[3], tuple(sorted(r[4].split("\x1f"))) if r[4] else (), r[5]) for r in rows
        ]

    def add(self, kind: str, name: str) -> str:
        """The id of the one of that name; made if there is none."""
        _check(kind)
        with self._store.write("people") as write:
            return named(write, kind, name)

    def change(
        self, kind: str, given: str, *, name: str | None = None, note: str | None = None, height_m: float | None = None
    ) -> Changes:
        """Rename; for athletes also the note and the standing height in metres."""
        _check(kind)
        values: dict[str, object] = {}
        if name is not None:
            if not clean(name):
                raise UsageError(f"The {kind} needs a name", "The name is empty")
            values |= {"name": clean(name), "name_key": name_key(clean(name))}
        if kind == "athlete" and note is not None:
            values["note"] = clean(note)
        if kind == "athlete" and height_m is not None:
            values["height_m"] = height_m
        return self._set(kind, given, values)

    def trash(self, kind: str, given: str) -> Changes:
        """Put aside: its sessions stay, without the name. `untrash` brings it back."""
        return self._set(kind, given, {"trashed_at": self._store.now()})

    def untrash(self, kind: str, given: str) -> Changes:
        """Bring back from the trash."""
        return self._set(kind, given, {"trashed_at": None})

    def _set(self, kind: str, given: str, values: dict[str, object]) -> Changes:
        _check(kind)
        with self._store.write("people") as write:
            self._require(kind, given)
            if values:
                write.db.table(kind).update(given, values)
            write.touched(kind, given)
            search.index(write.db, search.SESSIONS_OF[kind], [given])
            sessions = tuple(
                r[0]
                for r in self._store.db.rows(f"SELECT s.id FROM session s WHERE {search.SESSIONS_OF[kind]}", (given,))  # noqa: S608
            )
        return Changes(
            sessions=sessions,
            athletes=(given,) if kind == "athlete" else (),
            teams=(given,) if kind == "team" else (),
            tags=(given,) if kind == "tag" else (),
        )

    def _require(self, kind: str, given: str) -> None:
        sql = f"SELECT 1 FROM {kind} WHERE id = ? AND user_id IS ?"  # noqa: S608
        if self._store.db.row(sql, (given, self._store.user_id)) is None:
            raise LibraryError(f"No such {kind}", f"The library at {self._store.root} has no {kind} {given}")

    def members(self, team: str) -> list[str]:
        """The names of a team's athletes in the order of the roster: that in which they were first told of."""
        rows = self._store.db.rows(
            "SELECT a.name FROM athlete_team at JOIN athlete a ON a.id = at.athlete_id JOIN team t ON t.id = at.team_id"
            " WHERE t.name_key = ? AND t.user_id IS ? AND t.trashed_at IS NULL AND a.trashed_at IS NULL"
            " ORDER BY a.created, a.rowid",
            (name_key(team), self._store.user_id),
        )
        return [row[0] for row in rows]

    def join(self, athlete: str, team: str) -> Changes:
        """Put an athlete into a team, both by name or id."""
        return self._member("INSERT OR IGNORE INTO athlete_team VALUES (?, ?)", athlete, team)

    def leave(self, athlete: str, team: str) -> Changes:
        """Take an athlete out of a team."""
        return self._member("DELETE FROM athlete_team WHERE athlete_id = ? AND team_id = ?", athlete, team)

    def _member(self, sql: str, athlete: str, team: str) -> Changes:
        with self._store.write("people") as write:
            ids = named(write, "athlete", athlete), named(write, "team", team)
            write.db.execute(sql, ids)
            write.touched("athlete", ids[0])
            search.index(write.db, "s.athlete_id = ?", ids[:1])
        return Changes(athletes=ids[:1], teams=ids[1:])

    def tag(self, session: str, name: str) -> Changes:
        """Tag a session; the tag is made if there is none of that name."""
        return self._tag("INSERT OR IGNORE INTO session_tag VALUES (?, ?)", session, name)

    def untag(self, session: str, name: str) -> Changes:
        """Take a tag off a session."""
        return self._tag("DELETE FROM session_tag WHERE session_id = ? AND tag_id = ?", session, name)

    def _tag(self, sql: str, session: str, name: str) -> Changes:
        session_id = self._store.session_id(session)
        with self._store.write("tag") as write:
            tag_id = named(write, "tag", name)
            write.db.execute(sql, [session_id, tag_id])
            search.index(write.db, "s.id = ?", [session_id])
            write.touched("session", session_id)
        return Changes(sessions=(session_id,), tags=(tag_id,))


def _check(kind: str) -> None:
    if kind not in PEOPLE:
        raise ValueError(f"{kind} is none of {PEOPLE}")
