"""What analyzers found: arrays in files, rows in the database, both or neither. Library room only."""

from __future__ import annotations

import functools
import json
import math
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coachvision.core.correcting import corrected as corrected_track
from coachvision.core.results import Result, Series, Track
from coachvision.core.time import Timeline
from coachvision.errors import LibraryError
from coachvision.library import arrays, videos
from coachvision.library.files import place, write_synced
from coachvision.library.records import Changes, Run
from coachvision.library.store import Store, Write
from coachvision.library.translate import plain_words


@dataclass(frozen=True)
class Staged:
    """A run whose arrays are written and synced, to be placed in the transaction of its rows."""

    id: str
    run: Run
    part: Path
    size: int


@contextmanager
def staged(store: Store, runs: Sequence[Run], timeline: Timeline | None) -> Iterator[list[Staged]]:
    """Write the arrays of runs into the scratch folder: the slow part, before the transaction begins."""
    if timeline is None:
        if runs:
            raise ValueError("runs cannot be stored without the video's timeline")
        yield []
        return
    ready: list[Staged] = []
    with plain_words(store.root):
        try:
            for run in runs:
                run_id = str(uuid.uuid4())
                part = store.scratch / f"{run_id}.part"
                write_arrays = functools.partial(arrays.write, result=run.result, timeline=timeline)
                ready.append(Staged(run_id, run, part, write_synced(part, write_arrays)))
            yield ready
        finally:
            for one in ready:
                one.part.unlink(missing_ok=True)


def save(store: Store, given: str, run: Run, timeline: Timeline) -> Changes:
    """Store one run; an earlier run of the same analyzer in that session is replaced. See `Library.save_run`."""
    session_id = store.session_id(given)
    with staged(store, [run], timeline) as ready, store.write("run") as write:
        # Looked up again: it may have been deleted for good while the arrays were written.
        store.session_id(session_id)
        place_runs(write, session_id, ready, timeline)
        write.touched("session", session_id)
    return Changes(sessions=(session_id,))


def place_runs(write: Write, session_id: str, ready: Sequence[Staged], timeline: Timeline) -> None:
    """Files to their place and rows into the open transaction."""
    store = write.store
    for one in ready:
        _forget_older(write, session_id, one.run.analyzer)
        file = f"runs/{one.id}.npz"
        target = store.session_folder(session_id) / file
        write.placed.append(target)
        place(one.part, target, "run")
        write.db.table("run").insert(
            {
                "id": one.id,
                "session_id": session_id,
                "analyzer": one.run.analyzer,
                "version": one.run.version,
                "parameters": json.dumps(dict(one.run.parameters), sort_keys=True),
                "warnings": json.dumps(list(one.run.result.warnings)),
                "error": one.run.error,
                "created": store.now(),
                "file": file,
                "size": one.size,
            }
        )
        insert_rows(write.db, session_id, one.id, one.run.result, timeline)
    _keep_time(write, session_id, timeline)


def _forget_older(write: Write, session_id: str, analyzer: str) -> None:
    rows = write.store.db.rows("SELECT file FROM run WHERE session_id = ? AND analyzer = ?", (session_id, analyzer))
    for (file,) in rows:
        write.db.execute("DELETE FROM run WHERE session_id = ? AND analyzer = ?", [session_id, analyzer])
        write.owe("purge_run", f"{session_id}/{file}")


def _keep_time(write: Write, session_id: str, timeline: Timeline) -> None:
    row = write.store.db.row("SELECT video_sha256 FROM session WHERE id = ?", (session_id,))
    if row is not None and row[0] is not None:
        videos.keep_timeline(write, row[0], timeline)
    write.db.execute("UPDATE session SET time_scale = ? WHERE id = ?", [timeline.time_scale, session_id])


