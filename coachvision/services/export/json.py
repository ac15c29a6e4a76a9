"""A session as one JSON document with all that is known of it, which `import` reads back. For the fronts."""

from __future__ import annotations

from pathlib import Path

from coachvision.library import Library
from coachvision.services.document import document
from coachvision.services.export.target import replacing
from coachvision.services.marks_document import mark_records
from coachvision.services.moments_document import moment_records
from coachvision.services.session import read_session


def export_json(library: Library, session_id: str, target: Path) -> Path:
    """Write the session in full. Returns the target. Raises CoachVisionError."""
    session = read_session(library, session_id)
    told = document([session], full=True)
    moments = moment_records(library, session.id, session.film.timeline)
    whole = told.sessions[0].model_copy(update={**mark_records(library, session.id), "moments": moments})
    text = told.model_copy(update={"sessions": [whole]}).to_json()
    with replacing(library, target) as part:
        part.write_text(text + "\n", encoding="utf-8")
    return target
