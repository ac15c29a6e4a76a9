"""A long recording cut down to where something moves: its active spans, and a session of each that is kept.

For windows. The recording itself is never cut: kept spans are sessions of the same video, analyzed in that part alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coachvision.library import Library
from coachvision.services.import_video import PREVIEW
from coachvision.video.activity import read_activity

LONG_S = 300.0
# Where nearly all of it moves, there is nothing to leave out.
_MOST = 0.9
# Beside the preview, what a player needs to open the film without examining it anew.
_FACTS = "facts.bin"


@dataclass(frozen=True)
class Span:
    """A part of a recording, seconds from its first frame."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class LongRecording:
    """A recording and the spans in which something moves, in order."""

    session_id: str
    name: str
    duration_s: float
    spans: tuple[Span, ...]


def long_recording(library: Library, session_id: str, *, long_s: float = LONG_S) -> LongRecording | None:
    """The active spans of a recording that is longer than `long_s`; None where there is nothing to choose.

    Raises LibraryError. What was not looked at yet, as without a preview, has no spans.
    """
    session = library.session(session_id)
    if session.video is None or session.options.get("start_s") is not None or session.video.duration_s < long_s:
        return None
    found = read_activity(library.folder(session_id) / PREVIEW)
    spans = tuple(Span(start, end) for start, end in found if end > start)
    if not spans or sum(span.end_s - span.start_s for span in spans) > _MOST * session.video.duration_s:
        return None
    return LongRecording(session_id, session.name, session.video.duration_s, spans)


def keep_spans(library: Library, session_id: str, spans: Sequence[Span]) -> list[tuple[str, str]]:
    """Make a session of each span; returns (id, name) of each. Raises LibraryError.

    Preview and facts are the recording's own: linked where the disk can, else copied.
    """
    session = library.session(session_id)
    if session.video is None:
        return []
    made = []
    stem = Path(session.name).stem
    for number, span in enumerate(spans, 1):
        title = f"{stem} {_clock(span.start_s)} to {_clock(span.end_s)}"
        files = {}
        for name in (PREVIEW, _FACTS):
            source = library.folder(session_id) / name
            if source.exists():
                files[name] = library.scratch / f"span-{number}-{name}"
                _link(source, files[name])
        new = library.create_session(
            session.video, athlete=session.athlete, title=title, source_name=session.source_name, tags=session.tags,
            options={**session.options, "start_s": span.start_s, "end_s": span.end_s}, files=files,
        )  # fmt: skip
        made.append((new, title))
    return made


def _link(source: Path, target: Path) -> None:
    if source.is_dir():
        target.mkdir()
        for part in source.iterdir():
            if part.is_file():
                _link(part, target / part.name)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
