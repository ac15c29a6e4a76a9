"""`sync --status`: what is in the cloud and what is not yet, in words. For `cli.syncing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from coachvision.cli import common

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

_SHOWN = 50


def require_somebody(account: Account) -> None:
    """Somebody must be signed in, or a club's bucket chosen. Raises SignedOut."""
    from coachvision.services import club_bucket

    if club_bucket.place() is None:
        account.access()


def show(context: typer.Context, account: Account) -> None:
    """How many sessions are in the cloud, and the others, each with its state. Nothing is sent. Raises SignedOut."""
    from coachvision.services import sync_now

    require_somebody(account)
    with common.opened(context) as library:
        found = library.sessions(limit=len(library.session_ids()))
        states = sync_now.states(library, [one.id for one in found])
    others = [one for one in found if states[one.id].kind != "stored"]
    typer.echo(f"In the cloud: {len(found) - len(others)} of {len(found)} session{'' if len(found) == 1 else 's'}.")
    for one in others[:_SHOWN]:
        state = states[one.id]
        typer.echo(common.clean(f"{one.id[:8]}  {one.title or one.source_name}: {state.words}. {state.hint}".rstrip()))
    if len(others) > _SHOWN:
        typer.echo(f"And {len(others) - _SHOWN} more.")
