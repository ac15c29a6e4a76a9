"""What the coach adds on the picture: drawings, calibrations, moved joints. Reached as `library.annotations`."""

from __future__ import annotations

import json
import uuid

import numpy as np

from coachvision.core.calibration import Calibration
from coachvision.library.records import AnnotationChanges, Changes, Correction, Drawing
from coachvision.library.store import Store, Write


class Annotations:
    """Everything belongs to one session and counts as a change of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def drawings(self, session: str) -> tuple[Drawing, ...]:
        """A session's drawings, by time."""
        rows = self._store.db.rows(
            "SELECT id, kind, start_pts, end_pts, shape FROM drawing WHERE session_id = ? AND trashed_at IS NULL"
            " ORDER BY start_pts, created",
            (self._store.session_id(session),),
        )
        return tuple(Drawing(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in rows)

    def calibration(self, session: str) -> Calibration | None:
        """The session's newest calibration, or None."""
        row = self._store.db.row(
            "SELECT kind, homography, relative_uncertainty, frame FROM calibration"
            " WHERE session_id = ? AND trashed_at IS NULL ORDER BY created DESC, rowid DESC LIMIT 1",
            (self._store.session_id(session),),
        )
        return None if row is None else Calibration(row[0], np.array(json.loads(row[1])), row[2], row[3])

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
                    self._insert_calibration(write, session_id, calibration, now)
            write.touched("session", session_id)
        return Changes(
            sessions=(session_id,), drawings=(*(drawing.id for drawing in changes.drawings), *changes.trashed)
        )

    def _insert_calibration(self, write: Write, session_id: str, calibration: Calibration, now: str) -> None:
        row = {
            "id": str(uuid.uuid4()),
            "session_id": session_id,
            "created": now,
            "updated": now,
            "kind": calibration.kind,
            "homography": json.dumps(calibration.homography.tolist()),
            "relative_uncertainty": calibration.relative_uncertainty,
            "frame": calibration.index,
        }
        write.db.table("calibration").insert(row)

    def corrections(self, session: str) -> tuple[Correction, ...]:
        """All corrections of a session."""
        rows = self._store.db.rows(
            "SELECT analyzer, track, subject, landmark, pts, x, y FROM correction WHERE session_id = ?",
            (self._store.session_id(session),),
        )
        return tuple(Correction(*row) for row in rows)
