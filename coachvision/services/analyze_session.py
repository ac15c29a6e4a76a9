"""Analyze a session that is in the library already, as often as wanted. For windows."""

from __future__ import annotations

from collections.abc import Callable

from coachvision.analysis.progress import Report
from coachvision.analysis.supervisor import supervise
from coachvision.core.results import Result
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.services.analyze import Analyzed, Request, limits, spool, told_settings
from coachvision.services.recompute import MADE_WITH, recompute_session


def analyze_session(
    library: Library,
    session_id: str,
    *,
    analyzers: tuple[str, ...] | None = None,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Analyzed:
    """Run the analyzers (None: all enabled) over a session's video; each one's earlier run is replaced.

    Raises LibraryError, VideoError, Cancelled; then the session is as it was.
    """
    session = library.session(session_id)
    if session.video is None:
        raise LibraryError("This session came without its video", f"“{session.name}” cannot be analyzed again.")
    capture_fps = session.options.get("capture_fps")
    request = Request(
        session.video.path,
        analyzers=analyzers,
        capture_fps=float(capture_fps) if capture_fps else None,
        exercise=str(session.options.get("exercise") or ""),
        start_s=session.options.get("start_s"),
        end_s=session.options.get("end_s"),
        proxy=False,
    )
    settings = told_settings()
    plan = request.settled(settings).plan()
    with spool(library) as folder:
        outcome = supervise(plan, folder, limits=limits(settings), report=progress, cancelled=cancelled)
    warnings = list(outcome.warnings)
    warnings += [f"{run.title} gave no result. {run.error}" for run in outcome.runs if run.error is not None]
    for run in outcome.runs:
        library.save_run(
            session.id, run.analyzer, run.version, run.parameters, run.result or Result(), outcome.facts.timeline,
            error=run.error,
        )  # fmt: skip
    # The new numbers are of the pose as the network saw it: nothing of the coach's is in them yet.
    options = {name: value for name, value in library.session(session.id).options.items() if name != MADE_WITH}
    library.update_session(session.id, warnings=warnings, options=options)
    recompute_session(library, session.id, cancelled=cancelled)
    return Analyzed(session.video.path, session.id, tuple(warnings))
