"""What the coach tagged in a film as records of the wire document, and back. For `export` and `import`."""

from __future__ import annotations

import numpy as np

from coachvision.core.tagging import Moment, nearest_frame
from coachvision.core.time import Timeline
from coachvision.library import Library
from coachvision.wire.session import MomentRecord, SessionRecord


def moment_records(library: Library, session_id: str, line: Timeline) -> list[MomentRecord]:
    """A session's moments by time. Raises LibraryError."""
    return [_record(row.moment, line) for row in library.moments.all(session_id)]


def moments_of(record: SessionRecord, line: Timeline) -> tuple[Moment, ...]:
    """A document's moments on the frames of that film. Raises ArithmeticError or ValueError."""
    return tuple(_moment(one, line) for one in record.moments or ())


def _record(moment: Moment, line: Timeline) -> MomentRecord:
    end = moment.end_pts
    return MomentRecord(
        category=moment.category,
        start_s=round(line.seconds_of(moment.start_pts), 6),
        end_s=None if end is None else round(line.seconds_of(end), 6),
        colour=moment.colour,
        descriptors=list(moment.descriptors),
        note=moment.note,
        lead_s=moment.lead_s,
        lag_s=moment.lag_s,
        start_pts=moment.start_pts,
        end_pts=end,
    )


def _moment(record: MomentRecord, line: Timeline) -> Moment:
    def frame(pts: int | None, seconds: float) -> int:
        tick = int(line.ticks_at(np.array([seconds]))[0]) if pts is None else pts
        # Another program's times lie between frames; a moment is on one.
        return nearest_frame(line, tick) if len(line) else tick

    start = frame(record.start_pts, record.start_s)
    end = None if record.end_pts is None and record.end_s is None else frame(record.end_pts, record.end_s or 0.0)
    return Moment(
        record.category,
        start,
        end if end is None or end > start else None,
        record.colour,
        tuple(record.descriptors),
        record.note,
        record.lead_s,
        record.lag_s,
    )
