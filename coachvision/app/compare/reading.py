"""Reads the two sessions that are compared, with their films. For the Compare screen, off its thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coachvision.errors import CoachVisionError

if TYPE_CHECKING:
    from coachvision.app.tasks import Job
    from coachvision.core.units import Units
    from coachvision.library import Library
    from coachvision.services.compare import Comparison
    from coachvision.services.import_video import PlayableFilm


@dataclass(frozen=True, eq=False)
class Read:
    """What was read. films: A's and B's, None where one cannot be played; trouble: why."""

    comparison: Comparison
    films: tuple[PlayableFilm | None, PlayableFilm | None]
    units: Units
    trouble: CoachVisionError | None


def read(library: Library, job: Job, a: str, b: str) -> Read:
    """Two sessions, by id. Raises CoachVisionError, Cancelled."""
    from coachvision.services.compare import compare
    from coachvision.services.import_video import film_of
    from coachvision.services.units import told_units

    comparison = compare(library, a, b)
    films: list[PlayableFilm | None] = []
    trouble = None
    for session in (a, b):
        try:
            films.append(film_of(library, session, cancelled=job.cancelled))
        except CoachVisionError as error:
            films.append(None)
            trouble = error
    return Read(comparison, (films[0], films[1]), told_units(), trouble)
