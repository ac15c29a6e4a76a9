"""The report: one HTML file that needs nothing else, to be shown, printed or sent. For the fronts and the demo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from coachvision import __version__
from coachvision.clock import Clock, SystemClock
from coachvision.core.frames import Image
from coachvision.library import Library
from coachvision.services.conventions import CONVENTIONS
from coachvision.services.export.charts import charts, said
from coachvision.services.export.drawings import paint
from coachvision.services.export.film import pictures_of
from coachvision.services.export.keyframes import Moment, moments, pictures
from coachvision.services.export.numbers import cards, every_number, in_view, motions, sureness
from coachvision.services.export.target import replacing
from coachvision.services.marks import scene_of
from coachvision.services.session import WholeSession, read_session

_MOST_CHARTS = 8


def export_html(library: Library, session_id: str, target: Path, *, clock: Clock | None = None) -> Path:
    """Write the report of a session. Returns the target. Raises CoachVisionError.

    Where the video is gone the report is written without pictures, and says so.
    """
    session = read_session(library, session_id)
    shown = moments(session, session.main_subject)
    frames, missing = pictures_of(session, [moment.index for moment in shown])
    scene = scene_of(library, session)
    frames = {index: paint(image, scene, int(session.film.timeline.pts[index])) for index, image in frames.items()}
    text = report(session, frames, shown, missing, made=(clock or SystemClock()).now())
    with replacing(library, target) as part:
        part.write_text(text, encoding="utf-8")
    return target


def report(
    session: WholeSession, frames: dict[int, Image], shown: Sequence[Moment], missing: str, *, made: datetime
) -> str:
    """The HTML. frames: RGB pictures by frame number. missing: why there are no pictures, or empty."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(_context(session, frames, shown, missing, made))


def _context(
    session: WholeSession, frames: dict[int, Image], shown: Sequence[Moment], missing: str, made: datetime
) -> dict[str, Any]:
    subject = session.main_subject
    drawn = charts(session, subject)
    first = [chart for chart in drawn if not chart.aside][:_MOST_CHARTS]
    return {
        "version": __version__,
        "heading": session.title or session.exercise.capitalize() or _readable(session.film.name),
        "athlete": session.athlete,
        "facts": _facts(session),
        "warnings": _warnings(session, missing),
        "cards": cards(session, subject),
        "pictures": pictures(session, subject, frames, shown),
        "skeleton": any(track.name == "pose" for _, track in session.tracks()),
        "charts": first,
        "more_charts": [chart for chart in drawn if chart not in first],
        "said": said,
        "has_angles": any(series.name.startswith("angle.") for _, series in session.series()),
        "motions": motions(session, subject),
        "sureness": sureness(session, subject),
        "in_view": in_view(session, subject),
        "notes": session.notes,
        "film": _film(session),
        "runs": [(run.analyzer, run.error or f"version {run.version}") for run in session.runs]
        or [("Analyzers", "none was run")],
        "every_number": every_number(session),
        "many_subjects": len(session.subjects) > 1,
        "conventions": CONVENTIONS,
        "made": f"{made.day} {made:%B %Y}",
    }


def day(iso: str) -> str:
    """`2026-01-31T12:00:00.000Z`: 31 January 2026, the date where the coach is."""
    moment = datetime.fromisoformat(iso).astimezone()
    return f"{moment.day} {moment:%B %Y}"


def part_analyzed(session: WholeSession) -> str:
    """`9.0 to 25.0 s`; empty where the whole film was analyzed."""
    if session.start_s is None and session.end_s is None:
        return ""
    last = session.film.duration_s
    return f"{session.start_s or 0:.1f} to {last if session.end_s is None else min(session.end_s, last):.1f} s"


def _readable(name: str) -> str:
    """A file's name as a headline: words instead of underscores, no ending."""
    return " ".join(Path(name).stem.replace("_", " ").split()) or name


def _facts(session: WholeSession) -> list[str]:
    film = session.film
    facts = [session.athlete] if session.athlete else []
    facts += [day(session.recorded), film.name, f"{film.duration_s:.1f} s at {film.fps:.4g} frames a second"]
    if part := part_analyzed(session):
        facts.append(f"analyzed from {part}")
    people = len(session.subjects)
    if people > 1:
        facts.append(f"{people} people found; numbers are those of person {session.main_subject}")
    return facts


def _warnings(session: WholeSession, missing: str) -> list[str]:
    told = [missing] if missing else []
    told += session.warnings
    for run in session.runs:
        if run.error and not any(run.error in warning for warning in session.warnings):
            told.append(f"{run.analyzer} gave nothing: {run.error}")
        told += run.result.warnings
    return list(dict.fromkeys(told))


def _film(session: WholeSession) -> list[tuple[str, str]]:
    film = session.film
    rate = f"{film.fps:.5g} frames a second" + (", variable" if film.variable_frame_rate else "")
    rows = [
        ("File", film.name),
        ("Picture", f"{film.width} × {film.height}" + (f", turned {film.rotation}°" if film.rotation else "")),
        ("Length", f"{film.duration_s:.3f} s, {len(film.timeline)} frames"),
        ("Rate", rate),
        ("Codec", film.codec),
    ]
    if part := part_analyzed(session):
        rows.append(("Analyzed", part))
    if film.capture_fps:
        rows.append(("Filmed at", f"{film.capture_fps:.4g} frames a second"))
    if session.tags:
        rows.append(("Tags", ", ".join(session.tags)))
    return [*rows, ("Fingerprint", film.sha256[:16]), ("Session", session.id)]
