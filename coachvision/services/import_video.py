"""Take a video in as a session before anything is analyzed: known at once, playable at once. For windows.

`import_video` examines and copies, `make_preview` lets proxy and filmstrip grow in the session's own folder, and
`film_of` says what a player needs to open it again without examining it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from coachvision import paths
from coachvision.analysis.engine import real_time
from coachvision.analysis.plan import Plan
from coachvision.analysis.progress import Progress, Report
from coachvision.analysis.supervisor import supervise
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.services.analyze import limits, spool, told_settings
from coachvision.video.facts import VideoFacts, from_bytes, to_bytes
from coachvision.video.probe import probe
from coachvision.video.proxy import read_manifest

PREVIEW = "proxy"
_FACTS = "facts.bin"


@dataclass(frozen=True, eq=False)
class Imported:
    """A video in the library. known: it was there before, and the session is the one it has."""

    session_id: str
    known: bool


@dataclass(frozen=True, eq=False)
class PlayableFilm:
    """What a player opens. facts: in the session's real time. preview: folder of proxy and filmstrip, may still grow.

    whole: the preview is complete.
    """

    path: Path
    facts: VideoFacts
    preview: Path
    whole: bool


def import_video(
    library: Library,
    path: Path,
    *,
    athlete: str | None = None,
    copy: bool = True,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Imported:
    """Make a session of a video, not yet analyzed. Raises VideoError, LibraryError, Cancelled; then nothing is kept."""
    tell = progress or (lambda _progress: None)
    tell(Progress(0.0, "examining"))
    facts = real_time(probe(path, cancelled=cancelled), None)
    video = library.add_video(
        path, facts, copy=copy, progress=lambda done: tell(Progress(done, "copying")), cancelled=cancelled
    )
    before = library.sessions(video=video.sha256, limit=1)
    if before:
        return Imported(before[0].id, known=True)
    session = library.create_session(video, athlete=athlete, warnings=facts.warnings, timeline=facts.timeline)
    _keep_facts(library, session, facts)
    return Imported(session, known=False)


def make_preview(
    library: Library,
    session_id: str,
    *,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Write proxy and filmstrip into the session's folder, in a worker, unless they are there.

    Raises VideoError, Cancelled.
    """
    film = film_of(library, session_id, cancelled=cancelled)
    if film.whole:
        return
    plan = Plan(video=film.path, plugin_dir=paths.plugin_dir(), analyzers=(), proxy_folder=film.preview)
    with spool(library) as folder:
        supervise(plan, folder, limits=limits(told_settings()), report=progress, cancelled=cancelled)


def film_of(library: Library, session_id: str, *, cancelled: Callable[[], bool] | None = None) -> PlayableFilm:
    """The film of a session, ready to be opened. Raises LibraryError (it is not where it was), VideoError."""
    session = library.session(session_id)
    if session.video is None:
        raise LibraryError(
            "This session came without its video",
            f"“{session.name}” was imported as numbers alone.",
            hint="Its numbers and events can be looked at all the same.",
        )
    path = session.video.path
    if not path.is_file():
        raise LibraryError(
            "The video is not where it was",
            f"“{session.name}” should be at {path}.",
            hint="Put the drive back in, or move the file back there.",
            path=path,
            retryable=True,
        )
    facts = _known_facts(library, session.id, path)
    if facts is None:
        facts = probe(path, cancelled=cancelled)
        _keep_facts(library, session.id, facts)
    if session.time_scale is not None:
        slower = session.time_scale / facts.timeline.time_scale
        line = replace(facts.timeline, time_scale=session.time_scale)
        facts = replace(facts, timeline=line, duration_s=facts.duration_s * slower, fps=facts.fps / slower)
    preview = library.folder(session.id) / PREVIEW
    return PlayableFilm(path, facts, preview, preview_is_whole(preview))


def preview_is_whole(folder: Path) -> bool:
    """Whether a session's proxy is complete. Raises VideoError for a damaged one."""
    manifest = read_manifest(folder)
    return manifest is not None and bool(manifest["complete"])


def _keep_facts(library: Library, session_id: str, facts: VideoFacts) -> None:
    part = library.scratch / f"{session_id}.facts"
    part.write_bytes(to_bytes(facts))
    part.replace(library.folder(session_id) / _FACTS)


def _known_facts(library: Library, session_id: str, path: Path) -> VideoFacts | None:
    """The facts kept at import, where they still fit the file."""
    try:
        facts = from_bytes((library.folder(session_id) / _FACTS).read_bytes())
    except (OSError, ValueError):
        return None
    return replace(facts, path=path) if facts.size == path.stat().st_size else None
