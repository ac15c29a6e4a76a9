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
    """The library. must_exist: do not make an empty one just to find nothing in it."""
    from coachvision.library import Library

    root = root_of(context)
    if must_exist and not (root / "library.db").exists():
        raise CoachVisionError(
            "There is no library yet",
            f"Nothing has been analyzed into {root}.",
            hint="Analyze a video first, or name another library with --library.",
            path=root,
        )
    with Library.open(root) as library:
        yield library


def console(*, err: bool = False) -> Console:
    """Where tables and messages for people go."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _PIPE_WIDTH, highlight=False, soft_wrap=False)


def complain(error: CoachVisionError) -> None:
    """A failure as plain text on stderr: what happened, and what to do."""
    typer.echo(f"coachvision: {error}", err=True)
    if error.hint:
        typer.echo(f"  {error.hint}", err=True)


def warn(text: str) -> None:
    """A warning on stderr."""
    typer.echo(f"warning: {text}", err=True)


def finish(done: int, failed: Sequence[tuple[Path | str, CoachVisionError]]) -> None:
    """Name every failure and leave with the exit code: 0, 3 where something was done all the same, else 1."""
    for path, error in failed:
        text = str(error)
        typer.echo(f"coachvision: {path}: {text}" if str(path) not in text else f"coachvision: {text}", err=True)
        if error.hint:
            typer.echo(f"  {error.hint}", err=True)
    if failed:
        raise typer.Exit(DONE_IN_PART if done else 1)
