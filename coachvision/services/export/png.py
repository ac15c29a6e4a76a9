"""One frame as a PNG with skeleton, angles and time drawn on it. For the fronts."""

from __future__ import annotations

from pathlib import Path

import cv2

from coachvision.errors import CoachVisionError, VideoError
from coachvision.library import Library
from coachvision.services.export.drawings import paint
from coachvision.services.export.film import stills
from coachvision.services.export.keyframes import moments
from coachvision.services.export.overlay import draw, layers
from coachvision.services.export.target import replacing
from coachvision.services.marks import scene_of
from coachvision.services.session import read_session


def export_png(library: Library, session_id: str, target: Path, *, at_s: float | None = None) -> Path:
    """Write the frame on screen at that time (real seconds), or without one the most telling key frame.

    Returns the target. Raises CoachVisionError.
    """
    session = read_session(library, session_id)
    line = session.film.timeline
    if at_s is not None:
        if not 0 <= at_s <= session.film.duration_s:
            raise CoachVisionError(
                "There is no such frame",
                f"“{session.film.name}” lasts {session.film.duration_s:.3f} s.",
                hint="Choose another moment with --at.",
                path=session.film.path,
            )
        index = line.index_at(at_s)
    else:
        shown = moments(session, session.main_subject, most=1)
        index = shown[0].index if shown else 0
    image = stills(session.film, [index]).get(index)
    if image is None:
        raise VideoError(
            "This frame cannot be shown",
            f"“{session.film.name}” is damaged at {float(line.seconds[index]):.2f} s.",
            hint="Choose another moment with --at.",
            path=session.film.path,
        )
    drawn = draw(image, layers(session), int(line.pts[index]), time_s=float(line.seconds[index]))
    drawn = paint(drawn, scene_of(library, session), int(line.pts[index]))
    good, data = cv2.imencode(".png", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
    if not good:
        raise ValueError("the picture could not be encoded")
    with replacing(library, target) as part:
        part.write_bytes(data.tobytes())
    return target
