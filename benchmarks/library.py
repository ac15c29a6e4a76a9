"""The library at 10,000 sessions against raw sqlite3 queries that give the same rows and columns, in the same run.

The peer is what a programmer in a hurry would write: hand-written SQL on a plain connection, tuples out, no records, no
errors translated. Times are medians of interleaved rounds, so that a busy machine slows both alike.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.rows import Row
from coachvision.library import Library, search

SESSIONS = 10_000
ROUNDS = 200
TARGET = 2.0
PEER = "raw sqlite3"

_NAMES = ("Anna", "Ben", "Çelik", "Dora", "Emil", "Fatma", "Gustav", "Hanna", "Ilya", "Jürgen")
_WORDS = ("squat", "jump", "start", "turn", "block", "sprint", "throw", "serve", "landing", "rhythm")

_LIST = """
SELECT s.id, s.created, s.updated, s.title, s.source_name, a.id, a.name, s.video_sha256, v.duration_s,
  coalesce(v.recorded, s.created),
  (SELECT group_concat(t.name, char(31)) FROM session_tag st JOIN tag t ON t.id = st.tag_id
   WHERE st.session_id = s.id),
  (SELECT group_concat(r.analyzer, char(31)) FROM run r WHERE r.session_id = s.id)
FROM session s LEFT JOIN athlete a ON a.id = s.athlete_id LEFT JOIN video v ON v.sha256 = s.video_sha256
WHERE s.user_id IS NULL AND s.trashed_at IS NULL {search}
ORDER BY coalesce(v.recorded, s.created) DESC, s.seq DESC LIMIT 50
"""
_SEARCH = "AND s.seq IN (SELECT rowid FROM session_fts WHERE session_fts MATCH ?)"
_OPEN = (
    "SELECT s.*, a.name, v.* FROM session s LEFT JOIN athlete a ON a.id = s.athlete_id"
    " LEFT JOIN video v ON v.sha256 = s.video_sha256 WHERE s.id = ?",
    "SELECT t.name FROM session_tag st JOIN tag t ON t.id = st.tag_id WHERE st.session_id = ?",
    "SELECT * FROM run WHERE session_id = ?",
    "SELECT * FROM subject WHERE session_id = ?",
    "SELECT * FROM metric WHERE session_id = ?",
    "SELECT * FROM event WHERE session_id = ? ORDER BY start_pts",
    "SELECT * FROM series WHERE session_id = ?",
)


def rows() -> list[Row]:
    """List, search and open, each as a ratio (1 is as fast as raw sqlite3; 2 at most)."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "library"
        with Library.open(root) as library:
            ids = fill(library, root / "library.db")
            with closing(sqlite3.connect(root / "library.db")) as raw:
                _same(library, raw, ids[7])
                return [
                    _row("list page of 50", lambda _: library.sessions(limit=50), lambda _: raw_list(raw)),
                    _row("search as typed", lambda _: library.sessions("ann spr", limit=50), lambda _: raw_search(raw)),
                    _row("open one session", lambda n: library.session(ids[n]), lambda n: raw_open(raw, ids[n])),
                ]


def raw_list(raw: sqlite3.Connection) -> list[Any]:
    """The list page."""
    return raw.execute(_LIST.format(search="")).fetchall()


def raw_search(raw: sqlite3.Connection) -> list[Any]:
    """The search."""
    return raw.execute(_LIST.format(search=_SEARCH), ['"ann"* "spr"*']).fetchall()


def raw_open(raw: sqlite3.Connection, session: str) -> list[list[Any]]:
    """All rows of a session; what is stored as JSON is read as JSON, as a caller needs it."""
    found = [raw.execute(sql, [session]).fetchall() for sql in _OPEN]
    for row in found[2]:
        json.loads(row[4]), json.loads(row[5])
    for row in found[5]:
        json.loads(row[9])
    json.loads(found[0][0][13]), json.loads(found[0][0][14])
    return found


def _same(library: Library, raw: sqlite3.Connection, session: str) -> None:
    """Both sides must answer the same, or the ratio means nothing."""
    assert [row.id for row in library.sessions(limit=50)] == [row[0] for row in raw_list(raw)]
    assert [row.id for row in library.sessions("ann spr", limit=50)] == [row[0] for row in raw_search(raw)]
    ours, (_, tags, *children) = library.session(session), raw_open(raw, session)
    mine = (ours.tags, ours.runs, ours.subjects, ours.metrics, ours.events, ours.series)
    assert [len(rows) for rows in mine] == [len(rows) for rows in (tags, *children)]


