"""What a run will bring here, summed up before it does: for telling how far it is. Sync room only; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from coachvision.sync.halting import Halt
from coachvision.sync.journal import Journal
from coachvision.sync.local import Shelf
from coachvision.sync.remotes.base import Remote


@dataclass(frozen=True, slots=True)
class Coming:
    """Sessions that are not here as the cloud has them, and the bytes of their files that are not here."""

    sessions: int
    bytes: int


def coming(journal: Journal, shelf: Shelf, remote: Remote, halt: Halt) -> Coming:
    """Look through what changed since the last run. Raises a Fault, Stopped, CoachVisionError."""
    cursor = journal.value(f"cursor:{shelf.owner}") or ""
    sessions = size = 0
    # Two sessions of one video fetch it once.
    counted: set[str] = set()
    while True:
        page = remote.changes(cursor)
        for state in page.changes:
            halt.check()
            if state.manifest is None or state.rev <= journal.root(shelf.owner, state.kind, state.id).remote_rev:
                continue
            sessions += state.kind == "session"
            for file in state.manifest.files:
                wanted = file.object_id is not None and file.sha256 not in counted
                if wanted and shelf.holds(state.id, file.path, file.sha256) is None:
                    counted.add(file.sha256)
                    size += file.size
        cursor = page.cursor
        if not page.more:
            return Coming(sessions, size)
