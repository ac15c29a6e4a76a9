"""One line of the benchmark table: what was measured, ours, the peer's in the same run, their ratio, the target.

Each module of `benchmarks/` has a function `rows()`, a list of them or a generator; `benchmarks/run.py` collects them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """value and peer_value in `unit`. ratio: the number that `target` speaks of. met: None where there is no target."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float | None
    ratio: float | None
    target: str
    met: bool | None


def table(rows: Iterable[Row], title: str = "Benchmarks") -> Table:
    """The rows as a table for the terminal."""
    made = Table(title=title)
    for heading in ("what", "ours", "peer", "", "ratio", "target", "met"):
        made.add_column(heading, justify="left" if heading in ("what", "", "target") else "right")
    for row in rows:
        met = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[row.met]
        made.add_row(
            row.name,
            f"{_short(row.value)} {row.unit}",
            "" if row.peer_value is None else f"{_short(row.peer_value)} {row.unit}",
            row.peer,
            "" if row.ratio is None else f"{_short(row.ratio)} ×",
            row.target,
            met,
        )
    return made


def line(row: Row) -> str:
    """The row as one line of plain text."""
    peer = "" if row.peer_value is None else f", {row.peer}: {_short(row.peer_value)} {row.unit}"
    ratio = "" if row.ratio is None else f", ratio {_short(row.ratio)} ({row.target})"
    return f"{row.name}: {_short(row.value)} {row.unit}{peer}{ratio}"


def show(rows: Iterable[Row], title: str = "Benchmarks") -> None:
    """Print the table, at a width of its own where the output is no terminal."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(table(rows, title))


def _short(value: float) -> str:
    """Three significant digits, thousands whole."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
