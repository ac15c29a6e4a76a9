"""`compare`: two sessions' numbers beside one another. For `cli.main`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common
from coachvision.errors import UsageError

if TYPE_CHECKING:
    from coachvision.services.compare import Comparison
    from coachvision.services.session import WholeSession
    from coachvision.wire.comparison import ComparedMetric


def add_to(app: typer.Typer) -> None:
    """Put the command into the program."""
    app.command("compare")(compare)


def compare(
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="A session's id or the start of it.", metavar="A")],
    b: Annotated[str, typer.Argument(help="The session to compare it with.", metavar="B")],
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Compare the numbers of two sessions."""
    from coachvision.services.compare import compare, comparison_document

    with common.opened(context, must_exist=True) as library:
        comparison = compare(library, a, b)
        for session in dict.fromkeys((comparison.a.id, comparison.b.id)):
            common.tell_trash(library, session)
    if comparison.a.id == comparison.b.id:
        raise UsageError("Nothing to compare", "Both are the same session.", hint="Name two sessions.")
    if json:
        sys.stdout.write(comparison_document(comparison).to_json() + "\n")
        return
    _print(comparison)


def _print(comparison: Comparison) -> None:
    from rich.table import Table

    out = common.console()
    for letter, session in (("A", comparison.a), ("B", comparison.b)):
        out.print(f"{letter}  {common.plain(_name(session))}  {session.id[:8]}")
    if not comparison.metrics:
        out.print("\nNeither session has numbers yet: analyze them first.")
        return
    table = Table("Number", "A", "B", "Difference", "", box=None, pad_edge=False, header_style="bold")
    for metric in comparison.metrics:
        table.add_row(common.plain(metric.title), *(common.plain(text) for text in _cells(metric)))
    out.print("", table)
    if any(metric.clear is False for metric in comparison.metrics):
        out.print("\nNot clear: the difference is within what measuring alone may change.")


def _name(session: WholeSession) -> str:
    return ", ".join(part for part in (session.title or session.film.name, session.athlete) if part)


def _cells(metric: ComparedMetric) -> tuple[str, str, str, str]:
    from coachvision.services.export.words import apart, decimals, quantity

    nan = float("nan")
    values = [quantity(nan if value is None else value, metric.unit) for value in (metric.a, metric.b)]
    if metric.a is None or metric.b is None or metric.difference is None:
        return values[0], values[1], "", ""
    # The difference of two percentages is none itself.
    unit = "points" if metric.unit == "%" else metric.unit
    change, digits = apart(metric.a, metric.b, metric.unit)
    if decimals(metric.difference, unit, metric.uncertainty) > digits:
        # It is known better than the numbers beside it are told.
        change = metric.difference
    difference = quantity(change, unit, metric.uncertainty)
    sign = "+" if change > 0 else ""
    return values[0], values[1], f"{sign}{difference}", "not clear" if metric.clear is False else ""
