"""Moments out of a session and into it: Sportscode's XML and a table. For the fronts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coachvision.core.interchange import TimedMoment, placed, timed
from coachvision.core.momentcsv import MomentCsvError, read_csv, write_csv
from coachvision.core.results import Event
from coachvision.core.sportscode import SportscodeError, read_xml, write_xml
from coachvision.core.tagging import Moment
from coachvision.core.time import Timeline
from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.services.export.target import replacing
from coachvision.services.export.words import span_title
from coachvision.services.session import read_session

ENDINGS = (".xml", ".csv")
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class MomentsTaken:
    """What an import kept. ids: the new moments. outside: how many lay beyond the film and were left out."""

    session_id: str
    ids: tuple[str, ...]
    outside: int


def session_moments(library: Library, session_id: str, *, found: bool = False) -> list[TimedMoment]:
    """A session's moments by time, in seconds. found: with what the analyzers found, too. Raises LibraryError."""
    session = read_session(library, session_id)
    line = session.film.timeline
    moments = [row.moment for row in library.moments.all(session.id)]
    if found:
        moments += [_of_event(event) for _, event in session.events()]
    return [timed(moment, line) for moment in sorted(moments, key=lambda moment: moment.start_pts)]


def _of_event(event: Event) -> Moment:
    end = event.end_pts if event.end_pts is not None and event.end_pts > event.start_pts else None
    return Moment(span_title(event.kind, event.label), event.start_pts, end)


def export_moments(
    library: Library, session_id: str, target: Path, *, found: bool = False, xml: bool | None = None
) -> Path:
    """Write them as XML or as a table; xml None: by the target's ending.

    Raises CoachVisionError; then nothing is left behind.
    """
    moments = session_moments(library, session_id, found=found)
    as_xml = target.suffix.casefold() == ".xml" if xml is None else xml
    text = write_xml(moments) if as_xml else write_csv(moments)
    with replacing(library, target) as part:
        part.write_bytes(text.encode("utf-8"))
    return target


def import_moments(library: Library, session_id: str, path: Path) -> MomentsTaken:
    """Add the moments of an XML file or a table to a session, all or none. Raises CoachVisionError."""
    moments, outside = moments_of(path, _timeline(library, session_id))
    return MomentsTaken(library.session(session_id).id, library.moments.add(session_id, moments), outside)


def moments_of(path: Path, timeline: Timeline) -> tuple[list[Moment], int]:
    """The moments of a file on the frames of a film, and how many lay beyond it. Raises CoachVisionError."""
    told = read_moments(path)
    moments, outside = placed(told, timeline)
    if told and not moments:
        raise CoachVisionError(
            "Nothing imported",
            f"All {len(told)} moments of {path.name} lie beyond the end of this film.",
            hint="Choose the session whose film was tagged.",
            path=path,
        )
    return moments, outside


def _timeline(library: Library, session_id: str) -> Timeline:
    film = read_session(library, session_id).film
    if not len(film.timeline):
        raise CoachVisionError("Nothing imported", f"“{film.name}” has no frames to put moments on.", path=film.path)
    return film.timeline


def read_moments(path: Path) -> Sequence[TimedMoment]:
    """The moments of a file. Raises CoachVisionError where it is none of the two, naming what is wrong."""
    try:
        if path.exists() and not path.is_file():
            raise _not_ours(path, "It is a folder, device or pipe.")
        if path.stat().st_size > _MOST_BYTES:
            raise _not_ours(path, "It is larger than any such file.")
        data = path.read_bytes()
    except OSError as error:
        raise CoachVisionError(
            "Nothing imported", f"{path} cannot be read ({error.strerror}).", hint="Check the name.", path=path
        ) from error
    try:
        if path.suffix.casefold() == ".xml":
            return read_xml(data)
        return read_csv(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _not_ours(path, "Its text is not UTF-8.") from error
    except (SportscodeError, MomentCsvError) as error:
        raise _not_ours(path, str(error)) from error


def _not_ours(path: Path, detail: str) -> CoachVisionError:
    return CoachVisionError(
        "Nothing imported",
        f"{path.name} holds no tagged moments. {detail}",
        hint="Import an XML file in Sportscode's form, or a table with the columns category, start_s and end_s.",
        path=path,
    )
