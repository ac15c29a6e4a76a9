"""One session as text for people. For `cli.sessions` alone."""

from __future__ import annotations

from rich.table import Table

from coachvision.cli import common
from coachvision.services.conventions import CONVENTIONS
from coachvision.services.export.html import day, part_analyzed
from coachvision.services.export.numbers import every_number
from coachvision.services.export.words import span_title
from coachvision.services.session import WholeSession


def show_session(session: WholeSession) -> None:
    """Film, people, numbers, events, series, warnings and conventions, on stdout."""
    out, film = common.console(), session.film
    line = film.timeline
    out.print(f"[bold]{common.plain(session.title or film.name)}[/bold]  {session.id}")
    out.print(
        common.plain(", ".join(part for part in (session.athlete, session.exercise, day(session.recorded)) if part))
    )
    variable = ", variable rate" if film.variable_frame_rate else ""
    out.print(
        f"{common.plain(film.name)}: {film.width} × {film.height}, {len(line)} frames, {film.duration_s:.3f} s, "
        f"{film.fps:.5g} frames a second{variable}, {common.plain(film.codec)}"
    )
    if film.capture_fps:
        out.print(f"filmed at {film.capture_fps:.4g} frames a second; times are real seconds")
    if part := part_analyzed(session):
        out.print(f"analyzed from {part}")
    for run in session.runs:
        out.print(
            f"  {common.plain(run.analyzer)} {common.plain(run.version)}"
            + (f": {common.plain(run.error)}" if run.error else "")
        )
    for person in session.subjects:
        mark = ", of interest" if person.of_interest else ""
        out.print(
            f"  person {person.id}: {line.seconds_of(person.first_pts):.2f} to "
            f"{line.seconds_of(person.last_pts):.2f} s{mark}"
        )
    _numbers(session)
    _events(session)
    names = sorted({series.name for _, series in session.series()})
    if names:
        out.print(f"\n[bold]Series[/bold]\n{common.plain(', '.join(names))}")
    for warning in (*session.warnings, *(text for run in session.runs for text in run.result.warnings)):
        common.warn(warning)
    out.print()
    for convention in CONVENTIONS:
        out.print(f"[dim]{common.plain(convention)}[/dim]")


def _numbers(session: WholeSession) -> None:
    rows = every_number(session)
    if not rows:
        return
    table = Table("Number", "Person", "Value", "How", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(common.plain(row.title), str(row.subject), common.plain(row.value), common.plain(row.method))
    common.console().print("", table)


def _events(session: WholeSession) -> None:
    events = sorted((event for _, event in session.events()), key=lambda event: event.start_pts)
    if not events:
        return
    line = session.film.timeline
    table = Table("Event", "Person", "From", "To", "Values", box=None, pad_edge=False, header_style="bold")
    for event in events:
        end = "" if event.end_pts is None else f"{line.seconds_of(event.end_pts):.3f} s"
        told = ", ".join(f"{name} {value:.4g}" for name, value in event.values.items())
        start = f"{line.seconds_of(event.start_pts):.3f} s"
        table.add_row(
            common.plain(span_title(event.kind, event.label)), str(event.subject), start, end, common.plain(told)
        )
    common.console().print("", table)
