"""Two films beside one another: which moment of the second belongs to a moment of the first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coachvision.core.results import Event
from coachvision.core.time import Timeline


@dataclass(frozen=True)
class Alignment:
    """at_a and at_b are the same moment, in each film's real seconds. speed: seconds of b that pass in one of a."""

    at_a: float = 0.0
    at_b: float = 0.0
    speed: float = 1.0

    def __post_init__(self) -> None:
        # Written so that NaN is refused as well.
        if not 0.01 <= self.speed <= 100:
            raise ValueError(f"a speed of {self.speed}")

    def to_b(self, seconds: float) -> float:
        """The time in b that belongs to a time in a; may lie outside of b."""
        return self.at_b + (seconds - self.at_a) * self.speed

    def to_a(self, seconds: float) -> float:
        """The time in a that belongs to a time in b; may lie outside of a."""
        return self.at_a + (seconds - self.at_b) / self.speed

    def shared(self, a: Timeline, b: Timeline) -> tuple[float, float] | None:
        """The seconds of a during which both films have a picture, or None where they never do."""
        if not len(a) or not len(b):
            return None
        start = max(0.0, self.to_a(0.0))
        end = min(float(a.seconds[-1]), self.to_a(float(b.seconds[-1])))
        return (start, end) if start <= end else None


@dataclass(frozen=True)
class Anchor:
    """A moment that can be aligned by. kind: what both films must have; number: from 1, of those of its kind."""

    kind: str
    number: int
    seconds: float


def anchors(events: Sequence[Event], timeline: Timeline) -> list[Anchor]:
    """Every beginning and, of spans, every end, by kind and then time."""
    found: dict[str, list[float]] = {}
    for event in sorted(events, key=lambda event: event.start_pts):
        name = event.label or event.kind
        if event.end_pts is None:
            found.setdefault(name, []).append(timeline.seconds_of(event.start_pts))
        else:
            found.setdefault(f"{name}: start", []).append(timeline.seconds_of(event.start_pts))
            found.setdefault(f"{name}: end", []).append(timeline.seconds_of(event.end_pts))
    return [Anchor(kind, at, time) for kind, times in found.items() for at, time in enumerate(sorted(times), start=1)]


def by_event(a: Sequence[Anchor], b: Sequence[Anchor], kind: str, speed: float = 1.0) -> Alignment | None:
    """The films aligned by the first of that kind in each, or None where one has none."""
    first_a = next((anchor for anchor in a if anchor.kind == kind), None)
    first_b = next((anchor for anchor in b if anchor.kind == kind), None)
    return None if first_a is None or first_b is None else Alignment(first_a.seconds, first_b.seconds, speed)