def _row(name: str, ours: Callable[[int], Any], peer: Callable[[int], Any]) -> Row:
    picks = random.Random(5).sample(range(SESSIONS), ROUNDS)  # noqa: S311 - which sessions are opened
    times: tuple[list[float], list[float]] = ([], [])
    for number in picks:
        # Each goes first every other time: the second finds the pages warm.
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            start = time.perf_counter()
            (ours, peer)[which](number)
            times[which].append((time.perf_counter() - start) * 1000)
    mine, theirs = (statistics.median(t) for t in times)
    ratio = mine / theirs
    return Row(
        name=f"library: {name}, {SESSIONS:,} sessions", value=mine, unit="ms", peer=PEER, peer_value=theirs,
        ratio=ratio, target=f"<= {TARGET}", met=ratio <= TARGET,
    )  # fmt: skip


def fill(library: Library, database: Path, count: int = SESSIONS) -> list[str]:
    """Ten thousand sessions of 100 athletes with runs, metrics, events and series; returns the ids."""
    athletes = [library.people.add("athlete", f"{name} {word.title()}") for name in _NAMES for word in _WORDS]
    tags = [library.people.add("tag", word) for word in _WORDS]
    ids = [str(uuid.UUID(int=random.Random(n).getrandbits(128))) for n in range(count)]  # noqa: S311
    with closing(sqlite3.connect(database)) as db, db:
        for number, session in enumerate(ids):
            _one(db, number, session, athletes, tags)
        search.index(db)  # type: ignore[arg-type] # it only executes statements
        db.execute("ANALYZE")
    return ids


def _one(db: sqlite3.Connection, number: int, session: str, athletes: list[str], tags: list[str]) -> None:
    now = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}T{number % 24:02d}:{number % 60:02d}:00.000Z"
    sha256 = f"{number:064x}"
    video = (sha256, f"videos/00/{sha256}.mp4", 1, 10**7, now, "mov", "h264", 1920, 1080, 0, 540, 18.0, 30.0)
    db.execute(
        "INSERT INTO video VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*video, 0, None, 1, "[]", now if number % 2 else None),
    )
    db.execute(
        "INSERT INTO session VALUES (NULL, ?, NULL, 1, ?, ?, NULL, ?, ?, ?, ?, ?, 1.0, '{}', '[]')",
        (session, now, now, f"{_WORDS[number % 10]} {number}", f"note on {_WORDS[number // 10 % 10]}",
         f"VID_{number:05}.mp4", athletes[number * 7 % 100], sha256),
    )  # fmt: skip
    db.executemany("INSERT INTO session_tag VALUES (?, ?)", [(session, tags[(number + k) % 10]) for k in range(2)])
    run = dict.fromkeys(("pose", "angles", "reps"), "")
    for analyzer in run:
        run[analyzer] = f"{session}-{analyzer}"
        values = (run[analyzer], session, analyzer, "1.0.0", "{}", "[]", None, now, f"runs/{analyzer}.npz", 10**6)
        db.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    db.execute("INSERT INTO subject VALUES (?, ?, 1, 0, 9000, 0.0, 18.0, 1)", (run["pose"], session))
    db.executemany(
        "INSERT INTO metric VALUES (?, ?, ?, 1, ?, 'deg', 1.5, 'largest of the filtered series', '')",
        [(run["angles"], session, f"angle.joint_{k}.max", k * 3.5) for k in range(18)],
    )
    db.executemany(
        "INSERT INTO event VALUES (?, ?, 'rep', 1, ?, ?, ?, ?, 'squat', '{\"depth_deg\": 95.5}')",
        [(run["reps"], session, k * 900, k * 900 + 400, k * 1.5, k * 1.5 + 0.7) for k in range(10)],
    )
    db.executemany(
        "INSERT INTO series VALUES (?, ?, ?, 1, 'deg', '', 540)",
        [(run["angles"], session, f"angle.joint_{k}") for k in range(18)],
    )
