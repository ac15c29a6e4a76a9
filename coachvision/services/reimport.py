"""A document that `export --format json` wrote, taken into the library again. For the fronts."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.tagging import Moment
from coachvision.core.time import Timeline
from coachvision.errors import CoachVisionError, LibraryError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Run
from coachvision.services.marks_document import annotations_of, as_found
from coachvision.services.moments_document import moments_of
from coachvision.services.session import IMPORTED_FILM
from coachvision.wire.document import SCHEMA
from coachvision.wire.session import RunRecord, SessionDocument, SessionRecord, TrackRecord

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
    if not document.sessions:
        raise CoachVisionError("Nothing to import", f"{path.name} holds no sessions.", path=path)
    prepared = [_prepared(library, path, record) for record in document.sessions]
    taken: list[Imported] = []
    try:
        for one in prepared:
            taken.append(_keep(library, one))  # noqa: PERF401 - kept one by one: the next may fail
    except BaseException:
        # Half a document is worse than none; it is still there to be imported again.
        for imported in taken:
            library.trash(imported.session_id)
        raise
    return taken


def read_document(path: Path) -> SessionDocument:
    """The document in a file. Raises CoachVisionError where it is not one, naming what is wrong."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            # A pipe would be waited for, and a device might never end.
            raise _not_ours(path, "It is a device or pipe.")
        if path.stat().st_size > _MOST_BYTES:
            raise _not_ours(path, "It is larger than any session.")
        # An editor may have put a byte order mark before it.
        return SessionDocument.model_validate_json(path.read_bytes().removeprefix(codecs.BOM_UTF8))
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


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A session ready to be kept. in_library: its film is there, and tells the times. told: what could not be kept."""

    record: SessionRecord
    line: Timeline
    runs: tuple[Run, ...]
    annotations: AnnotationChanges
    moments: tuple[Moment, ...]
    in_library: bool
    told: str


def _prepared(library: Library, path: Path, record: SessionRecord) -> _Prepared:
    """Timeline and runs. Raises CoachVisionError where they contradict themselves."""
    record = _with_runs(record)
    if record.series and all(series.values is None for series in record.series):
        raise _not_ours(path, "It is a summary: it names the series but holds no values.")
    film, own = _file_name(record), _own_timeline(library, record.video.sha256)
    told = "" if own is not None else f"The video {film} is not in this library: numbers without pictures."
    try:
        if own is not None and not _agree(record, own):
            own, told = None, f"The video {film} has other frame times in this library: numbers without pictures."
        with np.errstate(over="raise", invalid="raise"):
            line = _timeline(record) if own is None else Timeline(own.pts, own.time_base, record.video.time_scale)
            runs = tuple(
                Run(run.analyzer, run.version, run.parameters, _result(record, run.analyzer, line), run.error)
                for run in record.runs
            )
            moments = moments_of(record, line)
        annotations = annotations_of(record)
        for run in runs:
            _require_storable(run.result)
    except ArithmeticError as error:
        raise _not_ours(path, "A number in it is too large or too small to be kept.") from error
    except ValueError as error:
        raise _not_ours(path, f"{error}.") from error
    return _Prepared(record, line, as_found(runs, record), annotations, moments, own is not None, told)


def _with_runs(record: SessionRecord) -> SessionRecord:
    """The record with a run for what it measured: another program may name none, and nothing may be lost by that."""
    measured = (*record.metrics, *record.events, *record.series, *(record.tracks or ()))
    if record.runs or not (measured or record.subjects):
        return record
    names = dict.fromkeys(one.analyzer for one in measured if one.analyzer) or {"unnamed": None}
    return record.model_copy(update={"runs": [RunRecord(analyzer=name) for name in names]})


def _require_storable(result: Result) -> None:
    """Raise ValueError for a whole number beyond the 64 bits that the library keeps; JSON knows no bounds."""
    measured: tuple[Track | Series | Event | Metric, ...] = (
        *result.tracks,
        *result.series,
        *result.events,
        *result.metrics,
    )
    wholes = [one.subject for one in measured]
    wholes += [value for one in result.subjects for value in (one.id, one.first_pts, one.last_pts)]
    wholes += [pts for one in result.events for pts in (one.start_pts, one.end_pts or 0)]
    if not all(-(2**63) <= value < 2**63 for value in wholes):
        raise ValueError("the number of a person or the time of an event is beyond 64 bits")


def _own_timeline(library: Library, sha256: str) -> Timeline | None:
    """The frame times of the film of that content, or None where the library does not have it."""
    try:
        return library.timeline(sha256) if sha256 else None
    except LibraryError:
        return None


def _agree(record: SessionRecord, own: Timeline) -> bool:
    """Whether the document's ticks are the film's: a document must never change the times of a film that is there."""
    video, timed = record.video, (*record.series, *(record.tracks or ()))
    seconds_alone = video.pts is None and all(one.pts is None for one in timed)
    if seconds_alone and all(one.start_pts is None for one in (*record.events, *(record.moments or ()))):
        return True
    same_base = Fraction(video.time_base) == own.time_base
    return same_base and (video.pts is None or np.array_equal(np.array(video.pts, np.int64), own.pts))


def _file_name(record: SessionRecord) -> str:
    return record.video.name or Path(record.video.path).name


def _timeline(record: SessionRecord) -> Timeline:
    """The frame times as the document tells them."""
    video = record.video
    base = Fraction(video.time_base)
    if video.pts:
        pts = np.array(video.pts, np.int64)
    else:
        # Another program's document may not tell them: then the frames are those times that anything has.
        from_nought = Timeline(np.zeros(0, np.int64), base, video.time_scale)
        timed = (*record.series, *(record.tracks or ()))
        pts = np.unique([tick for one in timed for tick in _times(one.pts, one.pts_s, from_nought)]).astype(np.int64)
    return Timeline(pts, base, video.time_scale)


def _times(pts: list[int] | None, seconds: list[float] | None, line: Timeline) -> NDArray[np.int64]:
    found = np.array(pts, np.int64) if pts is not None else line.ticks_at(np.array(seconds or [], np.float64))
    if len(found) > 1 and not bool(np.all(np.diff(found) > 0)):
        raise ValueError("times must rise")
    return found


def _result(record: SessionRecord, analyzer: str, line: Timeline) -> Result:
    mine = [run.analyzer for run in record.runs]

    def belongs(name: str) -> bool:
        # What names no analyzer goes to the first, so that nothing is lost.
        return name == analyzer or (name not in mine and analyzer == mine[0])

    def ticks(seconds: float) -> int:
        return line.first_pts + round(seconds / line.tick_s)

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
    """A gap where there is none: some programs write NaN or infinity, which no chart can show."""
    return value if value is not None and math.isfinite(value) else math.nan


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


def _keep(library: Library, one: _Prepared) -> Imported:
    record, video = one.record, one.record.video
    options: dict[str, Any] = {
        "exercise": record.exercise,
        "imported_from": {"id": record.id, "created": record.created},
    }
    if not one.in_library:
        told = video.model_copy(update={"pts": one.line.pts.tolist()})
        options[IMPORTED_FILM] = told.model_dump(mode="json")
    session_id = library.create_session(
        video.sha256 if one.in_library else None,
        athlete=record.athlete,
        title=record.title,
        note=record.notes,
        source_name=_file_name(record),
        tags=record.tags,
        options=options,
        warnings=record.warnings,
        runs=one.runs,
        timeline=one.line,
    )
    try:
        if one.annotations != AnnotationChanges():
            library.annotations.save(session_id, one.annotations)
        library.moments.add(session_id, one.moments)
    except BaseException:
        library.trash(session_id)
        raise
    return Imported(session_id, one.in_library, (one.told,) if one.told else ())
