"""Pictures in, one after the other, as an ordinary film, which is analyzed and kept as any other. For the command line.

See docs/decisions/0027: the library, the player, exports and sync know films alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from coachvision.analysis.progress import Progress, Report
from coachvision.errors import UsageError
from coachvision.library import Library
from coachvision.services.analyze import spool
from coachvision.services.export.film import Pictures, in_child
from coachvision.video.numbering import unbroken
from coachvision.video.sequence import is_picture, pictures_in

# From one picture in 100 seconds (a film's clock has whole ticks) to more than any camera here takes.
_LEAST_FPS, _MOST_FPS = 0.01, 10_000


@dataclass(frozen=True)
class Series:
    """One series of pictures. source: what the coach named. files: in order. fps: pictures a second."""

    source: Path
    files: tuple[Path, ...]
    fps: float

    @property
    def name(self) -> str:
        """Of the folder that they lie in."""
        return self.files[0].absolute().parent.name or "pictures"

    @property
    def title(self) -> str:
        """For a session that the coach gave none: says what the film was made of."""
        count = len(self.files)
        return f"{self.name}: {count} {'picture' if count == 1 else 'pictures'}, {self.fps:g} a second"


def named(sources: Sequence[Path]) -> list[Path | tuple[Path, ...]]:
    """What was named, series by series: a folder or pattern is one, and so are all single pictures together.

    A shell turns a pattern into the pictures it matches before the program sees it.
    """
    single = tuple(source for source in sources if is_picture(source) and source.is_file())
    rest: list[Path | tuple[Path, ...]] = [source for source in sources if source not in single]
    return [*rest, single] if single else rest


def series(source: Path | tuple[Path, ...], fps: float) -> Series:
    """One of `named`. Raises UsageError for an impossible rate, VideoError for no, missing or mixed pictures."""
    if not _LEAST_FPS <= fps <= _MOST_FPS:
        raise UsageError("Not possible", f"--sequence must be from {_LEAST_FPS} to {_MOST_FPS} pictures a second.")
    if isinstance(source, Path):
        return Series(source, tuple(unbroken(pictures_in(source))), fps)
    return Series(source[0].parent, tuple(unbroken(source)), fps)


def film(
    library: Library,
    pictures: Series,
    folder: Path,
    *,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Write the series into a folder as an MP4 of the series' name; returns it.

    Raises VideoError (damaged, of different sizes, no room), Cancelled.
    """
    tell = progress or (lambda _progress: None)
    target = folder / f"{pictures.name}.mp4"
    rate = Fraction(pictures.fps).limit_denominator(1001)
    files = tuple(file.absolute() for file in pictures.files)
    with spool(library) as place:
        in_child(
            Pictures(files, rate, target),
            place,
            progress=lambda done: tell(Progress(done, "reading the pictures")),
            cancelled=cancelled,
        )
    return target
