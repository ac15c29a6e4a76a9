"""Previews of sessions that came from the cloud, which brings films and results, but nothing that can be made again.

For windows: until there is a preview a card has no picture and scrubbing waits for the decoder. What a closed window
leaves is found again among what was left undone, see `unfinished`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from coachvision import settings
from coachvision.analysis.progress import Progress, Report
from coachvision.errors import Cancelled, CoachVisionError
from coachvision.library import Library
from coachvision.services import unfinished
from coachvision.services.import_video import film_of, make_preview

_log = logging.getLogger(__name__)


def missing(library: Library, sessions: Sequence[str]) -> list[str]:
    """Those of them whose film is here and whose preview is not; none where the coach wants no previews."""
    if not settings.load().switch("import.proxy"):
        return []
    return [one for one in dict.fromkeys(sessions) if _lacks(library, one)]


def write(
    library: Library,
    sessions: Sequence[str],
    *,
    told: Callable[[str], object],
    progress: Report,
    cancelled: Callable[[], bool],
    closing: Callable[[], bool],
) -> None:
    """Write them one after the other. told: gets each session once its preview is there. Raises Cancelled.

    closing: whether the window closes; then what is not written yet is left for the next start.
    """
    for one in sessions:
        unfinished.begin(library, one)
    try:
        for number, one in enumerate(sessions):
            _write(library, one, lambda step, at=number: progress(_part(step, at, len(sessions))), cancelled)  # type: ignore[misc]
            unfinished.end(library, one)
            told(one)
    finally:
        if not closing():
            for one in sessions:
                unfinished.end(library, one)


def came(library: Library, sessions: Sequence[str]) -> list[str]:
    """Those of what was left undone that came from the cloud: measured there, without a preview here."""
    measured = {digest.session.id for digest in library.digests(list(sessions)) if digest.session.analyzers}
    return missing(library, [one for one in sessions if one in measured])


def _lacks(library: Library, session: str) -> bool:
    try:
        return not film_of(library, session).whole
    except CoachVisionError:
        # Numbers alone, or its film is still to come.
        return False


def _write(library: Library, session: str, progress: Report, cancelled: Callable[[], bool]) -> None:
    try:
        make_preview(library, session, progress=progress, cancelled=cancelled)
    except Cancelled:
        raise
    except CoachVisionError as trouble:
        # A film that cannot be read is told when it is opened; the others go on.
        _log.info("no preview of %s: %s", session, trouble)


def _part(step: Progress, at: int, of: int) -> Progress:
    """One session's progress as that of all."""
    return Progress((at + step.done) / of, step.stage)
