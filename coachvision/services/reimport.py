"""A document that `export --format json` wrote, taken into the library again. For the fronts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.time import Timeline
from coachvision.errors import CoachVisionError, LibraryError
from coachvision.library import Library
from coachvision.services.session import IMPORTED_FILM
from coachvision.wire.session import SCHEMA, SessionDocument, SessionRecord, TrackRecord

_MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class Imported:
    """A session taken in. with_video: its film is in the library. warnings: what could not be kept."""

    session_id: str
    with_video: bool
    warnings: tuple[str, ...]


def import_document(library: Library, path: Path) -> list[Imported]:
    """Take every session of the document in as a new one. Raises CoachVisionError; then none of it was taken in.

    Where the library has the film (by its content) the session gets it; else it keeps the film's facts and times.
    """
    document = read_document(path)
    prepared = [(record, *_contents(path, record)) for record in document.sessions]
    if not prepared:
        raise CoachVisionError("Nothing to import", f"{path.name} holds no sessions.", path=path)
    return [_keep(library, record, line, results) for record, line, results in prepared]


def read_document(path: Path) -> SessionDocument:
    """The document in a file. Raises CoachVisionError where it is not one, naming what is wrong."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _not_ours(path, "It is larger than any session.")
        return SessionDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CoachVisionError(
            "Nothing imported", f"{path} cannot be read ({error.strerror}).", hint="Check the name.", path=path
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        if place == "schema":
            detail = f"It is not of schema {SCHEMA}; a newer CoachVision may have written it."
        else:
            detail = f"{place}: {first['msg']}." if place else f"{first['msg']}."
        raise _not_ours(path, detail) from error


def _not_ours(path: Path, detail: str) -> CoachVisionError:
    return CoachVisionError(
        "Nothing imported",
        f"{path.name} is not a session document. {detail}",
        hint="Import a file that `coachvision export ID --format json` wrote.",
        path=path,
    )


def _contents(path: Path, record: SessionRecord) -> tuple[Timeline, dict[str, Result]]:
    """Timeline and results by analyzer. Raises CoachVisionError where they contradict themselves."""
    if record.series and all(series.values is None for series in record.series):
        raise _not_ours(path, "It is a summary: it names the series but holds no values.")
    try:
        line = _timeline(record)
        return line, {run.analyzer: _result(record, run.analyzer, line) for run in record.runs}
    except (ValueError, OverflowError) as error:
        raise _not_ours(path, f"{error}.") from error


def _timeline(record: SessionRecord) -> Timeline:
    video = record.video
    base = Fraction(video.time_base)
    if video.pts is not None:
        pts = np.array(video.pts, np.int64)
    else:
        # Another program's document may have seconds alone: then the frames are those times that anything has.
        times = {t for series in record.series for t in series.pts_s or ()}
        times |= {t for track in record.tracks or () for t in track.pts_s or ()}
        pts = _ticks(sorted(times), float(base) * video.time_scale)
    return Timeline(pts, base, video.time_scale)


def _ticks(seconds: Sequence[float], tick_s: float) -> NDArray[np.int64]:
    return np.unique(np.round(np.array(seconds, np.float64) / tick_s).astype(np.int64))


def _times(pts: list[int] | None, seconds: list[float] | None, line: Timeline) -> NDArray[np.int64]:
    first = int(line.pts[0]) if len(line) else 0
    if pts is not None:
        found = np.array(pts, np.int64)
    else:
        found = first + np.round(np.array(seconds or [], np.float64) / line.tick_s).astype(np.int64)
    if len(found) > 1 and not bool(np.all(np.diff(found) > 0)):
        raise ValueError("times must rise")
    return found


def _result(record: SessionRecord, analyzer: str, line: Timeline) -> Result:
    mine = [run.analyzer for run in record.runs]

    def belongs(name: str) -> bool:
        # What names no analyzer goes to the first, so that nothing is lost.
        return name == analyzer or (name not in mine and analyzer == mine[0])

    def ticks(seconds: float) -> int:
        return (int(line.pts[0]) if len(line) else 0) + round(seconds / line.tick_s)

    return Result(
        tracks=tuple(_track(track, line) for track in record.tracks or () if belongs(track.analyzer)),
        series=tuple(
            Series(
                one.name,
                one.subject,
                one.unit,
                _times(one.pts, one.pts_s, line),
                _numbers(one.values),
                None if one.raw is None else _numbers(one.raw),
                one.label,
            )
            for one in record.series
            if belongs(one.analyzer) and one.values is not None
        ),
        events=tuple(
            Event(
                one.kind,
                one.subject,
                ticks(one.start_s) if one.start_pts is None else one.start_pts,
                one.end_pts if one.end_pts is not None or one.end_s is None else ticks(one.end_s),
                one.label,
                {name: _number(value) for name, value in one.values.items()},
            )
            for one in record.events
            if belongs(one.analyzer)
        ),
        metrics=tuple(
            Metric(one.name, one.subject, _number(one.value), one.unit, one.uncertainty, one.method, one.label)
            for one in record.metrics
            if belongs(one.analyzer)
        ),
        # The first analyzer found the people; the document names each once.
        subjects=tuple(
            Subject(one.id, ticks(one.first_s), ticks(one.last_s), one.of_interest) for one in record.subjects
        )
        if analyzer == mine[0]
        else (),
        warnings=tuple(next(run.warnings for run in record.runs if run.analyzer == analyzer)),
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([_number(value) for value in values], np.float64)


def _track(track: TrackRecord, line: Timeline) -> Track:
    t, p = len(track.points), len(track.names)
    return Track(
        track.name,
        track.subject,
        tuple(track.names),
        _times(track.pts, track.pts_s, line),
        _places(track.points, (t, p, 2)),
        np.array(track.confidence, np.float32).reshape(t, p),
        None if track.world is None else _places(track.world, (t, p, 3)),
        None if track.corrected is None else np.array(track.corrected, np.bool_).reshape(t, p),
        track.unit,
    )


def _places(rows: Sequence[Sequence[Any]], shape: tuple[int, int, int]) -> NDArray[np.float32]:
    absent = (float("nan"),) * shape[2]
    return np.array([[absent if at is None else at for at in row] for row in rows], np.float32).reshape(shape)


def _keep(library: Library, record: SessionRecord, line: Timeline, results: dict[str, Result]) -> Imported:
    video = record.video
    known = _known(library, video.sha256)
    warnings = list(record.warnings)
    told = []
    if not known:
        told.append(
            f"The video {video.name or Path(video.path).name} is not in this library: numbers without pictures."
        )
    times = line.pts.tolist()
    options = {
        "exercise": record.exercise,
        "imported_from": {"id": record.id, "created": record.created},
        **({} if known else {IMPORTED_FILM: video.model_copy(update={"pts": times}).model_dump(mode="json")}),
    }
    session_id = library.create_session(
        video.sha256 if known else None,
        athlete=record.athlete,
        title=record.title,
        note=record.notes,
        source_name=video.name or Path(video.path).name,
        tags=record.tags,
        options=options,
    )
    try:
        for run in record.runs:
            library.save_run(
                session_id, run.analyzer, run.version, run.parameters, results[run.analyzer], line, error=run.error
            )
        library.save_warnings(session_id, warnings)
    except BaseException:
        # Half a session is worse than none; the document is still there to be imported again.
        library.trash(session_id)
        raise
    return Imported(session_id, known, tuple(told))


def _known(library: Library, sha256: str) -> bool:
    if not sha256:
        return False
    try:
        library.video(sha256)
    except LibraryError:
        return False
    return True
