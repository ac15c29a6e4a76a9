"""Sessions: made, changed, listed, found, opened. Library room only."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coachvision.core.time import Timeline
from coachvision.errors import LibraryError
from coachvision.library import people, results, search, videos
from coachvision.library.files import place
from coachvision.library.records import (
    Changes,
    EventRow,
    MetricRow,
    Run,
    RunRow,
    SeriesRow,
    Session,
    SessionSummary,
    SubjectRow,
    VideoRow,
)
from coachvision.library.store import Store, clean, name_key, placeholders

# Unit separator: `clean` keeps control characters out of names.
_SEPARATOR = "\x1f"
_TAGS = (
    "(SELECT group_concat(t.name, char(31)) FROM session_tag st JOIN tag t ON t.id = st.tag_id"
    " WHERE st.session_id = s.id AND t.trashed_at IS NULL)"
)
_RUNS = "(SELECT group_concat(analyzer, char(31)) FROM run WHERE session_id = s.id)"
# The video's length in the session's own real seconds: two sessions of one film may differ in the rate it was taken at.
_LENGTH = "v.duration_s * coalesce(s.time_scale / (SELECT time_scale FROM timeline WHERE video_sha256 = v.sha256), 1)"
# When the film was taken: as its file says, or the document it came as; else when the session was made. All in UTC, but
# not all to the millisecond: such texts are in order to the second.
_RECORDED = (
    "coalesce(v.recorded, CASE WHEN s.video_sha256 IS NULL"
    " THEN json_extract(s.options, '$.imported_film.recorded') END, s.created)"
)
_TO_THE_SECOND = len("2026-03-02T17:00:00")
_VIDEO = "LEFT JOIN video v ON v.sha256 = s.video_sha256"
_LAST_FILMED = f"{_RECORDED} DESC, s.seq DESC"
LIST = (
    f"SELECT s.id, s.created, s.updated, {_RECORDED}, s.title, s.source_name, a.id, a.name,"  # noqa: S608
    f" s.video_sha256, {_LENGTH}, {_TAGS}, {_RUNS}"
    f" FROM session s LEFT JOIN athlete a ON a.id = s.athlete_id AND a.trashed_at IS NULL {_VIDEO}"
)
OPEN = (
    "SELECT s.id, s.user_id, s.rev, s.created, s.updated, s.trashed_at, s.title, s.note, s.source_name, a.id, a.name,"  # noqa: S608
    f" s.time_scale, s.options, s.warnings, {_TAGS}, {videos.COLUMNS}"
    " FROM session s LEFT JOIN athlete a ON a.id = s.athlete_id AND a.trashed_at IS NULL"
    " LEFT JOIN video v ON v.sha256 = s.video_sha256 WHERE s.id = ? AND s.user_id IS ?"
)
CHILDREN = {
    "run": "SELECT id, analyzer, version, parameters, warnings, error, created, file FROM run"
    " WHERE session_id = ? ORDER BY rowid",
    "subject": "SELECT run_id, number, first_pts, last_pts, first_s, last_s, of_interest FROM subject"
    " WHERE session_id = ? ORDER BY rowid",
    "metric": "SELECT run_id, name, subject, value, unit, uncertainty, method, label FROM metric"
    " WHERE session_id = ? ORDER BY rowid",
    "event": 'SELECT run_id, kind, subject, start_pts, end_pts, start_s, end_s, label, "values" FROM event'
    " WHERE session_id = ? ORDER BY start_pts, rowid",
    "series": "SELECT run_id, name, subject, unit, label, samples FROM series WHERE session_id = ? ORDER BY rowid",
}


def create(
    store: Store, video: str | VideoRow | None, *, athlete: str | None, title: str, note: str, source_name: str,
    tags: Sequence[str], options: Mapping[str, Any] | None, warnings: Sequence[str], runs: Sequence[Run],
    timeline: Timeline | None, files: Mapping[str, Path],
) -> str:  # fmt: skip
    """A new session. See `Library.create_session`."""
    sha256 = video.sha256 if isinstance(video, VideoRow) else video
    if isinstance(video, VideoRow):
        source_name = source_name or video.source_name
    session_id = str(uuid.uuid4())
    with results.staged(store, runs, timeline) as ready, store.write("session") as write:
        if sha256 is not None:
            found = videos.get(store, sha256)
            source_name = source_name or ("" if found.copied else found.path.name)
        now = store.now()
        write.db.table("session").insert(
            {
                "id": session_id,
                "user_id": store.user_id,
                "created": now,
                "updated": now,
                "title": clean(title),
                "note": clean(note),
                "source_name": clean(source_name),
                "athlete_id": people.named(write, "athlete", athlete) if athlete else None,
                "video_sha256": sha256,
                "options": json.dumps(dict(options or {})),
                "warnings": json.dumps(list(warnings)),
            }
        )
        for tag in tags:
            tag_id = people.named(write, "tag", tag)
            write.db.execute("INSERT OR IGNORE INTO session_tag VALUES (?, ?)", [session_id, tag_id])
        write.placed.append(store.session_folder(session_id))
        for name, path in files.items():
            place(path, store.session_folder(session_id) / name, "session_part")
        if timeline is not None:
            results.place_runs(write, session_id, ready, timeline)
        search.index(write.db, "s.id = ?", [session_id])
        write.touched("session", session_id, created=True)
    return session_id


def update(store: Store, given: str, values: Mapping[str, Any], athlete: str | None) -> Changes:
    """Change columns of a session; athlete: a name, "" for nobody, None to leave it."""
    session_id = store.session_id(given)
    values = {key: clean(value) if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    with store.write("update") as write:
        if athlete is not None:
            values["athlete_id"] = people.named(write, "athlete", athlete) if clean(athlete) else None
        if values:
            write.db.table("session").update(_seq(store, session_id), values)
        search.index(write.db, "s.id = ?", [session_id])
        write.touched("session", session_id)
    return Changes(sessions=(session_id,))


def _seq(store: Store, session_id: str) -> int:
    row = store.db.row("SELECT seq FROM session WHERE id = ?", (session_id,))
    if row is None:
        raise LibraryError("No such session", f"The session {session_id} was deleted meanwhile", path=store.root)
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions are looked for. search: as typed. athlete, tag, team: names or ids. video: a content hash.

    since, until: when the film was taken, from the first moment that counts to the first that counts no more, ISO 8601,
    UTC. None: all.
    """

    search: str | None = None
    athlete: str | None = None
    tag: str | None = None
    team: str | None = None
    video: str | None = None
    since: str | None = None
    until: str | None = None
    trashed: bool = False
    ids: Sequence[str] | None = None


