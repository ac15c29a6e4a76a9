"""Angles and numbers once more, after the coach moved joints or set the scale. For the fronts and `analyze_session`.

The analyzers' own pose stays; what works from it is computed anew from the corrected pose and replaces its earlier run.
Which corrections and which scale a session's numbers were made with is kept, so that a crash in between is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coachvision.analysis.again import Wanted, Worker
from coachvision.analysis.engine import scaled_by_height
from coachvision.analysis.plan import LineAt
from coachvision.core.calibration import Calibration
from coachvision.core.results import Result, Track
from coachvision.core.time import Timeline
from coachvision.core.video import Video
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.marks import CorrectionKey, Marks, read_marks
from coachvision.services.session import WholeSession, read_session

# Where a session's options keep what its numbers were made with.
MADE_WITH = "numbers_made_with"

__all__ = ["MADE_WITH", "Worker", "fingerprint", "keep_runs", "needs_it", "recompute", "recompute_session", "with_runs"]


def recompute(
    whole: WholeSession,
    tracks: Sequence[Track],
    calibration: Calibration | None,
    worker: Worker,
    *,
    options: Mapping[str, Any] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Run, ...]:
    """New runs of the analyzers that work from results. tracks: the corrected poses. Raises CoachVisionError.

    options: the session's own: a scale it was analyzed with holds where the coach has set none on the picture.
    """
    moved = {(track.name, track.subject): track for track in tracks}
    results: dict[str, Result] = {}
    for run in whole.runs:
        if run.error is None:
            corrected = tuple(moved.get((track.name, track.subject), track) for track in run.result.tracks)
            results[run.analyzer] = replace(run.result, tracks=corrected)
    line = whole.film.timeline
    video = Video(
        width=whole.film.width,
        height=whole.film.height,
        timeline=line,
        first=0 if whole.start_s is None else line.index_at(whole.start_s),
        last=len(line) - 1 if whole.end_s is None else line.index_at(whole.end_s),
        calibration=calibration or _told_line(options or {}, line),
        athlete_height_m=(options or {}).get("athlete_height_m"),
        exercise=whole.exercise,
    )
    video, _ = scaled_by_height(video, list(results.values()))
    wanted = Wanted(
        video, results, [run.analyzer for run in whole.runs], {run.analyzer: run.parameters for run in whole.runs}
    )
    return tuple(
        Run(run.analyzer, run.version, run.parameters, run.result or Result(), run.error)
        for run in worker.compute(wanted, cancelled=cancelled)
    )


def _told_line(options: Mapping[str, Any], line: Timeline) -> Calibration | None:
    """The line of known length that the analysis was told of, on the command line say."""
    told = options.get("calibration")
    if told is None:
        return None
    at = LineAt.model_validate(told)
    return Calibration.from_line(at.length_m, (at.x1, at.y1), (at.x2, at.y2), line.index_at(at.time_s))


def with_runs(whole: WholeSession, runs: Sequence[Run]) -> WholeSession:
    """The session with those runs in place of its own."""
    new = {run.analyzer: run for run in runs}
    return replace(whole, runs=tuple(new.get(run.analyzer, run) for run in whole.runs))


def keep_runs(library: Library, whole: WholeSession, runs: Sequence[Run], made_with: str) -> None:
    """Replace the session's earlier runs. made_with: `fingerprint` of the marks. Raises LibraryError."""
    for run in runs:
        library.save_run(
            whole.id, run.analyzer, run.version, run.parameters, run.result, whole.film.timeline, error=run.error
        )
    options = dict(library.session(whole.id).options)
    options[MADE_WITH] = made_with
    library.update_session(whole.id, options=options)


def fingerprint(corrections: Mapping[CorrectionKey, tuple[float, float]], calibration: Calibration | None) -> str:
    """Of what numbers depend on besides the film; "" without any."""
    if not corrections and calibration is None:
        return ""
    moved = sorted((*key, *at) for key, at in corrections.items())
    scale = None if calibration is None else [calibration.kind, *calibration.homography.ravel().tolist()]
    return hashlib.sha256(json.dumps([moved, scale]).encode()).hexdigest()[:32]


def recompute_session(library: Library, session_id: str, *, cancelled: Callable[[], bool] | None = None) -> bool:
    """Bring a session's numbers in line with its corrections and scale; False where they were. Raises LibraryError."""
    marks = read_marks(library, session_id)
    if not needs_it(library, session_id, marks):
        return False
    whole, worker = read_session(library, session_id), Worker()
    try:
        tracks = [track for _, track in whole.tracks()]
        options = library.session(session_id).options
        runs = recompute(whole, tracks, marks.calibration, worker, options=options, cancelled=cancelled)
        keep_runs(library, whole, runs, fingerprint(marks.corrections, marks.calibration))
    finally:
        worker.close()
    return True


def needs_it(library: Library, session_id: str, marks: Marks) -> bool:
    """Whether a session's numbers were made with other corrections or another scale than it has now."""
    session = library.session(session_id)
    made_with = str(session.options.get(MADE_WITH) or "")
    return bool(session.runs) and made_with != fingerprint(marks.corrections, marks.calibration)
