"""An athlete's numbers over weeks: each number as a line of points, its best, left against right. For fronts."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coachvision.core.asymmetry import symmetry_index, symmetry_uncertainty
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import Digest, DigestMetric
from coachvision.services.compare import is_clear
from coachvision.services.export.target import replacing
from coachvision.services.export.words import FLEXING, HEADLINES, metric_title

# Of these the least is the best; of those in _MOST the most; of the others nobody can say.
_LEAST = frozenset({"gait.contact_time"})
_MOST = frozenset({"jump.height", "jump.flight_time", "reps.count", "track.speed_mean"})
_INTERNAL = "pose."
_ASYMMETRY = ".asymmetry"
# A joint that hardly moves has no sides to compare.
_LEAST_RANGE_DEG = 10.0


@dataclass(frozen=True)
class Point:
    """One session's value. recorded: when its film was taken, UTC, ISO 8601.

    uncertainty: standard, None where it is unknown.
    """

    session_id: str
    session: str
    recorded: str
    value: float
    uncertainty: float | None


@dataclass(frozen=True)
class Line:
    """One number over time, the oldest point first. best: None where more is not better."""

    name: str
    title: str
    unit: str
    points: tuple[Point, ...]
    best: Point | None

    @property
    def change(self) -> float | None:
        """The last value less the first; None with one alone."""
        return self.points[-1].value - self.points[0].value if len(self.points) > 1 else None

    @property
    def clear(self) -> bool | None:
        """Whether that is more than measuring alone may change; None where nobody knows."""
        first, last = self.points[0].uncertainty, self.points[-1].uncertainty
        if self.change is None or first is None or last is None:
            return None
        return is_clear(self.change, math.hypot(first, last))


@dataclass(frozen=True)
class Progress:
    """An athlete's lines: headline numbers first, then asymmetry, then the rest by title."""

    athlete: str
    sessions: int
    lines: tuple[Line, ...]

    @property
    def bests(self) -> tuple[tuple[Line, Point], ...]:
        """The personal bests."""
        return tuple((line, line.best) for line in self.lines if line.best is not None)


def progress(library: Library, athlete: str) -> Progress:
    """All of an athlete's sessions, by name or id. Raises LibraryError where there is no such athlete."""
    people = {row.id: row.name for row in library.people.all("athlete")}
    name = people.get(athlete) or next((one for one in people.values() if one.casefold() == athlete.casefold()), None)
    if name is None:
        raise LibraryError(
            "No such athlete",
            f"The library has nobody called {athlete!r}.",
            hint="`coachvision sessions` lists who is in it." if people else "Say who is in a session first.",
        )
    digests = library.digests(library.session_ids(athlete=name))[::-1]
    found: dict[str, list[tuple[Digest, DigestMetric]]] = {}
    for digest in digests:
        seen: set[str] = set()
        for metric in (*digest.metrics, *_asymmetries(digest)):
            key = f"{metric.name}\n{metric.label}\n{metric.unit}"
            if not metric.name.startswith(_INTERNAL) and key not in seen:
                seen.add(key)
                found.setdefault(key, []).append((digest, metric))
    lines = sorted((_line(points) for points in found.values()), key=_order)
    return Progress(name, len(digests), tuple(lines))


def export_progress(library: Library, told: Progress, target: Path) -> Path:
    """Write every point as a table, see `to_csv`. Returns the target. Raises CoachVisionError."""
    with replacing(library, target) as part:
        part.write_text(to_csv(told), encoding="utf-8")
    return target


def to_csv(told: Progress) -> str:
    """One row a point, in SI units: date, session, number, value, unit, uncertainty. UTF-8, comma, a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("athlete", "recorded", "session_id", "session", "name", "title", "value", "unit", "uncertainty"))
    for line in told.lines:
        for point in line.points:
            unsure = "" if point.uncertainty is None else repr(point.uncertainty)
            writer.writerow(
                (_plain(told.athlete), point.recorded, point.session_id, _plain(point.session), line.name, line.title,
                 repr(point.value), line.unit, unsure)
            )  # fmt: skip
    return text.getvalue()


def _plain(text: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _line(points: list[tuple[Digest, DigestMetric]]) -> Line:
    metric = points[-1][1]
    made = tuple(
        Point(digest.session.id, digest.session.name, digest.session.recorded, one.value, one.uncertainty)
        for digest, one in points
    )
    best = None
    if metric.name in _MOST:
        best = max(made, key=lambda point: point.value)
    elif metric.name in _LEAST:
        best = min(made, key=lambda point: point.value)
    return Line(metric.name, metric_title(metric.name, metric.label), metric.unit, made, best)


def _asymmetries(digest: Digest) -> Iterable[DigestMetric]:
    """Right against left of joints' ranges of motion, per cent (Robinson et al. 1987), unless an analyzer told it."""
    by_name = {metric.name: metric for metric in digest.metrics}
    if any(name.endswith(_ASYMMETRY) for name in by_name):
        return
    for joint in FLEXING:
        left, right = by_name.get(f"angle.left_{joint}.range"), by_name.get(f"angle.right_{joint}.range")
        if left is None or right is None or 0.5 * (left.value + right.value) < _LEAST_RANGE_DEG:
            continue
        unsure = None
        if left.uncertainty is not None and right.uncertainty is not None:
            unsure = symmetry_uncertainty(left.value, right.value, left.uncertainty, right.uncertainty)
        value = symmetry_index(left.value, right.value)
        # Named and labelled as analyzers do: one line, whoever told it.
        label = f"{joint.capitalize()}, right against left"
        yield DigestMetric(f"angle.{joint}{_ASYMMETRY}", value, "%", label, unsure)


def _order(line: Line) -> tuple[int, int, str]:
    if line.name in HEADLINES:
        return 0, HEADLINES.index(line.name), line.title
    return (1, 0, line.title) if line.name.endswith(_ASYMMETRY) else (2, 0, line.title)
