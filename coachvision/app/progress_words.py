"""An athlete's numbers in words and points, in the coach's units. For the progress screen alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from coachvision.app import dates
from coachvision.app.trend import Dot
from coachvision.core.units import Units, shown
from coachvision.services.export.words import HEADLINES, unit_sign
from coachvision.services.units import told, told_change
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.services.progress import Line, Point, Progress


def first_of(progress: Progress) -> int:
    """Which number to show first: a headline, or else what was measured most often; -1 without any."""
    lines = progress.lines
    headlines = [at for at, line in enumerate(lines) if line.name in HEADLINES]
    return headlines[0] if headlines else max(range(len(lines)), key=lambda at: len(lines[at].points), default=-1)


def value(line: Line, stored: float, units: Units) -> str:
    """A value of that number."""
    return told(stored, line.unit, units).text


def unit(line: Line, units: Units) -> str:
    """What its axis is in."""
    return unit_sign(shown(1.0, line.unit, units)[1]).strip()


def change(line: Line, units: Units) -> str:
    """How far it has come since the first session."""
    if line.change is None:
        return tr("one session so far")
    first, last = line.points[0].value, line.points[-1].value
    words = told_change(first, last, line.unit, units, (tr("percentage point"), tr("percentage points")))
    if line.clear is False:
        return tr("{change} since the first session, within what measuring alone may change", change=words)
    return tr("{change} since the first session", change=words)


def dot(line: Line, point: Point, units: Units) -> Dot:
    """One session's point."""
    today = date.today()  # noqa: DTZ011 - the coach's own day
    words = f"{point.session}, {dates.day(point.recorded, today)}: {value(line, point.value, units)}"
    best = line.best is not None and point == line.best
    return Dot(
        datetime.fromisoformat(point.recorded),
        shown(point.value, line.unit, units)[0],
        shown(point.uncertainty or 0.0, line.unit, units)[0],
        tr("{point} (best)", point=words) if best else words,
        point.session_id,
        best,
    )
