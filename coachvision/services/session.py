"""One session read whole out of the library: film, runs with their results, warnings. For exports and documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.time import Timeline
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import Run, Session
from coachvision.wire.session import VideoRecord

# Where a session's options keep the facts of a film that was imported as numbers alone.
IMPORTED_FILM = "imported_film"


@dataclass(frozen=True, eq=False)
class Film:
    """The video of a session. path: where it is now, or None; name: its file name for people.

    recorded: when it was filmed, UTC, ISO 8601; None where its file does not say.
    """

    path: Path | None
    name: str
    sha256: str
    width: int
    height: int
    duration_s: float
    fps: float
    rotation: int
    codec: str
    timeline: Timeline
    variable_frame_rate: bool = False
    capture_fps: float | None = None
    recorded: str | None = None


@dataclass(frozen=True, eq=False)
class WholeSession:
    """A session with every array in memory. created: UTC, ISO 8601. start_s, end_s: the part analyzed, None for all."""

    id: str
    created: str
    film: Film
    runs: tuple[Run, ...]
    athlete: str | None = None
    title: str = ""
    exercise: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    user_id: str | None = None
    warnings: tuple[str, ...] = ()
    start_s: float | None = None
    end_s: float | None = None

    @property
    def recorded(self) -> str:
        """When the film was taken, UTC, ISO 8601; when the session was made, where the file does not say."""
        return self.film.recorded or self.created

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Every subject once (the first analyzer that names one describes it), by id."""
        found: dict[int, Subject] = {}
        for run in self.runs:
            for subject in run.result.subjects:
                found.setdefault(subject.id, subject)
        return tuple(found[key] for key in sorted(found))

    @property
    def main_subject(self) -> int | None:
        """The athlete of interest; without one, the subject seen longest; None with no subject at all."""
        subjects = self.subjects
        if not subjects:
            return None
        return max(subjects, key=lambda s: (s.of_interest, s.last_pts - s.first_pts, -s.id)).id

    def series(self) -> Iterator[tuple[str, Series]]:
        """Every series with the id of its analyzer."""
        return ((run.analyzer, series) for run in self.runs for series in run.result.series)

    def tracks(self) -> Iterator[tuple[str, Track]]:
        """Every track with the id of its analyzer."""
        return ((run.analyzer, track) for run in self.runs for track in run.result.tracks)

    def events(self) -> Iterator[tuple[str, Event]]:
        """Every event with the id of its analyzer."""
        return ((run.analyzer, event) for run in self.runs for event in run.result.events)

    def metrics(self) -> Iterator[tuple[str, Metric]]:
        """Every metric with the id of its analyzer."""
        return ((run.analyzer, metric) for run in self.runs for metric in run.result.metrics)

    def of_subject(self, subject: int) -> WholeSession:
        """With what was found of that subject alone. Raises LibraryError naming those there are."""
        there = {one.id for one in self.subjects}
        there |= {one.subject for _, one in self.tracks()} | {one.subject for _, one in self.series()}
        there |= {one.subject for _, one in self.events()} | {one.subject for _, one in self.metrics()}
        if subject not in there:
            raise LibraryError(
                "There is no such person",
                f"Session {self.id[:8]} has no person {subject}",
                hint=f"It has: {', '.join(map(str, sorted(there))) or 'none'}.",
            )
        return replace(self, runs=tuple(replace(run, result=_of_subject(run.result, subject)) for run in self.runs))

    def pose(self, subject: int) -> Track | None:
        """The pose track of a subject, or None."""
        return next((track for _, track in self.tracks() if track.name == "pose" and track.subject == subject), None)


def _of_subject(result: Result, subject: int) -> Result:
    return Result(
        tracks=tuple(one for one in result.tracks if one.subject == subject),
        series=tuple(one for one in result.series if one.subject == subject),
        events=tuple(one for one in result.events if one.subject == subject),
        metrics=tuple(one for one in result.metrics if one.subject == subject),
        subjects=tuple(one for one in result.subjects if one.id == subject),
        warnings=result.warnings,
    )


def read_session(library: Library, session_id: str) -> WholeSession:
    """A session by id or the start of it, with the coach's corrections in its tracks. Raises LibraryError."""
    row = library.session(session_id)
    return WholeSession(
        id=row.id,
        created=row.created,
        film=_film(library, row),
        runs=tuple(
            Run(
                run.analyzer,
                run.version,
                run.parameters,
                library.result(row.id, run.analyzer, corrected=True),
                run.error,
            )
            for run in row.runs
        ),
        athlete=row.athlete,
        title=row.title,
        exercise=str(row.options.get("exercise") or ""),
        notes=row.note,
        tags=row.tags,
        user_id=row.user_id,
        warnings=row.warnings,
        start_s=row.options.get("start_s"),
        end_s=row.options.get("end_s"),
    )


def read_film(library: Library, session_id: str) -> WholeSession:
    """A session without what its analyzers found: no array is read. Raises LibraryError."""
    row = library.session(session_id)
    return WholeSession(
        id=row.id, created=row.created, film=_film(library, row), runs=(), athlete=row.athlete, title=row.title,
        notes=row.note, tags=row.tags, user_id=row.user_id, warnings=row.warnings,
    )  # fmt: skip


def _film(library: Library, row: Session) -> Film:
    video = row.video
    if video is None:
        return _imported(row)
    line = library.session_timeline(row.id)
    # The session may have been told at what rate the film was really taken; the video's own facts do not know.
    slower = line.time_scale / library.timeline(video.sha256).time_scale
    told = row.options.get("capture_fps")
    return Film(
        path=video.path,
        name=row.source_name or video.path.name,
        sha256=video.sha256,
        width=video.width,
        height=video.height,
        duration_s=video.duration_s * slower,
        fps=video.fps / slower,
        rotation=video.rotation,
        codec=video.codec,
        timeline=line,
        variable_frame_rate=video.variable_frame_rate,
        capture_fps=float(told) if told else video.capture_fps,
        recorded=video.recorded,
    )


def _imported(row: Session) -> Film:
    """The film of a session that came without it: its facts as the imported document told them."""
    told = VideoRecord.model_validate(row.options[IMPORTED_FILM])
    line = Timeline(np.array(told.pts or [], np.int64), Fraction(told.time_base), told.time_scale)
    return Film(
        path=None,
        name=told.name or Path(told.path).name,
        sha256=told.sha256,
        width=told.width,
        height=told.height,
        duration_s=told.duration_s,
        fps=told.fps,
        rotation=told.rotation,
        codec=told.codec,
        timeline=line,
        variable_frame_rate=told.variable_frame_rate,
        capture_fps=told.capture_fps,
        recorded=told.recorded,
    )
