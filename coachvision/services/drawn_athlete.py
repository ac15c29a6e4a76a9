"""A drawn athlete filmed and taken in, for whoever wants to try before having a video. For windows."""

from __future__ import annotations

from collections.abc import Callable

from coachvision.analysis.progress import Progress, Report
from coachvision.errors import Cancelled
from coachvision.library import Library
from coachvision.services.import_video import Imported, import_video
from coachvision.synth.render import render
from coachvision.synth.scenes import squats

NAME = "Drawn athlete"
_SEED, _REPS, _SIZE = 3, 2, (960, 540)


def add_drawn_athlete(
    library: Library, *, progress: Report | None = None, cancelled: Callable[[], bool] | None = None
) -> Imported:
    """Film two squats and make a session of them, not yet analyzed. Raises LibraryError, VideoError, Cancelled."""

    def filmed(done: float) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(Progress(done, "filming"))

    film = library.scratch / "drawn athlete.mp4"
    try:
        render(squats(_SEED, _REPS, size=_SIZE), film, filmed)
        return import_video(library, film, athlete=NAME, progress=progress, cancelled=cancelled)
    finally:
        film.unlink(missing_ok=True)
