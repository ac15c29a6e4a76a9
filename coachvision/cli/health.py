"""`demo` and `doctor`. For `cli.main`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coachvision.cli import common, progress
from coachvision.errors import CoachVisionError

_SIGNS = {"ok": "[green]ok[/green]", "warning": "[yellow]note[/yellow]", "error": "[red]wrong[/red]"}


def add_to(app: typer.Typer) -> None:
    """Put the commands into the program."""
    app.command("demo")(demo)
    app.command("doctor")(doctor)


def demo(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the film and the report.", metavar="DIR")
    ] = Path("coachvision-demo"),
) -> None:
    """Film a drawn athlete whose angles are known, analyze the film, and print measured against true."""
    from coachvision.services.demo import demo as show_demo

    with common.opened(context) as library, progress.interruptible() as cancelled, progress.bar("demo") as tell:
        shown = show_demo(library, output, progress=progress.reporting(tell), cancelled=cancelled)
    typer.echo(shown.table)
    typer.echo(f"Report: {shown.report}")
    typer.echo(f"The session is in the library: coachvision show {shown.session[:8]}")


def doctor(
    context: typer.Context,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Mend the library; of yours, only what was deleted 30 days ago goes for good."),
    ] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read every byte of every video, too.")] = False,
) -> None:
    """Check program, analyzers, disk and library, and say in plain words what is wrong."""

    from coachvision.services.doctor import examine

    out = common.console()
    wrong = 0
    for advice in examine(common.root_of(context), repair=repair, deep=deep):
        sign = "[green]mended[/green]" if advice.repaired else _SIGNS[advice.state]
        out.print(f"{sign:<25} {advice.area}: {common.plain(advice.text)}")
        if advice.hint and advice.state != "ok" and not advice.repaired:
            out.print(f"       {common.plain(advice.hint)}")
        wrong += advice.state == "error" and not advice.repaired
    if wrong:
        raise CoachVisionError(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong", hint="See above.")
