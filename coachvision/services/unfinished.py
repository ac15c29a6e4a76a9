"""Sessions whose preparation or analysis has begun and not ended: taken up again at the next start. For windows.

Kept in a small file of the settings folder, apart from the library, since it says what this computer was doing. A
closed window and a killed process leave their sessions in it; an analysis that the coach cancels is taken out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from coachvision import paths
from coachvision.errors import CoachVisionError
from coachvision.library import Library

FILE = "unfinished.json"
_LOCK = Lock()


def begin(library: Library, session: str) -> None:
    """Work on the session begins. Raises CoachVisionError where that cannot be written."""
    _change(library, lambda known: [*known, session] if session not in known else known)


def end(library: Library, session: str) -> None:
    """It ended, well or not, or the coach cancelled it. Raises CoachVisionError where that cannot be written."""
    _change(library, lambda known: [one for one in known if one != session])


def left(library: Library) -> list[tuple[str, str]]:
    """(session, its name) of what was left; sessions that are gone meanwhile are not."""
    known = _read().get(str(library.root), [])
    found = {summary.session.id: summary.session.name for summary in library.digests(known)}
    return [(session, found[session]) for session in known if session in found]


def _change(library: Library, change: Callable[[list[str]], list[str]]) -> None:
    with _LOCK:
        told = _read()
        before = told.get(str(library.root), [])
        after = change(before)
        if after == before:
            return
        told[str(library.root)] = after
        path = paths.config_dir() / FILE
        part = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps({root: ids for root, ids in told.items() if ids}), encoding="utf-8")
            part.replace(path)
        except OSError as error:
            raise CoachVisionError(
                "What is going on cannot be kept",
                f"{path}: {error.strerror}",
                hint="Make room on that disk.",
                path=path,
            ) from error


def _read() -> dict[str, list[str]]:
    """What the file says; a damaged one says nothing: the sessions are there, only nobody takes them up by himself."""
    path: Path = paths.config_dir() / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(root): [str(one) for one in ids] for root, ids in told.items() if isinstance(ids, list)}
