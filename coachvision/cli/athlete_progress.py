"""`progress`: an athlete's numbers over weeks. For `cli.main`."""

from __future__ import annotations

import json as jsons
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common
from coachvision.errors import UsageError

if TYPE_CHECKING:
    from coachvision.core.units import Units
    from coachvision.services.progress import Line, Progress


def add_to(app: typer.Typer) -> None:
    """Put the command into the program."""
    app.command("progress")(show_progress)


def show_progress(
    context: typer.Context,
    athlete: Annotated[str, typer.Argument(help="The athlete's name.", metavar="ATHLETE")],
    json: Annotated[bool, typer.Option("--json", help="Print every point as JSON, in SI units.")] = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", help="Write every point as a table; - for standard output.", metavar="PATH", readable=False
        ),
    ] = None,
) -> None:
    """Show how an athlete's numbers went: first, last, best, and left against right."""
    from coachvision.services import progress

    if json and csv == common.STDOUT:
        raise UsageError("Not both", "Standard output takes --json or --csv -, not the two of them.")
    with common.opened(context, must_exist=True) as library:
        told = progress.progress(library, athlete)
        if csv is not None and csv != common.STDOUT:
            progress.export_progress(library, told, csv)
            typer.echo(f"{csv} is written.", err=True)
    if csv == common.STDOUT:
        sys.stdout.write(progress.to_csv(told))
    if json:
        lines = [{**asdict(line), "change": line.change} for line in told.lines]
        document = {"schema": 1, "athlete": told.athlete, "sessions": told.sessions, "lines": lines}
        sys.stdout.write(jsons.dumps(document, ensure_ascii=False, indent=2) + "\n")
    elif csv is None:
        _print(told)


def _print(told: Progress) -> None:
    from rich.table import Table

    from coachvision.services.units import told_units

    units = told_units()
    if not told.lines:
        typer.echo(f"{told.athlete}: {told.sessions} sessions, nothing measured in them yet.")
        return
    table = Table(title=f"{told.athlete}, {told.sessions} sessions")
    for heading in ("number", "sessions", "first", "last", "best"):
        table.add_column(heading, justify="left" if heading == "number" else "right")
    for line in told.lines:
        first, last = (_words(line, at, units) for at in (0, -1))
        best = ""
        if line.best is not None:
            best = f"{_words(line, line.points.index(line.best), units)} ({_day(line.best.recorded)})"
        table.add_row(line.title, str(len(line.points)), first, last, best)
    common.console().print(table)


def _words(line: Line, at: int, units: Units) -> str:
    from coachvision.services.units import told

    return told(line.points[at].value, line.unit, units).text


def _day(created: str) -> str:
    return datetime.fromisoformat(created).astimezone().strftime("%Y-%m-%d")
