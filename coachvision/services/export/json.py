"""A session as one JSON document with every value and point, which `import` reads back. For the fronts."""

from __future__ import annotations

from pathlib import Path

from coachvision.library import Library
from coachvision.services.document import document
from coachvision.services.export.target import replacing
from coachvision.services.session import WholeSession, read_session


def export_json(library: Library, session_id: str, target: Path) -> Path:
    """Write the session in full. Returns the target. Raises CoachVisionError."""
    write_json(read_session(library, session_id), target)
    return target


def write_json(session: WholeSession, target: Path) -> None:
    """Write one session in full."""
    text = document([session], full=True).to_json()
    with replacing(target) as part:
        part.write_text(text + "\n", encoding="utf-8")
