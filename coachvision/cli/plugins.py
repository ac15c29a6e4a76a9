"""`coachvision plugins`: which analyzers there are, on or off, new ones in. For `cli.main`."""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import Annotated

import typer

from coachvision.cli import common
from coachvision.errors import UsageError

app = typer.Typer(help="The analyzers on this machine.", no_args_is_help=False, invoke_without_command=True)

_NAME = typer.Argument(help="The plugin's id.", metavar="ID")


class Kind(enum.StrEnum):
    """What a new plugin sees."""

    FRAME = "frame"
    SERIES = "series"


@app.callback()
def start(context: typer.Context) -> None:
    """The analyzers on this machine."""
    if context.invoked_subcommand is None:
        list_plugins(json=False)


@app.command("list")
def list_plugins(json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False) -> None:
    """List the analyzers, with what is wrong with those that cannot be used."""
    from coachvision.plugins.discovery import discover
    from coachvision.plugins.host import obstacles

    found = discover()
    hindered = obstacles(found)
    if json:
        from coachvision.wire.plugins import PluginDocument, PluginRecord

        told = PluginDocument(
            plugins=[
                PluginRecord(
                    id=one.name,
                    title=one.manifest.title if one.manifest else one.name,
                    version=one.manifest.version if one.manifest else "",
                    source=one.source,
                    enabled=one.enabled,
                    broken=one.broken or hindered.get(one.name),
                    path=str(one.path),
                )
                for one in found
            ]
        )
        sys.stdout.write(told.to_json() + "\n")
        return
    if not found:
        typer.echo("No analyzers are installed.")
        return
    from rich.table import Table

    table = Table("ID", "Title", "Version", "From", "State", box=None, pad_edge=False, header_style="bold")
    for one in found:
        wrong = one.broken or (hindered.get(one.name) if one.enabled else None)
        state = f"broken: {wrong}" if wrong else "on" if one.enabled else "off"
        title, version = (one.manifest.title, one.manifest.version) if one.manifest else ("", "")
        table.add_row(
            common.plain(one.name), common.plain(title), common.plain(version), one.source, common.plain(state)
        )
    common.console().print(table)


@app.command()
def enable(plugin: Annotated[str, _NAME]) -> None:
    """Switch an analyzer on."""
    _switch(plugin, on=True)


@app.command()
def disable(plugin: Annotated[str, _NAME]) -> None:
    """Switch an analyzer off; it stays installed."""
    _switch(plugin, on=False)


def _switch(plugin: str, *, on: bool) -> None:
    from coachvision.plugins.discovery import discover
    from coachvision.plugins.state import set_enabled

    known = [one.name for one in discover()]
    if plugin not in known:
        raise UsageError("No such plugin", f"There is no plugin {plugin}.", hint=f"There are: {', '.join(known)}.")
    set_enabled(plugin, on)
    typer.echo(f"{plugin} is switched {'on' if on else 'off'}.")


@app.command()
def install(
    source: Annotated[Path, typer.Argument(help="A plugin's folder or zip.", metavar="PATH", readable=False)],
) -> None:
    """Install an analyzer from a folder or zip into your plugin folder."""
    from coachvision.plugins.install import install as install_plugin

    found = install_plugin(source)
    typer.echo(f"{found.name} is installed in {found.path}.")
    if found.broken:
        common.warn(f"{found.name} cannot be used: {found.broken}")


@app.command()
def uninstall(plugin: Annotated[str, _NAME]) -> None:
    """Take an analyzer out of your plugin folder."""
    from coachvision.plugins.install import uninstall as uninstall_plugin

    uninstall_plugin(plugin)
    typer.echo(f"{plugin} is removed.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The new plugin's id, such as bar-path.", metavar="NAME")],
    folder: Annotated[Path, typer.Option(help="Where its folder is made.", metavar="DIR", file_okay=False)] = Path(),
    kind: Annotated[Kind, typer.Option(help="Sees every frame, or works from the pose's series.")] = Kind.FRAME,
) -> None:
    """Write the skeleton of a new analyzer: it works, and has tests."""
    from coachvision.plugins.scaffold import new as write_new

    made = write_new(name, folder, "frame" if kind is Kind.FRAME else "series")
    typer.echo(f"{made} is written. Try it: coachvision plugins install {made}")