def insert_rows(db: Any, session_id: str, run_id: str, result: Result, timeline: Timeline) -> None:
    """The index rows of a result, within the open transaction. db: sqlite-utils' database."""
    seconds = timeline.seconds_of
    of_run = {"run_id": run_id, "session_id": session_id}
    rows: dict[str, list[dict[str, Any]]] = {
        "subject": [
            of_run
            | {
                "number": s.id,
                "first_pts": s.first_pts,
                "last_pts": s.last_pts,
                "first_s": seconds(s.first_pts),
                "last_s": seconds(s.last_pts),
                "of_interest": int(s.of_interest),
            }
            for s in result.subjects
        ],
        "event": [
            of_run
            | {
                "kind": e.kind,
                "subject": e.subject,
                "start_pts": int(e.start_pts),
                "end_pts": None if e.end_pts is None else int(e.end_pts),
                "start_s": seconds(e.start_pts),
                "end_s": None if e.end_pts is None else seconds(e.end_pts),
                "label": e.label,
                "values": json.dumps({k: float(v) if math.isfinite(v) else None for k, v in e.values.items()}),
            }
            for e in result.events
        ],
        "metric": [
            of_run
            | {
                "name": m.name,
                "subject": m.subject,
                "value": float(m.value),
                "unit": m.unit,
                "uncertainty": None if m.uncertainty is None else float(m.uncertainty),
                "method": m.method,
                "label": m.label,
            }
            for m in result.metrics
        ],
        "series": [
            of_run | {"name": s.name, "subject": s.subject, "unit": s.unit, "label": s.label, "samples": len(s.pts)}
            for s in result.series
        ],
        "track": [
            of_run
            | {
                "name": t.name,
                "subject": t.subject,
                "unit": t.unit,
                "samples": len(t.pts),
                "landmarks": json.dumps(list(t.names)),
            }
            for t in result.tracks
        ],
    }
    for table, found in rows.items():
        if found:
            db.table(table).insert_all(found)


def load(store: Store, given: str, analyzer: str, *, corrected: bool) -> Result:
    """An analyzer's whole result. Raises LibraryError."""
    session_id = store.session_id(given)
    row = store.db.row("SELECT file FROM run WHERE session_id = ? AND analyzer = ?", (session_id, analyzer))
    if row is None:
        has = [r[0] for r in store.db.rows("SELECT analyzer FROM run WHERE session_id = ?", (session_id,))]
        raise LibraryError(
            "The session was not analyzed with that",
            f"Session {session_id[:8]} has no run of {analyzer}; it has {', '.join(has) or 'none'}",
            hint=f"Analyze it with `--with {analyzer}`.",
        )
    with arrays.opened(store.session_folder(session_id) / row[0]) as file:
        result = file.result()
    if not corrected:
        return result
    return replace(result, tracks=_corrected(store, session_id, analyzer, result.tracks))


def tracks(store: Store, given: str, analyzer: str | None) -> tuple[Track, ...]:
    """All tracks of a session (or of one analyzer) with the coach's corrections in them."""
    session_id = store.session_id(given)
    rows = store.db.rows(
        "SELECT analyzer, file FROM run WHERE session_id = ? AND coalesce(analyzer = ?, 1)"
        " AND EXISTS (SELECT 1 FROM track WHERE track.run_id = run.id) ORDER BY rowid",
        (session_id, analyzer),
    )
    found: list[Track] = []
    for name, path in rows:
        with arrays.opened(store.session_folder(session_id) / path) as file:
            found += _corrected(store, session_id, name, file.tracks())
    return tuple(found)


def _corrected(store: Store, session_id: str, analyzer: str, found: Sequence[Track]) -> tuple[Track, ...]:
    rows = store.db.rows(
        "SELECT track, subject, landmark, pts, x, y FROM correction WHERE session_id = ? AND analyzer = ?",
        (session_id, analyzer),
    )
    return tuple(
        corrected_track(track, [r[2:] for r in rows if r[:2] == (track.name, track.subject)]) for track in found
    )


def series(store: Store, given: str, name: str, subject: int | None) -> Series:
    """One series; without a subject that of the athlete of interest, else of the first who has it."""
    session_id = store.session_id(given)
    rows = store.db.rows(
        "SELECT r.file, s.subject FROM series s JOIN run r ON r.id = s.run_id"
        " WHERE s.session_id = ? AND s.name = ? AND coalesce(s.subject = ?, 1)"
        " ORDER BY (SELECT max(of_interest) FROM subject u WHERE u.session_id = s.session_id AND u.number = s.subject)"
        " DESC, s.subject, r.rowid DESC LIMIT 1",
        (session_id, name, subject),
    )
    if not rows:
        has = store.db.rows("SELECT DISTINCT name FROM series WHERE session_id = ? ORDER BY name", (session_id,))
        raise LibraryError(
            "There is no such series",
            f"Session {session_id[:8]} has no series {name}" + ("" if subject is None else f" of subject {subject}"),
            hint=f"It has: {', '.join(r[0] for r in has) or 'none'}.",
        )
    path, number = rows[0]
    with arrays.opened(store.session_folder(session_id) / path) as file:
        return file.series(name, number)
