"""The sessions that were opened last on this laptop, by account. For windows.

Kept beside the library, as ids alone: the names are the library's, which shows everybody his own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coachvision.errors import CoachVisionError
from coachvision.library import Library

MOST = 12
_FILE = "recent.json"
_GUEST = ""


@dataclass(frozen=True)
class Recent:
    """A session that was opened. missing: its video is not where it was."""

    id: str
    name: str
    athlete: str
    missing: bool


def remember(library: Library, session: str) -> None:
    """A session was opened: it is the newest of this account's. Raises CoachVisionError where it cannot be kept."""
    path = library.root / _FILE
    with _plain_words(path):
        kept = _read(path)
        mine = kept.get(library.user_id or _GUEST, [])
        kept[library.user_id or _GUEST] = [session, *(one for one in mine if one != session)][:MOST]
        part = path.with_suffix(".part")
        part.write_text(json.dumps(kept), encoding="utf-8")
        part.replace(path)


def recent(library: Library) -> list[Recent]:
    """What this account opened, the newest first; what is gone or in the trash is not told. Raises CoachVisionError."""
    path = library.root / _FILE
    with _plain_words(path):
        ids = _read(path).get(library.user_id or _GUEST, [])
    found = {digest.session.id: digest.session for digest in library.digests(ids)} if ids else {}
    told = []
    for session in (found[one] for one in ids if one in found):
        # A session that was imported as numbers never had a video here.
        missing = session.video_sha256 is not None and not library.video(session.video_sha256).path.exists()
        told.append(Recent(session.id, session.name, session.athlete or "", missing))
    return told


@contextmanager
def _plain_words(path: Path) -> Iterator[None]:
    """A full disk, a folder that may not be written: in words."""
    try:
        yield
    except OSError as error:
        raise CoachVisionError(
            "The list of what was opened last cannot be used",
            f"{path}: {error.strerror}",
            hint="The sessions themselves are not touched. Make room on that disk, or allow writing in that folder.",
            path=path,
        ) from error


def _read(path: Path) -> dict[str, list[str]]:
    """Ids by account; nothing where the file is damaged: it is a convenience, and written anew. Raises OSError."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {who: _texts(ids) for who, ids in told.items() if isinstance(ids, list)}


def _texts(ids: Sequence[object]) -> list[str]:
    return [one for one in ids if isinstance(one, str)][:MOST]
