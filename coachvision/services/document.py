"""A session as the wire document of `analyze --json` and `show --json`, short or in full. For fronts and exports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Event, Metric, Series, Track
from coachvision.core.time import Timeline
from coachvision.library.records import SessionSummary
from coachvision.services.conventions import CONVENTIONS
from coachvision.services.session import WholeSession
from coachvision.wire.session import (
    EventRecord,
    FailedRecord,
    ListedSession,
    ListedVideo,
    MetricRecord,
    RunRecord,
    SeriesDocument,
    SeriesRecord,
    SessionDocument,
    SessionListing,
    SessionRecord,
    SubjectRecord,
    TrackRecord,
    VideoRecord,
)


def document(
    sessions: Iterable[WholeSession], failed: Sequence[FailedRecord] = (), *, full: bool = False
) -> SessionDocument:
    """The document of some sessions. full: with every time, value and point, so that it can be imported again."""
    return SessionDocument(
        conventions=list(CONVENTIONS), sessions=[record(one, full=full) for one in sessions], failed=list(failed)
    )


def series_document(session: WholeSession, series: Series) -> SeriesDocument:
    """One session with one of its series alone, in full."""
    line = session.film.timeline
    analyzer = next((name for name, one in session.series() if one.name == series.name), "")
    told = record(session).model_copy(update={"series": [series_record(analyzer, series, line, full=True)]})
    return SeriesDocument(
        conventions=list(CONVENTIONS),
        sessions=[told],
        name=series.name,
        subject=series.subject,
        unit=series.unit,
        pts_s=seconds_of(line, series.pts),
        values=numbers(series.values),
    )


def listing(found: Iterable[SessionSummary], user_id: str | None = None) -> SessionListing:
    """The document of a list of sessions."""
    return SessionListing(
        sessions=[
            ListedSession(
                id=one.id,
                user_id=user_id,
                athlete=one.athlete,
                created=one.created,
                updated=one.updated,
                recorded=one.recorded,
                title=one.title,
                tags=list(one.tags),
                video=ListedVideo(name=one.source_name, sha256=one.video_sha256, duration_s=one.duration_s),
                analyzers=list(one.analyzers),
            )
            for one in found
        ]
    )


def record(session: WholeSession, *, full: bool = False) -> SessionRecord:
    """One session, in short or in full."""
    line = session.film.timeline
    return SessionRecord(
        id=session.id,
        user_id=session.user_id,
        athlete=session.athlete,
        created=session.created,
        title=session.title,
        exercise=session.exercise,
        notes=session.notes,
        tags=list(session.tags),
        video=_video(session, full),
        runs=[
            RunRecord(
                analyzer=run.analyzer,
                version=run.version,
                parameters=dict(run.parameters),
                warnings=list(run.result.warnings),
                error=run.error,
            )
            for run in session.runs
        ],
        subjects=[
            SubjectRecord(
                id=one.id,
                first_s=_seconds(line, one.first_pts),
                last_s=_seconds(line, one.last_pts),
                of_interest=one.of_interest,
            )
            for one in session.subjects
        ],
        metrics=[_metric(analyzer, one) for analyzer, one in session.metrics()],
        events=[_event(analyzer, one, line, full) for analyzer, one in session.events()],
        series=[series_record(analyzer, one, line, full) for analyzer, one in session.series()],
        tracks=[_track(analyzer, one, line) for analyzer, one in session.tracks()] if full else None,
        warnings=list(session.warnings),
    )


def series_record(analyzer: str, series: Series, line: Timeline, full: bool) -> SeriesRecord:
    """One series, with its times and values where `full`."""
    bulk: dict[str, Any] = {}
    if full:
        bulk = {
            "pts": series.pts.tolist(),
            "pts_s": seconds_of(line, series.pts),
            "values": numbers(series.values),
            "raw": None if series.raw is None else numbers(series.raw),
        }
    return SeriesRecord(
        name=series.name,
        subject=series.subject,
        unit=series.unit,
        samples=len(series.pts),
        label=series.label,
        analyzer=analyzer,
        **bulk,
    )


def seconds_of(line: Timeline, pts: NDArray[np.int64]) -> list[float]:
    """Seconds from the first frame, to the microsecond."""
    rounded: list[float] = np.round(line.times_of(pts), 6).tolist()
    return rounded


def numbers(values: NDArray[np.floating[Any]]) -> list[float | None]:
    """Values with None for gaps."""
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _seconds(line: Timeline, pts: int) -> float:
    return round(line.seconds_of(pts), 6)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _video(session: WholeSession, full: bool) -> VideoRecord:
    film, base = session.film, session.film.timeline.time_base
    return VideoRecord(
        path=str(film.path) if film.path is not None else film.name,
        name=film.name,
        sha256=film.sha256,
        width=film.width,
        height=film.height,
        frames=len(film.timeline),
        duration_s=round(film.duration_s, 6),
        fps=round(film.fps, 6),
        variable_frame_rate=film.variable_frame_rate,
        rotation=film.rotation,
        codec=film.codec,
        capture_fps=film.capture_fps,
        recorded=film.recorded,
        time_base=f"{base.numerator}/{base.denominator}",
        time_scale=film.timeline.time_scale,
        pts=film.timeline.pts.tolist() if full else None,
    )


def _metric(analyzer: str, metric: Metric) -> MetricRecord:
    return MetricRecord(
        name=metric.name,
        subject=metric.subject,
        value=_finite(metric.value),
        unit=metric.unit,
        uncertainty=None if metric.uncertainty is None else _finite(metric.uncertainty),
        method=metric.method,
        label=metric.label,
        analyzer=analyzer,
    )


def _event(analyzer: str, event: Event, line: Timeline, full: bool) -> EventRecord:
    return EventRecord(
        kind=event.kind,
        subject=event.subject,
        start_s=_seconds(line, event.start_pts),
        end_s=None if event.end_pts is None else _seconds(line, event.end_pts),
        label=event.label,
        values={name: _finite(value) for name, value in event.values.items()},
        analyzer=analyzer,
        start_pts=event.start_pts if full else None,
        end_pts=event.end_pts if full else None,
    )


def _track(analyzer: str, track: Track, line: Timeline) -> TrackRecord:
    return TrackRecord(
        name=track.name,
        subject=track.subject,
        unit=track.unit,
        names=list(track.names),
        analyzer=analyzer,
        pts=track.pts.tolist(),
        pts_s=seconds_of(line, track.pts),
        points=_places(track.points),
        confidence=np.nan_to_num(_shortest(track.confidence)).tolist(),
        world=None if track.world is None else _places(track.world),
        corrected=None if track.corrected is None else track.corrected.tolist(),
    )


def _places(points: NDArray[np.float32]) -> list[list[Any]]:
    """Points as lists, None where one is not finite."""
    found: list[list[bool]] = np.all(np.isfinite(points), axis=-1).tolist()
    rows = _shortest(points).tolist()
    return [
        [place if ok else None for place, ok in zip(row, oks, strict=True)]
        for row, oks in zip(rows, found, strict=True)
    ]


def _shortest(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The float64 whose text is the shortest that names the same float32: exact both ways, half the length."""
    return values.astype(np.float32).astype("U32").astype(np.float64)
