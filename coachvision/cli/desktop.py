"""`coachvision` and `coachvision app`: the desktop app. The one place where a front starts another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from coachvision.cli.common import root_of
from coachvision.errors import CoachVisionError


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command("app")(open_app)


def open_app(
    context: typer.Context,
    videos: Annotated[list[Path] | None, typer.Argument(help="Videos to add and analyze.")] = None,
) -> None:
    """Open the window. Without any command `coachvision` does the same."""
    show(root_of(context), videos or [])


def show(root: Path, videos: Sequence[Path]) -> None:
    """Open the window and stay until it is closed. Raises CoachVisionError where Qt is not installed."""
    if find_spec("PySide6") is None:
        raise CoachVisionError(
            "The window is not installed",
            "PySide6 is missing in this environment.",
            hint="Install it with `pip install coachvision[app]`, or see `coachvision --help` for the commands.",
        )
    from coachvision.app.main import run

    code = run([video.absolute() for video in videos], root)
    if code:
        sys.exit(code)
