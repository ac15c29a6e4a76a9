"""Playlists made playable, and written as one film with titles. For the fronts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coachvision.core.tagging import Clip, nearest_frame
from coachvision.errors import CoachVisionError, LibraryError
from coachvision.library import Library
from coachvision.library.records import PlaylistRow
from coachvision.services.export.film import Reel, Scene, in_child, present
from coachvision.services.export.target import prepared, translated
from coachvision.services.session import WholeSession, read_film

_LONGEST_SIDE = 1920


@dataclass(frozen=True, eq=False)
class ClipInfo:
    """A clip as people see it. session: its name, or what is known of it. trouble: why it cannot be played, or ""."""

    clip: Clip
    session: str
    athlete: str
    start_s: float
    end_s: float
    trouble: str = ""

    @property
    def title(self) -> str:
        """What stands over it: its own title, else the session's name."""
        return self.clip.title or self.session


def playlist_clips(library: Library, playlist: PlaylistRow) -> tuple[ClipInfo, ...]:
    """Every clip of the playlist; one whose session or film is gone says so and stays in its place."""
    return tuple(_info(library, clip) for clip in playlist.clips)


def _info(library: Library, clip: Clip) -> ClipInfo:
    try:
        session = read_film(library, clip.session_id)
    except LibraryError:
        return ClipInfo(clip, "A deleted session", "", 0.0, 0.0, "Its session was deleted.")
    line = session.film.timeline
    times = (line.seconds_of(clip.start_pts), line.seconds_of(clip.end_pts))
    name = session.title or session.film.name
    trouble = ""
    if library.session(clip.session_id).trashed_at is not None:
        trouble = "Its session is in the trash."
    elif session.film.path is None:
        trouble = "Its session came without the video."
    elif not session.film.path.is_file():
        trouble = f"Its video is not at {session.film.path}."
    return ClipInfo(clip, name, session.athlete or "", *times, trouble)


def export_playlist(
    library: Library,
    playlist_id: str,
    target: Path,
    *,
    titles: bool = True,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Write the playlist as one H.264 MP4, clip after clip, each with its sound and its title at its foot.

    Films of other shapes stand on black in the first one's. progress: told 0 to 1. Returns the target. Raises
    CoachVisionError (a clip that cannot be read is named) or Cancelled; then nothing is left behind.
    """
    playlist = library.playlists.get(playlist_id)
    if not playlist.clips:
        raise CoachVisionError("Nothing to export", f"“{playlist.title}” has no clips.", hint="Add clips to it first.")
    films = [_film(library, clip, number) for number, clip in enumerate(playlist.clips, start=1)]
    scenes = tuple(_scene(clip, film, titles) for clip, film in zip(playlist.clips, films, strict=True))
    part = prepared(library, target)
    try:
        with tempfile.TemporaryDirectory(prefix="coachvision-") as spool, translated(target):
            in_child(Reel(scenes, target, *_size(films)), Path(spool), progress=progress, cancelled=cancelled)
    finally:
        part.unlink(missing_ok=True)
    return target


def _film(library: Library, clip: Clip, number: int) -> WholeSession:
    info = _info(library, clip)
    if info.trouble:
        raise CoachVisionError(
            "Not exported",
            f"Clip {number}, “{info.title}”, cannot be shown. {info.trouble}",
            hint="Bring it back, or take the clip out of the playlist.",
        )
    return read_film(library, clip.session_id)


def _scene(clip: Clip, session: WholeSession, titles: bool) -> Scene:
    line = session.film.timeline
    first, last = (line.index_of(nearest_frame(line, pts)) for pts in (clip.start_pts, clip.end_pts))
    title = clip.title or session.title or session.film.name
    under = " · ".join(part for part in (session.athlete or "", clip.note) if part)
    return Scene(present(session.film), first, last, title if titles else "", under if titles else "")


def _size(films: Sequence[WholeSession]) -> tuple[int, int]:
    """Width and height of the whole: the largest film of the first one's orientation, within 1920 pixels, even."""
    upright = films[0].film.height > films[0].film.width
    alike = [one.film for one in films if (one.film.height > one.film.width) == upright]
    width, height = max(((film.width, film.height) for film in alike), key=lambda size: size[0] * size[1])
    scale = min(1.0, _LONGEST_SIDE / max(width, height))
    return 2 * max(1, round(width * scale / 2)), 2 * max(1, round(height * scale / 2))
