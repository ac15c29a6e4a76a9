"""What the library's cards show of each session: names, two key numbers, how far it is. For windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coachvision.core.units import Units
from coachvision.library import Library
from coachvision.library.records import Digest, DigestMetric
from coachvision.services.export.words import HEADLINES, metric_title
from coachvision.services.units import told, told_units
from coachvision.video.sheet import Sheet, read_sheet

NUMBERS = 2
# Before anything of a sport is known, how far the knees bent tells most.
NEXT_BEST = {
    f"angle.{side}_{joint}.max": f"{side.capitalize()} {joint} bend"
    for joint in ("knee", "hip")
    for side in ("left", "right")
}


@dataclass(frozen=True)
class SessionCard:
    """One session on the library's screen. numbers: (title, value with unit). sheet: its filmstrip, once there is one.

    recorded: when its film was taken, UTC, ISO 8601. analyzed: some analyzer has run. failed: what an analyzer said
    that gave nothing.
    """

    id: str
    name: str
    athlete: str
    recorded: str
    duration_s: float
    numbers: tuple[tuple[str, str], ...]
    sheet: Sheet | None
    analyzed: bool
    failed: str
    tags: tuple[str, ...] = ()


def session_cards(library: Library, ids: Sequence[str]) -> list[SessionCard]:
    """The cards of these sessions, the last filmed first; of those that are gone there is none. Raises LibraryError."""
    units = told_units()
    return [_card(library, digest, units) for digest in library.digests(ids)]


def _card(library: Library, digest: Digest, units: Units) -> SessionCard:
    summary = digest.session
    return SessionCard(
        id=summary.id,
        name=summary.name,
        athlete=summary.athlete or "",
        recorded=summary.recorded,
        duration_s=summary.duration_s or 0.0,
        numbers=_numbers(digest, units),
        sheet=read_sheet(library.root / "sessions" / summary.id / "proxy"),
        analyzed=bool(summary.analyzers),
        failed=digest.error,
        tags=summary.tags,
    )


def _numbers(digest: Digest, units: Units) -> tuple[tuple[str, str], ...]:
    """The athlete of interest's headline numbers; without those, knees and hips; without those, what there is."""
    by_name: dict[str, DigestMetric] = {}
    for metric in digest.metrics:
        by_name.setdefault(metric.name, metric)
    wanted = [name for name in (*HEADLINES, *NEXT_BEST) if name in by_name]
    wanted = wanted or [name for name in by_name if not name.startswith("pose.")]
    chosen = [by_name[name] for name in wanted[:NUMBERS]]
    return tuple(
        (NEXT_BEST.get(m.name) or metric_title(m.name, m.label), told(m.value, m.unit, units).text) for m in chosen
    )
