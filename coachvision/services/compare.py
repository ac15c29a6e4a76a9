"""Two sessions compared: their numbers beside one another, and by what their films can be aligned. For the fronts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from coachvision.core.alignment import Anchor, anchors
from coachvision.core.results import Event, Metric
from coachvision.library import Library
from coachvision.services.conventions import CONVENTIONS
from coachvision.services.export.words import metric_title, span_title
from coachvision.services.session import WholeSession, read_session
from coachvision.wire.comparison import ComparedMetric, ComparedSession, ComparisonDocument

# A difference counts as one beyond this many standard uncertainties: about 19 times in 20 it is no accident.
_CLEAR = 2.0


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sessions read whole, the numbers of both, and the kinds of moments that both have."""

    a: WholeSession
    b: WholeSession
    metrics: tuple[ComparedMetric, ...]
    anchors_a: tuple[Anchor, ...]
    anchors_b: tuple[Anchor, ...]

    @property
    def shared_kinds(self) -> tuple[str, ...]:
        """What the films can be aligned by, in the first one's order."""
        in_b = {anchor.kind for anchor in self.anchors_b}
        return tuple(dict.fromkeys(anchor.kind for anchor in self.anchors_a if anchor.kind in in_b))


def compare(library: Library, a: str, b: str) -> Comparison:
    """Read and compare two sessions, each by its athlete of interest. Raises LibraryError."""
    one, other = read_session(library, a), read_session(library, b)
    return Comparison(one, other, compared_metrics(one, other), _anchors(library, one), _anchors(library, other))


def _anchors(library: Library, session: WholeSession) -> tuple[Anchor, ...]:
    """What the coach tagged first, then what was found of the athlete of interest."""
    subject = session.main_subject
    moments = [row.moment for row in library.moments.all(session.id)]
    events = [Event("moment", 0, one.start_pts, one.end_pts, one.category) for one in moments]
    events += [
        Event(one.kind, one.subject, one.start_pts, one.end_pts, span_title(one.kind, one.label))
        for _, one in session.events()
        if subject is None or one.subject in (subject, 0)
    ]
    return tuple(anchors(events, session.film.timeline))


def compared_metrics(a: WholeSession, b: WholeSession) -> tuple[ComparedMetric, ...]:
    """Every number of either, in the first one's order, those of the second alone at the end."""
    of_a, of_b = _by_name(a), _by_name(b)
    return tuple(_compared(of_a.get(key), of_b.get(key)) for key in dict.fromkeys((*of_a, *of_b)))


def _by_name(session: WholeSession) -> dict[tuple[str, str, str], Metric]:
    subject = session.main_subject
    found: dict[tuple[str, str, str], Metric] = {}
    for _, metric in session.metrics():
        # Counts of frames and network calls say nothing of the athlete.
        if (subject is None or metric.subject in (subject, 0)) and not metric.name.startswith("pose."):
            found.setdefault((metric.name, metric.label, metric.unit), metric)
    return found


def _compared(a: Metric | None, b: Metric | None) -> ComparedMetric:
    known = a or b
    assert known is not None  # noqa: S101 - the key came from one of them; for the type checker
    value_a, value_b = _value(a), _value(b)
    difference = None if value_a is None or value_b is None else value_b - value_a
    spread = None
    if a is not None and b is not None and a.uncertainty is not None and b.uncertainty is not None:
        # Two measurements that know nothing of one another: their uncertainties add by squares (JCGM 100:2008, 5.1.2).
        spread = math.hypot(a.uncertainty, b.uncertainty)
    clear = None if difference is None or spread is None else is_clear(difference, spread)
    return ComparedMetric(
        name=known.name,
        label=known.label,
        title=metric_title(known.name, known.label),
        unit=known.unit,
        a=value_a,
        b=value_b,
        difference=difference,
        uncertainty=spread if spread is None or math.isfinite(spread) else None,
        clear=clear,
    )


def is_clear(difference: float, spread: float) -> bool:
    """Whether a difference is more than measuring alone may change. spread: its standard uncertainty."""
    return abs(difference) > _CLEAR * spread


def _value(metric: Metric | None) -> float | None:
    return metric.value if metric is not None and math.isfinite(metric.value) else None


def comparison_document(comparison: Comparison) -> ComparisonDocument:
    """What `compare --json` prints."""
    return ComparisonDocument(
        conventions=list(CONVENTIONS),
        a=_told(comparison.a),
        b=_told(comparison.b),
        metrics=list(comparison.metrics),
    )


def _told(session: WholeSession) -> ComparedSession:
    return ComparedSession(
        id=session.id,
        title=session.title,
        athlete=session.athlete,
        created=session.created,
        video=session.film.name,
        subject=session.main_subject,
    )
