"""What happened in a session, a line each: what the coach tagged, what was found. For the inspector's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coachvision.app.names import name_of
from coachvision.core.results import Event
from coachvision.library.records import MomentRow
from coachvision.services.export.words import span_title

EVERYTHING, TAGGED, FOUND = "", "tagged", "found"


@dataclass(frozen=True)
class Entry:
    """One line. id: of the coach's moment, "" for what was found. words: what the filter looks at."""

    id: str
    start_pts: int
    end_pts: int | None
    title: str
    under: str
    colour: str

    @property
    def words(self) -> str:
        """In small letters."""
        return f"{self.title} {self.under}".casefold()

    def fits(self, kind: str) -> bool:
        """Whether it is of those: all, the coach's, those that were found, `=` and a title."""
        if kind in (TAGGED, FOUND):
            return bool(self.id) == (kind == TAGGED)
        return not kind or kind == f"={self.title}"


def entries_of(moments: Iterable[MomentRow], events: Iterable[Event]) -> list[Entry]:
    """All of both, by time."""
    found = [
        Entry(
            row.id,
            row.moment.start_pts,
            row.moment.end_pts,
            row.moment.category,
            " · ".join(part for part in (*row.moment.descriptors, row.moment.note) if part),
            row.moment.colour,
        )
        for row in moments
    ]
    found += [
        Entry(
            "",
            event.start_pts,
            event.end_pts,
            name_of(span_title(event.kind, event.label)),
            ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in event.values.items()),
            "",
        )
        for event in events
    ]
    return sorted(found, key=lambda entry: entry.start_pts)
