"""`coachvision gateway`: runs the cloud service, for clubs that host their own and for trying it out."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from coachvision.errors import CoachVisionError


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command("gateway")(gateway)


def gateway(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65_535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes.", min=1, max=64)] = 1,
    dev: Annotated[bool, typer.Option("--dev", help="Try it out: a storage and a sign-in service come along.")] = False,
    audit: Annotated[bool, typer.Option("--check-audit", help="Check that nobody changed the audit, and end.")] = False,
) -> None:
    """Run the gateway, configured by the environment: see docs/self-hosting.md."""
    if any(find_spec(name) is None for name in ("fastapi", "uvicorn", "sqlalchemy", "alembic", "jwt", "limits")):
        raise CoachVisionError(
            "The gateway is not installed",
            "Parts of it are missing in this environment.",
            hint="Install it with `pip install coachvision[gateway]`.",
        )
    from coachvision.gateway.main import check_audit, serve, serve_dev

    if audit:
        breaks = check_audit()
        for line in breaks:
            typer.echo(line, err=True)
        typer.echo(f"The audit was changed in {len(breaks)} place(s)." if breaks else "Nobody changed the audit.")
        raise typer.Exit(1 if breaks else 0)
    if dev:
        serve_dev(host, port, lambda line: typer.echo(line, err=True))
    else:
        serve(host, port, workers)