def listed(store: Store, wanted: Wanted, *, limit: int, offset: int) -> list[SessionSummary]:
    """A page of sessions, the last filmed first. See `Library.sessions`."""
    condition = _condition(store, wanted)
    if condition is None:
        return []
    where, values = condition
    # Which they are is found first: a page's tags and runs are read for that page alone.
    page = f"SELECT s.seq FROM session s {_VIDEO} WHERE {where} ORDER BY {_LAST_FILMED} LIMIT ? OFFSET ?"  # noqa: S608
    sql = f"{LIST} WHERE s.seq IN ({page}) ORDER BY {_LAST_FILMED}"
    return [
        SessionSummary(a, b, c, d, e, f, g, h, i, j, _names(tags), _names(analyzers))
        for a, b, c, d, e, f, g, h, i, j, tags, analyzers in store.db.rows(sql, (*values, limit, offset))
    ]


def ids(store: Store, wanted: Wanted) -> list[str]:
    """The ids of all sessions wanted, the last filmed first."""
    condition = _condition(store, wanted)
    if condition is None:
        return []
    where, values = condition
    sql = f"SELECT s.id FROM session s {_VIDEO} WHERE {where} ORDER BY {_LAST_FILMED}"  # noqa: S608 - conditions of ours
    return [row[0] for row in store.db.rows(sql, values)]


