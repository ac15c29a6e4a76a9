"""What the coach put on the picture as records of the wire document, and back. For `export` and `import`."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from coachvision.core.calibration import Calibration
from coachvision.core.drawing import Anchor, Tracked
from coachvision.core.drawing import Drawing as Drawn
from coachvision.core.results import Track
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Correction, Drawing, Run
from coachvision.wire.session import CalibrationRecord, CorrectionRecord, DrawingRecord, SessionRecord


def mark_records(library: Library, session_id: str) -> dict[str, Any]:
    """The fields of a `SessionRecord` that tell a session's drawings, scale and moved joints. Raises LibraryError."""
    scale = library.annotations.calibration(session_id)
    drawings = [
        DrawingRecord(id=row.id, kind=row.kind, start_pts=row.start_pts, end_pts=row.end_pts, shape=row.shape)
        for row in library.annotations.drawings(session_id)
    ]
    moved = library.annotations.corrections(session_id)
    tracks = {
        (run.analyzer, track.name, track.subject): track
        for run in (library.session(session_id).runs if moved else ())
        for track in library.result(session_id, run.analyzer).tracks
    }
    return {
        "drawings": drawings,
        "calibration": None if scale is None else _calibration(scale),
        "corrections": [_correction(one, tracks.get((one.analyzer, one.track, one.subject))) for one in moved],
    }


def annotations_of(record: SessionRecord) -> AnnotationChanges:
    """A document's drawings (under new ids), scale and moved joints, as a library keeps them. Raises ValueError."""
    ids = {one.id: str(uuid.uuid4()) for one in record.drawings or ()}
    scale = record.calibration
    return AnnotationChanges(
        drawings=tuple(_drawing(one, ids) for one in record.drawings or ()),
        corrected=tuple(
            Correction(one.analyzer, one.track, one.subject, one.landmark, one.pts, one.x, one.y)
            for one in record.corrections or ()
        ),
        calibrations=() if scale is None else (_scale(scale),),
    )


def as_found(runs: Sequence[Run], record: SessionRecord) -> tuple[Run, ...]:
    """The runs with the analyzers' own points where the document's are those that the coach moved."""
    moved = record.corrections or []
    if not moved:
        return tuple(runs)

    def found(run: Run, track: Track) -> Track:
        place = (run.analyzer, track.name, track.subject)
        return _taken_back(track, [one for one in moved if (one.analyzer, one.track, one.subject) == place])

    return tuple(
        replace(run, result=replace(run.result, tracks=tuple(found(run, track) for track in run.result.tracks)))
        for run in runs
    )


def _calibration(scale: Calibration) -> CalibrationRecord:
    return CalibrationRecord(
        kind=scale.kind,
        homography=scale.homography.tolist(),
        relative_uncertainty=scale.relative_uncertainty,
        frame=scale.index,
    )


def _scale(record: CalibrationRecord) -> Calibration:
    homography = np.array(record.homography, np.float64)
    if np.linalg.matrix_rank(homography) < 3:
        raise ValueError("the calibration maps the picture to a line")
    return Calibration(record.kind, homography, record.relative_uncertainty, record.frame)


def _correction(moved: Correction, track: Track | None) -> CorrectionRecord:
    at = _where(track, moved.landmark, moved.pts) if track is not None else None
    own = None if track is None or at is None else [float(value) for value in track.points[at]]
    return CorrectionRecord(
        analyzer=moved.analyzer,
        track=moved.track,
        subject=moved.subject,
        landmark=moved.landmark,
        pts=moved.pts,
        x=moved.x,
        y=moved.y,
        original=(own[0], own[1]) if own is not None and all(map(math.isfinite, own)) else None,
    )


def _drawing(record: DrawingRecord, ids: dict[str, str]) -> Drawing:
    shape, new = record.shape, ids[record.id]
    try:
        drawn = Drawn.from_shape(new, record.kind, shape)
    except ValueError:
        # A newer version's: kept as it is, for that version to show.
        return Drawing(new, record.kind, record.start_pts, record.end_pts, shape)
    followed = replace(drawn, points=tuple(_renamed(point, ids) for point in drawn.points))
    return Drawing(new, record.kind, record.start_pts, record.end_pts, followed.shape())


def _renamed(point: Anchor, ids: dict[str, str]) -> Anchor:
    if isinstance(point.to, Tracked):
        return replace(point, to=Tracked(ids.get(point.to.drawing, point.to.drawing)))
    return point


def _taken_back(track: Track, moved: Iterable[CorrectionRecord]) -> Track:
    points = track.points.copy()
    mask = None if track.corrected is None else track.corrected.copy()
    for one in moved:
        at = _where(track, one.landmark, one.pts)
        if at is not None:
            points[at] = (math.nan, math.nan) if one.original is None else one.original
            if mask is not None:
                mask[at] = False
    return replace(track, points=points, corrected=mask if mask is not None and mask.any() else None)


def _where(track: Track, landmark: str, pts: int) -> tuple[int, int] | None:
    """Row and column of a landmark on a frame, or None where the track does not have it."""
    row = int(np.searchsorted(track.pts, pts))
    if landmark not in track.names or row >= len(track.pts) or track.pts[row] != pts:
        return None
    return row, track.names.index(landmark)
