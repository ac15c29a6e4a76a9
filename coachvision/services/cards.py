"""What the library's cards show of each session: names, two key numbers, how far it is. For windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from coachvision.library import Library
from coachvision.library.records import MetricRow, Session
from coachvision.services.export.words import HEADLINES, metric_title, quantity
from coachvision.video.sheet import Sheet, read_sheet

NUMBERS = 2
# Before anything of a sport is known, how far the knees bent tells most.
_NEXT_BEST = {
    f"angle.{side}_{joint}.max": f"{side.capitalize()} {joint} bend"
    for joint in ("knee", "hip")
    for side in ("left", "right")
}


@dataclass(frozen=True)
class SessionCard:
    """One session on the library's screen. numbers: (title, value with unit). sheet: its filmstrip, once there is one.

    created: UTC, ISO 8601. analyzed: some analyzer has run. failed: what an analyzer said that gave nothing.
    """

    id: str
    name: str
    athlete: str
    created: str
    duration_s: float
    numbers: tuple[tuple[str, str], ...]
    sheet: Sheet | None
    analyzed: bool
    failed: str


def session_cards(library: Library, search: str = "", *, limit: int = 60, offset: int = 0) -> list[SessionCard]:
    """A page of cards, newest first. Raises LibraryError."""
    found = library.sessions(search or None, limit=limit, offset=offset)
    return [session_card(library, summary.id) for summary in found]


def session_card(library: Library, session_id: str) -> SessionCard:
    """One card. Raises LibraryError."""
    session = library.session(session_id)
    return SessionCard(
        id=session.id,
        name=session.name,
        athlete=session.athlete or "",
        created=session.created,
        duration_s=_duration(session),
        numbers=_numbers(session),
        sheet=read_sheet(_preview(library, session.id)),
        analyzed=bool(session.runs),
        failed=next((run.error for run in session.runs if run.error), ""),
    )


def _preview(library: Library, session_id: str) -> Path:
    return library.folder(session_id) / "proxy"


def _duration(session: Session) -> float:
    if session.video is None:
        return 0.0
    capture_fps = session.options.get("capture_fps")
    slower = session.video.fps / float(capture_fps) if capture_fps else 1.0
    return session.video.duration_s * slower


def _numbers(session: Session) -> tuple[tuple[str, str], ...]:
    """The athlete of interest's headline numbers; without those, knees and hips; without those, what there is."""
    of_interest = {subject.id for subject in session.subjects if subject.of_interest}
    known = [m for m in session.metrics if math.isfinite(m.value)]
    mine = [m for m in known if not of_interest or m.subject in of_interest]
    by_name: dict[str, MetricRow] = {}
    for metric in mine:
        by_name.setdefault(metric.name, metric)
    wanted = [name for name in (*HEADLINES, *_NEXT_BEST) if name in by_name]
    wanted = wanted or [name for name in by_name if not name.startswith("pose.")]
    chosen = [by_name[name] for name in wanted[:NUMBERS]]
    return tuple((_NEXT_BEST.get(m.name) or metric_title(m.name, m.label), quantity(m.value, m.unit)) for m in chosen)
