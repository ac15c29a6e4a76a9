"""`export` and `import`: sessions out of the library and in again. For `cli.main`."""

from __future__ import annotations

import enum
import tempfile
from contextlib import ExitStack
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
    XML = "xml"
    MOMENTS = "moments"


_TAGGED = (Format.XML, Format.MOMENTS)
_BINARY = (Format.MP4, Format.PNG)
_ENDING = {Format.MOMENTS: "moments.csv"}


def add_to(app: typer.Typer) -> None:
    """Put the commands into the program."""
    app.command("export")(export)
    app.command("import")(import_)


def export(
    context: typer.Context,
    session: Annotated[str, typer.Argument(help="The session's id or the start of it.", metavar="ID")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The file to write; - for standard output.", metavar="PATH", readable=False
        ),
    ],
    format_: Annotated[Format | None, typer.Option("--format", "-f", help="Default: by the ending of PATH.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="mp4: start, in seconds or m:ss.", metavar="S")] = None,
    to: Annotated[str | None, typer.Option(help="mp4: end.", metavar="S")] = None,
    at: Annotated[str | None, typer.Option(help="png: the time of the frame.", metavar="S")] = None,
    found: Annotated[
        bool, typer.Option("--found", help="xml, moments: also what the analyzers found, beside what was tagged.")
    ] = False,
) -> None:
    """Write a session as a table, a document, a report, a film or a picture, or what was tagged as Sportscode's XML."""
    chosen = format_ or _by_ending(output)
    for option, value, only in (("--from", from_, Format.MP4), ("--to", to, Format.MP4), ("--at", at, Format.PNG)):
        if value is not None and chosen is not only:
            raise UsageError(f"{option} is for {only.value}", f"A {chosen.value} file has no use for {option}.")
    if found and chosen not in _TAGGED:
        raise UsageError("--found is for xml and moments", f"A {chosen.value} file has no use for --found.")
    if output == common.STDOUT and chosen in _BINARY:
        raise UsageError(
            f"No {chosen.value} on standard output", "A film or picture is no text.", hint="Give -o the name of a file."
        )
    with common.opened(context, must_exist=True) as library, ExitStack() as stack:
        common.tell_trash(library, session)
        target = output
        if output == common.STDOUT:
            target = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coachvision-"))) / "export"
        elif output.is_dir():
            whole = library.session(session)
            target = output / f"{Path(whole.source_name or whole.name).stem}.{_ENDING.get(chosen, chosen.value)}"
        if chosen in _TAGGED:
            from coachvision.services.moments import export_moments

            export_moments(library, session, target, found=found, xml=chosen is Format.XML)
        else:
            _write(library, session, target, chosen, (from_, to, at))
        if output == common.STDOUT:
            typer.echo(target.read_bytes(), nl=False)
            return
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
        typer.Argument(
            help="Documents that `export --format json` wrote; with --into, tagged moments (XML or a table).",
            metavar="PATH...",
            readable=False,
        ),
    ],
    into: Annotated[
        str | None,
        typer.Option("--into", help="The session that gets the moments of an xml or csv file.", metavar="ID"),
    ] = None,
) -> None:
    """Take exported sessions into the library, or tagged moments into a session."""
    tagged = [path.name for path in paths if path.suffix.casefold() in (".xml", ".csv")]
    if tagged and into is None:
        raise UsageError(
            "Whose moments are these?",
            f"{tagged[0]} holds tagged moments, and no session is named.",
            hint="Name the session: coachvision import PATH --into ID",
        )
    failures: list[tuple[Path | str, CoachVisionError]] = []
    done = 0
    with common.opened(context, must_exist=into is not None) as library:
        if into is not None:
            common.tell_trash(library, into)
        for path in paths:
            try:
                _take_in(library, path, into)
            except CoachVisionError as error:
                failures.append((path, error))
                continue
            done += 1
    common.finish(done, failures)


def _moments(count: int) -> str:
    return f"{count} moment{'' if count == 1 else 's'}"


def _take_in(library: Library, path: Path, into: str | None) -> None:
    if into is not None:
        from coachvision.services.moments import import_moments

        moments = import_moments(library, into, path)
        typer.echo(moments.session_id)
        typer.echo(f"Taken into the session from {common.clean(path.name)}: {_moments(len(moments.ids))}.", err=True)
        if moments.outside:
            common.warn(f"left out, beyond the end of the film: {_moments(moments.outside)}.")
        return
    from coachvision.services.reimport import import_document

    for one in import_document(library, path):
        typer.echo(one.session_id)
        for warning in one.warnings:
            common.warn(warning)
