"""`sessions`, `show` and `delete`: what is in the library. For `cli.main`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common
from coachvision.errors import CoachVisionError

if TYPE_CHECKING:
    from pathlib import Path

    from coachvision.library import Library
    from coachvision.library.records import SessionSummary

_PAGE = 500
_SHOWN = 50
_ID = typer.Argument(help="The session's id, or its first six characters or more.", metavar="ID")


def add_to(app: typer.Typer) -> None:
    """Put the commands into the program."""
    app.command("sessions")(list_sessions)
    app.command("show")(show)
    app.command("delete")(delete)


def list_sessions(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print all of them as JSON.")] = False,
    search: Annotated[str | None, typer.Option(help="Words in title, notes, names, tags.", metavar="WORDS")] = None,
    athlete: Annotated[str | None, typer.Option(help="Only this athlete's.", metavar="NAME")] = None,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    trashed: Annotated[bool, typer.Option("--trashed", help="What was deleted in the last 30 days.")] = False,
    limit: Annotated[
        int | None, typer.Option(help="At most so many, the last filmed first.", min=1, metavar="N")
    ] = None,
) -> None:
    """List the sessions in the library, the last filmed first."""
    most = limit if limit is not None or json else _SHOWN
    with common.opened(context) as library:
        found = _found(library, search, athlete, tag, trashed, None if most is None else most + 1)
        user_id = library.user_id
    more = most is not None and len(found) > most
    found = found[:most]
    if json:
        from coachvision.services.document import listing

        sys.stdout.write(listing(found, user_id).to_json() + "\n")
        return
    if not found:
        typer.echo("No session matches." if search or athlete or tag else "The library is empty.")
        return
    _print_table(found)
    if more:
        common.console(err=True).print(f"There are more; --limit shows more than {most}.")


def _found(
    library: Library, search: str | None, athlete: str | None, tag: str | None, trashed: bool, most: int | None
) -> list[SessionSummary]:
    found: list[SessionSummary] = []
    while most is None or len(found) < most:
        size = _PAGE if most is None else min(_PAGE, most - len(found))
        page = library.sessions(search, athlete=athlete, tag=tag, trashed=trashed, limit=size, offset=len(found))
        found += page
        if len(page) < size:
            break
    return found


def _print_table(found: list[SessionSummary]) -> None:
    from rich.table import Table

    table = Table(
        "ID", "Date", "Athlete", "Video", "Length", "Analyzers", box=None, pad_edge=False, header_style="bold"
    )
    for one in found:
        table.add_row(
            one.id[:8],
            f"{datetime.fromisoformat(one.recorded).astimezone():%Y-%m-%d %H:%M}",
            common.plain(one.athlete or ""),
            common.plain(one.title or one.source_name),
            "" if one.duration_s is None else f"{one.duration_s:.1f} s",
            common.plain(", ".join(one.analyzers)),
        )
    common.console().print(table)


def show(
    context: typer.Context,
    session: Annotated[str, _ID],
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    series: Annotated[str | None, typer.Option(help="The times and values of this series.", metavar="NAME")] = None,
    subject: Annotated[
        int | None, typer.Option(help="Only this person (a series without it: the athlete of interest).")
    ] = None,
) -> None:
    """Show what was found in a session."""
    from coachvision.services.session import read_session

    with common.opened(context, must_exist=True) as library:
        common.tell_trash(library, session)
        whole = read_session(library, session)
        if subject is not None:
            whole = whole.of_subject(subject)
        chosen = None if series is None else library.series(whole.id, series, subject)
    if json:
        from coachvision.services.document import document, series_document

        told = document([whole]) if chosen is None else series_document(whole, chosen)
        sys.stdout.write(told.to_json() + "\n")
    elif chosen is not None:
        from coachvision.services.document import numbers, seconds_of

        typer.echo(f"time_s,{chosen.name} ({chosen.unit})")
        times = seconds_of(whole.film.timeline, chosen.pts)
        for time, value in zip(times, numbers(chosen.values), strict=True):
            typer.echo(f"{time:.3f}," + ("" if value is None else f"{value:.6g}"))
    else:
        from coachvision.cli.showing import show_session

        show_session(whole)


def delete(
    context: typer.Context,
    sessions: Annotated[list[str], typer.Argument(help="Ids of sessions.", metavar="ID...")],
    undo: Annotated[bool, typer.Option("--undo", help="Take them out of the trash again.")] = False,
) -> None:
    """Put sessions into the trash, from which they can be taken back for 30 days."""
    failures: list[tuple[Path | str, CoachVisionError]] = []
    done = 0
    with common.opened(context, must_exist=True) as library:
        for session in sessions:
            try:
                (found,) = (library.untrash(session) if undo else library.trash(session)).sessions
            except CoachVisionError as error:
                failures.append((session, error))
                continue
            done += 1
            typer.echo(
                f"{found} is back."
                if undo
                else f"{found} is in the trash; `coachvision delete {found[:8]} --undo` takes it back."
            )
    common.finish(done, failures)
