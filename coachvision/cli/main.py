"""`coachvision`: the commands put together, and errors turned into plain sentences and exit codes.

Exit codes: 0 done, 1 nothing could be done, 2 usage, 3 done in part, 130 cancelled. Starting must stay fast: whatever
is heavy (numpy, PyAV, OpenCV, SciPy, SQLite) is imported inside the commands.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from coachvision import __version__, paths
from coachvision.cli import (
    accounts,
    analyze,
    athlete_progress,
    bucket,
    common,
    compare,
    desktop,
    exchange,
    gateway,
    health,
    playlists,
    plugins,
    sessions,
    syncing,
)
from coachvision.cli.common import Place, complain
from coachvision.errors import Cancelled, CoachVisionError, UsageError

NOTHING_DONE, USAGE, CANCELLED = 1, 2, 130


class PlainGroup(TyperGroup):
    """Turns what the environment did into a sentence on stderr and the exit code of the contract."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a bug goes through as it is."""
        try:
            return super().invoke(ctx)
        except Cancelled as stopped:
            raise typer.Exit(CANCELLED) from stopped
        except UsageError as error:
            complain(error)
            raise typer.Exit(USAGE) from error
        except CoachVisionError as error:
            complain(error)
            raise typer.Exit(NOTHING_DONE) from error


app = typer.Typer(
    cls=PlainGroup,
    help="Video analysis that a coach owns: on this machine, offline, open to plugins.",
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def start(
    context: typer.Context,
    library: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the library.",
            file_okay=False,
            readable=False,
            envvar="COACHVISION_LIBRARY",
            show_envvar=True,
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Video analysis that a coach owns: on this machine, offline, open to plugins."""
    context.obj = Place(library or paths.library_dir())
    if version:
        typer.echo(f"coachvision {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        desktop.show(context.obj.root, [])


_GROUPS = (
    desktop, analyze, sessions, compare, athlete_progress, playlists, exchange, accounts, syncing, bucket,
    gateway, health,
)  # fmt: skip
for group in _GROUPS:
    group.add_to(app)
app.add_typer(plugins.app, name="plugins")


def run() -> None:
    """The console entry. A bug is told in a sentence, its traceback goes to the log."""
    # Else pydantic looks through every installed package for plugins of its own, and one that is damaged ends us.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        app(prog_name="coachvision")
    except Exception as error:
        log = _log_file()
        told = f"{type(error).__name__}: {error}".partition("\n")[0]
        logging.getLogger(__name__).critical("unexpected error", exc_info=error)
        typer.echo(
            f"coachvision: something went wrong inside the program ({common.clean(told)}).\n"
            f"This is a bug, not your doing. Its details are in {log}.",
            err=True,
        )
        raise SystemExit(NOTHING_DONE) from error


def _log_file() -> Path:
    """Send log records to the log file from now on; returns where it is."""
    file = paths.log_dir() / "coachvision.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(filename=file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    except OSError:
        # Nowhere to keep it: then the traceback goes where it can be seen.
        logging.basicConfig(level=logging.INFO)
        return Path("the lines above")
    return file


if __name__ == "__main__":
    run()
