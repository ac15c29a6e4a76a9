"""What the coach adds on the picture: drawings, calibrations, moved joints. Reached as `library.annotations`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np

from coachvision.core.calibration import Calibration
from coachvision.errors import LibraryError
from coachvision.library.records import AnnotationChanges, Changes, Correction, Drawing
from coachvision.library.store import Store, Write


class Annotations:
    """Everything belongs to one session and counts as a change of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_drawing(
        self, session: str, kind: str, shape: Mapping[str, Any], start_pts: int, end_pts: int | None = None
    ) -> str:
        """A drawing from one pts to another, or on one frame; shape: whatever its kind needs. Returns its id."""
        session_id, new, now = self._store.session_id(session), str(uuid.uuid4()), self._store.now()
        with self._store.write("drawing") as write:
            row: dict[str, Any] = {"id": new, "session_id": session_id, "created": now, "updated": now, "kind": kind}
            row |= {"start_pts": start_pts, "end_pts": end_pts, "shape": json.dumps(dict(shape))}
            write.db.table("drawing").insert(row)
            write.touched("session", session_id)
        return new

    def change_drawing(self, drawing: str, shape: Mapping[str, Any]) -> Changes:
        """Give a drawing another shape."""
        return self._set("drawing", drawing, {"shape": json.dumps(dict(shape))})

    def trash_drawing(self, drawing: str) -> Changes:
        """Put a drawing aside; `untrash_drawing` brings it back."""
        return self._set("drawing", drawing, {"trashed_at": self._store.now()})

    def untrash_drawing(self, drawing: str) -> Changes:
        """Bring a drawing back."""
        return self._set("drawing", drawing, {"trashed_at": None})

    def _set(self, table: str, given: str, values: dict[str, Any]) -> Changes:
        with self._store.write(table) as write:
            session_id = self._session_of(table, given)
            write.db.table(table).update(given, {**values, "updated": self._store.now()})
            write.touched("session", session_id)
        return Changes(
            sessions=(session_id,),
            drawings=(given,) if table == "drawing" else (),
            calibrations=(given,) if table == "calibration" else (),
        )

    def _session_of(self, table: str, given: str) -> str:
        row = self._store.db.row(
            f"SELECT s.id FROM {table} t JOIN session s ON s.id = t.session_id WHERE t.id = ? AND s.user_id IS ?",  # noqa: S608
            (given, self._store.user_id),
        )
        if row is None:
            raise LibraryError(f"No such {table}", f"The library at {self._store.root} has no {table} {given}")
        return str(row[0])

    def drawings(self, session: str) -> tuple[Drawing, ...]:
        """A session's drawings, by time."""
        rows = self._store.db.rows(
            "SELECT id, kind, start_pts, end_pts, shape FROM drawing WHERE session_id = ? AND trashed_at IS NULL"
            " ORDER BY start_pts, created",
            (self._store.session_id(session),),
        )
        return tuple(Drawing(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in rows)

    def add_calibration(self, session: str, calibration: Calibration) -> str:
        """Keep a calibration; the newest one counts. Returns its id."""
        session_id = self._store.session_id(session)
        with self._store.write("calibration") as write:
            new = self._insert_calibration(write, session_id, calibration)
            write.touched("session", session_id)
        return new

    def _insert_calibration(self, write: Write, session_id: str, calibration: Calibration) -> str:
        new, now = str(uuid.uuid4()), self._store.now()
        row = {
            "id": new,
            "session_id": session_id,
            "created": now,
            "updated": now,
            "kind": calibration.kind,
            "homography": json.dumps(calibration.homography.tolist()),
            "relative_uncertainty": calibration.relative_uncertainty,
            "frame": calibration.index,
        }
        write.db.table("calibration").insert(row)
        return new

    def trash_calibration(self, calibration: str) -> Changes:
        """Put a calibration aside: the one before it counts again, or pixels."""
        return self._set("calibration", calibration, {"trashed_at": self._store.now()})

    def calibration(self, session: str) -> Calibration | None:
        """The session's newest calibration, or None."""
        row = self._store.db.row(
            "SELECT kind, homography, relative_uncertainty, frame FROM calibration"
            " WHERE session_id = ? AND trashed_at IS NULL ORDER BY created DESC, rowid DESC LIMIT 1",
            (self._store.session_id(session),),
        )
        return None if row is None else Calibration(row[0], np.array(json.loads(row[1])), row[2], row[3])

    def correct(self, session: str, correction: Correction) -> Changes:
        """Move a landmark on one frame; the analyzer's own point is kept, a second correction replaces the first."""
        return self.save(session, AnnotationChanges(corrected=(correction,)))

    def uncorrect(self, session: str, correction: Correction) -> Changes:
        """Take a correction back: the analyzer's own point shows again."""
        return self.save(session, AnnotationChanges(uncorrected=(correction,)))

    def save(self, session: str, changes: AnnotationChanges) -> Changes:
        """Keep all of it or nothing, in one step. A drawing whose id is known is replaced, and is back from the trash.

        What was corrected twice counts as the later. A new calibration puts the earlier ones aside.
        """
        session_id, now = self._store.session_id(session), self._store.now()
        with self._store.write("annotations") as write:
            for drawing in changes.drawings:
                values = [drawing.id, session_id, now, now, drawing.kind, drawing.start_pts, drawing.end_pts]
                write.db.execute(
                    "INSERT INTO drawing (id, session_id, created, updated, kind, start_pts, end_pts, shape)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET updated = excluded.updated,"
                    " trashed_at = NULL, kind = excluded.kind, start_pts = excluded.start_pts,"
                    " end_pts = excluded.end_pts, shape = excluded.shape WHERE session_id = excluded.session_id",
                    [*values, json.dumps(drawing.shape)],
                )
            for gone in changes.trashed:
                sql = "UPDATE drawing SET trashed_at = ?, updated = ? WHERE id = ? AND session_id = ?"
                write.db.execute(sql, [now, now, gone, session_id])
            for c in changes.uncorrected:
                write.db.execute(
                    "DELETE FROM correction WHERE session_id = ? AND analyzer = ? AND track = ? AND subject = ?"
                    " AND landmark = ? AND pts = ?",
                    [session_id, c.analyzer, c.track, c.subject, c.landmark, c.pts],
                )
            for c in changes.corrected:
                place = [session_id, c.analyzer, c.track, c.subject, c.landmark, c.pts, c.x, c.y, now]
                write.db.execute("INSERT OR REPLACE INTO correction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", place)
            for calibration in changes.calibrations:
                aside = "UPDATE calibration SET trashed_at = ?, updated = ? WHERE session_id = ? AND trashed_at IS NULL"
                write.db.execute(aside, [now, now, session_id])
                if calibration is not None:
                    self._insert_calibration(write, session_id, calibration)
            write.touched("session", session_id)
        return Changes(
            sessions=(session_id,), drawings=(*(drawing.id for drawing in changes.drawings), *changes.trashed)
        )

    def corrections(self, session: str) -> tuple[Correction, ...]:
        """All corrections of a session."""
        rows = self._store.db.rows(
            "SELECT analyzer, track, subject, landmark, pts, x, y FROM correction WHERE session_id = ?",
            (self._store.session_id(session),),
        )
        return tuple(Correction(*row) for row in rows)
