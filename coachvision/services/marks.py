"""What the coach put on a session's picture, read and kept: drawings, calibration, moved joints. For the fronts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from coachvision.core.calibration import Calibration
from coachvision.core.drawing import Drawing
from coachvision.core.results import Track
from coachvision.core.scene import Scene
from coachvision.core.time import Timeline
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Correction
from coachvision.library.records import Drawing as Row
from coachvision.services.session import WholeSession
from coachvision.services.units import told_units

_log = logging.getLogger(__name__)

# Analyzer, track, subject, landmark, pts: one joint on one frame.
CorrectionKey = tuple[str, str, int, str, int]


@dataclass(frozen=True, eq=False)
class Marks:
    """Of one session. foreign: ids of drawings that a newer version made: kept, not shown.

    originals: the pose tracks as the analyzer found them, with its id, for taking corrections back.
    """

    drawings: tuple[Drawing, ...] = ()
    calibration: Calibration | None = None
    corrections: Mapping[CorrectionKey, tuple[float, float]] = field(default_factory=dict)
    originals: tuple[tuple[str, Track], ...] = ()
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarkChanges:
    """What changed: by id or key, None for what is gone. calibrations: () unchanged, else the one that counts now."""

    drawings: Mapping[str, Drawing | None] = field(default_factory=dict)
    corrections: Mapping[CorrectionKey, tuple[float, float] | None] = field(default_factory=dict)
    calibrations: tuple[Calibration | None, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.drawings or self.corrections or self.calibrations)

    def then(self, later: MarkChanges) -> MarkChanges:
        """Both, the later ones winning."""
        return MarkChanges(
            {**self.drawings, **later.drawings},
            {**self.corrections, **later.corrections},
            later.calibrations or self.calibrations,
        )


def read_marks(library: Library, session_id: str) -> Marks:
    """A session's marks. Raises LibraryError."""
    drawings, foreign = [], []
    for row in library.annotations.drawings(session_id):
        try:
            drawings.append(Drawing.from_shape(row.id, row.kind, row.shape))
        except ValueError as error:
            _log.info("drawing %s is not shown: %s", row.id, error)
            foreign.append(row.id)
    corrections = {
        (c.analyzer, c.track, c.subject, c.landmark, c.pts): (c.x, c.y)
        for c in library.annotations.corrections(session_id)
    }
    originals = tuple(
        (run.analyzer, track)
        for run in library.session(session_id).runs
        for track in library.result(session_id, run.analyzer).tracks
        if track.name == "pose"
    )
    calibration = library.annotations.calibration(session_id)
    return Marks(tuple(drawings), calibration, corrections, originals, tuple(foreign))


def save_marks(library: Library, session_id: str, changes: MarkChanges, timeline: Timeline) -> None:
    """Keep all of it or nothing. Raises LibraryError."""
    library.annotations.save(
        session_id,
        AnnotationChanges(
            drawings=tuple(_row(drawing, timeline) for drawing in changes.drawings.values() if drawing is not None),
            trashed=tuple(drawing for drawing, now in changes.drawings.items() if now is None),
            corrected=tuple(Correction(*key, *at) for key, at in changes.corrections.items() if at is not None),
            uncorrected=tuple(Correction(*key, 0.0, 0.0) for key, at in changes.corrections.items() if at is None),
            calibrations=changes.calibrations,
        ),
    )


def scene_of(library: Library, whole: WholeSession) -> Scene:
    """A session's drawings, ready to be drawn on its film, lengths in the coach's units. Raises LibraryError."""
    marks = read_marks(library, whole.id)
    tracks = [track for _, track in whole.tracks() if track.name == "pose"]
    film = whole.film
    return Scene(film.timeline, film.height, marks.drawings, tracks, marks.calibration, told_units())


def _row(drawing: Drawing, timeline: Timeline) -> Row:
    """As the library keeps it: a drawing of the whole film begins with its first and ends with its last frame."""
    if drawing.whole and len(timeline):
        return Row(drawing.id, drawing.kind, int(timeline.pts[0]), int(timeline.pts[-1]), drawing.shape())
    return Row(drawing.id, drawing.kind, drawing.key_pts, None, drawing.shape())
