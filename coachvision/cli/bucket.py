"""`bucket`: a club's own bucket in place of a gateway. For `cli.main`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from coachvision.cli import common
from coachvision.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Put the command into the program."""
    app.command("bucket")(bucket)


def bucket(
    endpoint: Annotated[str, typer.Argument(help="The storage's https address.", metavar="ADDRESS")] = "",
    name: Annotated[str, typer.Argument(help="The bucket's name.", metavar="NAME")] = "",
    key_id: Annotated[str, typer.Argument(help="The key's id; its secret is asked for.", metavar="KEY")] = "",
    region: Annotated[str, typer.Option(help="The storage's region.")] = "auto",
    prefix: Annotated[str, typer.Option(help="Below which names everything lies, ending in a slash.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Use no bucket any more; what lies in it stays.")] = False,
) -> None:
    """Sync with a bucket that your club owns, without a gateway. Without arguments: say which one is used."""
    from coachvision.accounts.account import Account
    from coachvision.services import club_bucket
    from coachvision.sync.remotes.bucket import Place

    if forget:
        club_bucket.forget(Account())
        typer.echo("No bucket is used any more.")
        return
    if not endpoint:
        used = club_bucket.place()
        typer.echo("No bucket is used." if used is None else f"{common.clean(used.bucket)} at {used.endpoint}")
        return
    if not name or not key_id:
        raise UsageError("The bucket needs its name and its key", "Give ADDRESS NAME KEY; the secret is asked for")
    club_bucket.use(Account(), Place(endpoint, name, region, prefix), key_id, _secret())
    typer.echo(f"Sync uses {common.clean(name)} from now on.")


def _secret() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("The key's secret", hide_input=True, err=True))
    typer.echo("The key's secret: ", err=True)
    return sys.stdin.readline().rstrip("\r\n")
