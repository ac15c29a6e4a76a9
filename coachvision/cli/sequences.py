"""`analyze --sequence`: pictures become films before anything is analyzed. For `cli.analyze`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision.cli import progress
from coachvision.errors import Cancelled, CoachVisionError, UsageError

if TYPE_CHECKING:
    from coachvision.library import Library


def filmed(
    library: Library,
    sources: list[Path],
    fps: float,
    folder: Path,
    failures: list[tuple[Path | str, CoachVisionError]],
    cancelled: Callable[[], bool],
) -> list[tuple[Path, str, Path]]:
    """(film, what it is made of, what the coach named) of every series; one that is none goes to the failures.

    folder: where the films lie until they are in the library. Raises UsageError, Cancelled.
    """
    from coachvision.services.sequence import film, named, series

    films = []
    for number, source in enumerate(named(sources)):
        try:
            pictures = series(source, fps)
            # Two folders of one name, from two cameras, are two films.
            place = folder / str(number)
            place.mkdir()
            with progress.bar(pictures.name) as tell:
                made = film(library, pictures, place, progress=progress.reporting(tell), cancelled=cancelled)
            films.append((made, pictures.title, pictures.source))
        except UsageError:
            raise
        except CoachVisionError as error:
            if cancelled():
                raise Cancelled from error
            failures.append((source if isinstance(source, Path) else source[0].parent, error))
    return films