def _condition(store: Store, wanted: Wanted) -> tuple[str, list[Any]] | None:
    """The condition and its values; None where nothing can fit."""
    # Not by the index of when they were made: all are read, for the order is another, and read soonest as they lie.
    where = ["+s.user_id IS ?", "s.trashed_at IS NOT NULL" if wanted.trashed else "s.trashed_at IS NULL"]
    values: list[Any] = [store.user_id]
    if wanted.search is not None and wanted.search.strip():
        expression = search.match(wanted.search)
        if expression is None:
            return None
        where.append("s.seq IN (SELECT rowid FROM session_fts WHERE session_fts MATCH ?)")
        values.append(expression)
    if wanted.athlete is not None:
        where.append(
            "s.athlete_id IN (SELECT id FROM athlete WHERE (name_key = ? OR id = ?) AND user_id IS ?"
            " AND trashed_at IS NULL)"
        )
        values += [name_key(wanted.athlete), wanted.athlete, store.user_id]
    if wanted.tag is not None:
        where.append(
            "s.id IN (SELECT st.session_id FROM session_tag st JOIN tag t ON t.id = st.tag_id"
            " WHERE t.name_key = ? AND t.user_id IS ? AND t.trashed_at IS NULL)"
        )
        values += [name_key(wanted.tag), store.user_id]
    if wanted.team is not None:
        where.append(
            "s.athlete_id IN (SELECT at.athlete_id FROM athlete_team at JOIN team t ON t.id = at.team_id"
            " WHERE t.name_key = ? AND t.user_id IS ? AND t.trashed_at IS NULL)"
        )
        values += [name_key(wanted.team), store.user_id]
    if wanted.ids is not None:
        where.append(f"s.id IN ({placeholders(wanted.ids)})")
        values += wanted.ids
    for column, compare, value in (
        ("s.video_sha256", "=", wanted.video), (_RECORDED, ">=", wanted.since and wanted.since[:_TO_THE_SECOND]),
        (_RECORDED, "<", wanted.until and wanted.until[:_TO_THE_SECOND]),
    ):  # fmt: skip
        if value is not None:
            where.append(f"{column} {compare} ?")
            values.append(value)
    return " AND ".join(where), values


def _names(joined: str | None) -> tuple[str, ...]:
    # A few names: sorted sooner here than by a subquery of the database.
    return tuple(sorted(joined.split(_SEPARATOR), key=str.casefold)) if joined else ()


def opened(store: Store, given: str) -> Session:
    """A session with all its rows. Raises LibraryError."""
    with store.db.snapshot():
        row = store.db.row(OPEN, (given, store.user_id)) if given.isascii() else None
        row = row or store.db.row(OPEN, (store.session_id(given), store.user_id))
        if row is None:
            raise LibraryError("No such session", f"The session {given} was deleted meanwhile", path=store.root)
        children = {name: store.db.rows(sql, (row[0],)) for name, sql in CHILDREN.items()}
    analyzer = {run[0]: run[1] for run in children["run"]}
    (id_, user_id, rev, created, updated, trashed_at, title, note, source_name, athlete_id, athlete, time_scale) = row[
        :12
    ]
    options, warnings, tags = row[12:15]
    return Session(
        id_, user_id, rev, created, updated, trashed_at, title, note, source_name, athlete_id, athlete, time_scale,
        options=json.loads(options),
        warnings=tuple(json.loads(warnings)),
        video=None if row[15] is None else videos.from_row(store, row[15:]),
        tags=_names(tags),
        runs=tuple(_run(run) for run in children["run"]),
        subjects=tuple(
            SubjectRow(analyzer[run], number, first, last, first_s, last_s, bool(of_interest))
            for run, number, first, last, first_s, last_s, of_interest in children["subject"]
        ),
        metrics=tuple(
            MetricRow(analyzer[run], name, subject, math.nan if value is None else value, unit, sd, method, label)
            for run, name, subject, value, unit, sd, method, label in children["metric"]
        ),
        events=tuple(
            EventRow(analyzer[run], kind, subject, start, end, start_s, end_s, label, _numbers(values))
            for run, kind, subject, start, end, start_s, end_s, label, values in children["event"]
        ),
        series=tuple(SeriesRow(analyzer[run], *rest) for run, *rest in children["series"]),
    )  # fmt: skip


def _run(row: tuple[Any, ...]) -> RunRow:
    run_id, analyzer, version, parameters, warnings, error, created, file = row
    return RunRow(run_id, analyzer, version, json.loads(parameters), tuple(json.loads(warnings)), error, created, file)


def _numbers(text: str) -> dict[str, float]:
    if text == "{}":
        return {}
    return {key: math.nan if value is None else value for key, value in json.loads(text).items()}
