"""The film with skeleton, angles and time drawn on it, as an H.264 MP4 that plays anywhere. For the fronts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.services.export.film import Movie, in_child, present
from coachvision.services.export.overlay import layers
from coachvision.services.export.target import prepared, translated
from coachvision.services.marks import scene_of
from coachvision.services.session import WholeSession, read_session


def export_mp4(
    library: Library,
    session_id: str,
    target: Path,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Write the part of the film that was analyzed, or another (real seconds), with its overlay and sound.

    progress: told 0 to 1. Returns the target. Raises CoachVisionError or Cancelled; then nothing is left behind.
    """
    session = read_session(library, session_id)
    path = present(session.film)
    first, last = _frame_range(session, start_s, end_s)
    part = prepared(library, target)  # the name under which the child writes, until the file is whole
    try:
        with tempfile.TemporaryDirectory(prefix="coachvision-") as spool, translated(target):
            scene = scene_of(library, session)
            job = Movie(path, target, tuple(layers(session)), first, last, session.film.timeline.time_scale, scene)
            in_child(job, Path(spool), progress=progress, cancelled=cancelled)
    finally:
        part.unlink(missing_ok=True)
    return target


def _frame_range(session: WholeSession, start_s: float | None, end_s: float | None) -> tuple[int, int]:
    """Numbers of the first and last frame of a span of real seconds. Raises CoachVisionError where it is empty."""
    start_s = session.start_s if start_s is None else start_s
    end_s = session.end_s if end_s is None else end_s
    line = session.film.timeline
    if not len(line):
        raise CoachVisionError("Not exported", f"{session.film.name} has no frames.", path=session.film.path)
    if start_s is not None and start_s > session.film.duration_s:
        raise CoachVisionError(
            "Not exported",
            f"“{session.film.name}” lasts {session.film.duration_s:.3f} s; the part was to begin at {start_s:g} s.",
            hint="Choose an earlier --from.",
            path=session.film.path,
        )
    first = 0 if start_s is None else line.index_at(start_s)
    last = len(line) - 1 if end_s is None else line.index_at(end_s)
    if last < first:
        raise CoachVisionError(
            "Not exported", "The part to export ends before it starts.", hint="Swap --from and --to."
        )
    return first, last
