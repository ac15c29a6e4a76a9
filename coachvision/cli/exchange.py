"""`export` and `import`: sessions out of the library and in again. For `cli.main`."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common, progress, values
from coachvision.errors import CoachVisionError, UsageError

if TYPE_CHECKING:
    from coachvision.library import Library


class Format(enum.StrEnum):
    """What a session can be exported as."""

    CSV = "csv"
    JSON = "json"
    HTML = "html"
    MP4 = "mp4"
    PNG = "png"


def add_to(app: typer.Typer) -> None:
    """Put the commands into the program."""
    app.command("export")(export)
    app.command("import")(import_)


def export(
    context: typer.Context,
    session: Annotated[str, typer.Argument(help="The session's id or the start of it.", metavar="ID")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.", metavar="PATH", readable=False)],
    format_: Annotated[Format | None, typer.Option("--format", "-f", help="Default: by the ending of PATH.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="mp4: start, in seconds or m:ss.", metavar="S")] = None,
    to: Annotated[str | None, typer.Option(help="mp4: end.", metavar="S")] = None,
    at: Annotated[str | None, typer.Option(help="png: the time of the frame.", metavar="S")] = None,
) -> None:
    """Write a session as a table, a document, a report, a film or a picture."""
    chosen = format_ or _by_ending(output)
    for option, value, only in (("--from", from_, Format.MP4), ("--to", to, Format.MP4), ("--at", at, Format.PNG)):
        if value is not None and chosen is not only:
            raise UsageError(f"{option} is for {only.value}", f"A {chosen.value} file has no use for {option}.")
    with common.opened(context, must_exist=True) as library:
        target = output
        if output.is_dir():
            found = library.session(session)
            target = output / f"{Path(found.source_name or found.name).stem}.{chosen.value}"
        _write(library, session, target, chosen, (from_, to, at))
    typer.echo(f"{target} is written.", err=True)
    if chosen is Format.CSV:
        from coachvision.services.conventions import ANGLES

        typer.echo(f"Units and conventions are beside it, in {target.name}-metadata.json. {ANGLES[0]}", err=True)


def _by_ending(output: Path) -> Format:
    try:
        return Format(output.suffix.lower().removeprefix("."))
    except ValueError as error:
        known = ", ".join(one.value for one in Format)
        raise UsageError(
            "No such format", f"The ending of {output} names none.", hint=f"Give --format: one of {known}."
        ) from error


def _write(
    library: Library, session: str, target: Path, chosen: Format, times: tuple[str | None, str | None, str | None]
) -> None:
    start, end, at = (None if text is None else values.seconds(text) for text in times)
    match chosen:
        case Format.CSV:
            from coachvision.services.export.csv import export_csv

            export_csv(library, session, target)
        case Format.JSON:
            from coachvision.services.export.json import export_json

            export_json(library, session, target)
        case Format.HTML:
            from coachvision.services.export.html import export_html

            export_html(library, session, target)
        case Format.PNG:
            from coachvision.services.export.png import export_png

            export_png(library, session, target, at_s=at)
        case Format.MP4:
            from coachvision.services.export.mp4 import export_mp4

            with progress.interruptible() as cancelled, progress.bar(target.name) as tell:
                export_mp4(
                    library,
                    session,
                    target,
                    start_s=start,
                    end_s=end,
                    progress=lambda done: tell(done, "drawing", None),
                    cancelled=cancelled,
                )


def import_(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(help="Documents that `export --format json` wrote.", metavar="PATH...", readable=False),
    ],
) -> None:
    """Take exported sessions into the library."""
    from coachvision.services.reimport import import_document

    failures: list[tuple[Path | str, CoachVisionError]] = []
    done = 0
    with common.opened(context) as library:
        for path in paths:
            try:
                taken = import_document(library, path)
            except CoachVisionError as error:
                failures.append((path, error))
                continue
            done += 1
            for one in taken:
                typer.echo(one.session_id)
                for warning in one.warnings:
                    common.warn(warning)
    common.finish(done, failures)
