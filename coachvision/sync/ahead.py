"""What a run will bring here, summed up before it does: for telling how far it is. Sync room only; changes nothing."""

from __future__ import annotations

from coachvision.errors import CoachVisionError
from coachvision.sync.halting import Halt
from coachvision.sync.journal import Journal
from coachvision.sync.local import Shelf
from coachvision.sync.remotes.base import Remote


def coming(journal: Journal, shelf: Shelf, remote: Remote, halt: Halt) -> int:
    """Bytes of files that are not here, by a look through what changed since the last run.

    Raises a Fault, Stopped, CoachVisionError.
    """
    cursor = journal.value(f"cursor:{shelf.owner}") or ""
    size = 0
    # Two sessions of one video fetch it once.
    counted: set[str] = set()
    while True:
        page = remote.changes(cursor)
        for state in page.changes:
            halt.check()
            if state.manifest is None or state.rev <= journal.root(shelf.owner, state.kind, state.id).remote_rev:
                continue
            try:
                shelf.check(state.kind, state.id, state.manifest)
            except CoachVisionError:
                # It will not come, nor anything of it; the run says so.
                continue
            for file in state.manifest.files:
                wanted = file.object_id is not None and file.sha256 not in counted
                if wanted and shelf.holds(state.id, file.path, file.sha256) is None:
                    counted.add(file.sha256)
                    size += file.size
        cursor = page.cursor
        if not page.more:
            return size
