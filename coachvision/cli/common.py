"""What all commands share: where the library is, where words go, how failures are told. For `cli` alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coachvision.errors import CoachVisionError

if TYPE_CHECKING:
    from rich.console import Console

    from coachvision.library import Library

DONE_IN_PART = 3
# As an output: the standard output.
STDOUT = Path("-")
# Where no terminal says how wide it is (a pipe, a file) nothing is cut off.
_PIPE_WIDTH = 200


@dataclass(frozen=True)
class Place:
    """What the global options say. root: the library's folder."""

    root: Path


def root_of(context: typer.Context) -> Path:
    """The library's folder."""
    place = context.find_root().obj
    assert isinstance(place, Place)  # noqa: S101 - set by the callback before any command; for the type checker
    return place.root


@contextmanager
def opened(context: typer.Context, *, must_exist: bool = False) -> Iterator[Library]:
    """The library, as whoever is signed in. must_exist: do not make an empty one just to find nothing in it."""
    from coachvision.services.sign_in import open_library

    root = root_of(context)
    if must_exist and not (root / "library.db").exists():
        raise CoachVisionError(
            "There is no library yet",
            f"Nothing has been analyzed into {root}.",
            hint="Analyze a video first, or name another library with --library.",
            path=root,
        )
    with open_library(root) as library:
        yield library


def console(*, err: bool = False) -> Console:
    """Where tables and messages for people go."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _PIPE_WIDTH, highlight=False, soft_wrap=False)


# Kept out of a terminal: escape sequences in a file's or plugin's words could repaint the screen or retitle the window.
_HARMLESS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\N{REPLACEMENT CHARACTER}")
_HARMLESS |= {ord(blank): " " for blank in "\t\n\r"}


def clean(text: str) -> str:
    """Words from outside (file names, plugins, imported documents) as one line that any terminal can be given."""
    return text.translate(_HARMLESS)


def plain(text: str) -> str:
    """As `clean`, for rich: square brackets are no markup either."""
    from rich.markup import escape

    return escape(clean(text))


def complain(error: CoachVisionError) -> None:
    """A failure as plain text on stderr: what happened, and what to do."""
    typer.echo(f"coachvision: {clean(str(error))}", err=True)
    if error.hint:
        typer.echo(f"  {clean(error.hint)}", err=True)


def warn(text: str) -> None:
    """A warning on stderr."""
    typer.echo(f"warning: {clean(text)}", err=True)


def tell_trash(library: Library, session: str) -> None:
    """A warning where the session lies in the trash: in a month it is gone. Raises LibraryError."""
    row = library.session(session)
    if row.trashed_at is not None:
        warn(f"session {row.id[:8]} is in the trash; `coachvision delete {row.id[:8]} --undo` takes it back.")


def finish(done: int, failed: Sequence[tuple[Path | str, CoachVisionError]]) -> None:
    """Name every failure and leave with the exit code: 0, 3 where something was done all the same, else 1."""
    for path, error in failed:
        text = str(error)
        typer.echo(f"coachvision: {clean(text if str(path) in text else f'{path}: {text}')}", err=True)
        if error.hint:
            typer.echo(f"  {clean(error.hint)}", err=True)
    if failed:
        raise typer.Exit(DONE_IN_PART if done else 1)
