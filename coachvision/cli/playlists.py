"""`playlists`: list them, or write one as a film. For `cli.main`."""

from __future__ import annotations

import json as json_
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common, progress
from coachvision.errors import UsageError

if TYPE_CHECKING:
    from coachvision.library import Library


def add_to(app: typer.Typer) -> None:
    """Put the command into the program."""
    app.command("playlists")(playlists)


def playlists(
    context: typer.Context,
    playlist: Annotated[
        str | None, typer.Argument(help="A playlist's id or the start of it, to write it as a film.", metavar="[ID]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The MP4 to write.", metavar="PATH", readable=False)
    ] = None,
    titles: Annotated[bool, typer.Option("--titles/--no-titles", help="Each clip's title at its foot.")] = True,
    json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the playlists, or write one as a film."""
    if (playlist is None) != (output is None):
        raise UsageError(
            "Which playlist, and where to?",
            "A playlist is written with its id and --output.",
            hint="coachvision playlists ID -o film.mp4",
        )
    if output == common.STDOUT:
        raise UsageError("No film on standard output", "It is no text.", hint="Give -o the name of a file.")
    with common.opened(context, must_exist=True) as library:
        if playlist is None or output is None:
            _list(library, json)
            return
        from coachvision.services.playlists import export_playlist

        with progress.interruptible() as cancelled, progress.bar(output.name) as tell:
            export_playlist(
                library,
                playlist,
                output,
                titles=titles,
                progress=lambda done: tell(done, "drawing", None),
                cancelled=cancelled,
            )
    typer.echo(f"{output} is written.", err=True)


def _list(library: Library, json: bool) -> None:
    found = library.playlists.all()
    if json:
        from coachvision.core.tagging import clip_data

        told = [
            {"id": one.id, "title": one.title, "note": one.note, "created": one.created, "updated": one.updated,
             "clips": [clip_data(clip) for clip in one.clips]}
            for one in found
        ]  # fmt: skip
        sys.stdout.write(json_.dumps({"schema": 1, "playlists": told}) + "\n")
        return
    if not found:
        typer.echo("There is no playlist yet.")
        return
    from rich.table import Table

    table = Table("ID", "Title", "Clips", "Note", box=None, pad_edge=False, header_style="bold")
    for one in found:
        table.add_row(one.id[:8], common.plain(one.title), str(len(one.clips)), common.plain(one.note))
    common.console().print(table)
