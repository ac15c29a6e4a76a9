"""Laptop and cloud compared, record by record, and made the same without losing anything. Sync room only.

`planner.judge` decides; this does it. Everything is done so that a kill in between only means doing it again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coachvision.checkpoints import checkpoint
from coachvision.sync.fetching import fetch
from coachvision.sync.halting import Halt, Throttle
from coachvision.sync.journal import Journal
from coachvision.sync.local import LocalRoot, Shelf, content_of
from coachvision.sync.planner import Verdict, judge
from coachvision.sync.records import UNKNOWN, Content, NewItem, Root, Summary
from coachvision.sync.remotes.base import Remote
from coachvision.wire.gateway import ManifestFile, SessionManifest, SessionState

Told = Callable[[str, int], None]


class Settler:
    """Takes in what other laptops changed. told: (session id, bytes that have come)."""

    def __init__(
        self, journal: Journal, shelf: Shelf, remote: Remote, throttle: Throttle, halt: Halt, told: Told | None = None
    ) -> None:
        self._journal = journal
        self._shelf = shelf
        self._remote = remote
        self._throttle = throttle
        self._halt = halt
        self._told = told

    def settle(self, state: SessionState, summary: Summary, *, follow: bool, refused: bool = False) -> None:
        """Make this laptop and one record of the cloud agree. follow: sessions that are not here are wanted here.

        refused: the cloud has just refused ours and told what it holds. Raises a Fault, Stopped, CoachVisionError.
        """
        root = self._journal.root(self._shelf.owner, state.kind, state.id)
        if state.rev <= root.remote_rev and not refused:
            return
        local = self._shelf.look(state.kind, state.id)
        if local is None and root.base == UNKNOWN and not root.dirty and (state.deleted or not _wanted(state, follow)):
            return
        remote = _content(state)
        here = local.content if local is not None else None
        if remote is not None and root.sending == remote.digest:
            # Our own, whose answer was lost; what was changed here since then is still to be sent.
            self._agree(root, state, remote, here)
            return
        base = root.base if root.dirty or here is None else here
        checkpoint("sync.settle")
        self._do(judge(base, here, remote), root, state, local, remote, summary)

    def _do(
        self, verdict: Verdict, root: Root, state: SessionState, local: LocalRoot | None, remote: Content | None,
        summary: Summary,
    ) -> None:  # fmt: skip
        if verdict is Verdict.AGREED:
            if local is not None and state.manifest is not None and self._lacks(state.manifest, state.id):
                self._take(root, state, local, summary)
                return
            self._agree(root, state, remote, local.content if local is not None else None)
        elif verdict in (Verdict.PUSH, Verdict.DELETE):
            # Ours goes over theirs: from now on theirs is what both know.
            self._journal.agreed(root, state.rev, remote, sent=min(root.sent, root.changed - 1))
        elif verdict is Verdict.TAKE:
            self._take(root, state, local, summary)
        elif local is not None:
            if verdict in (Verdict.KEEP_BOTH, Verdict.KEEP_COPY_AND_TRASH):
                summary.copies.append(self._shelf.keep_copy(local))
                checkpoint("sync.copy_kept")
            if verdict is Verdict.KEEP_BOTH:
                self._take(root, state, local, summary)
            elif self._shelf.put_in_trash(root.entity, root.id, local.content):
                summary.taken_in.append(root.id)
                self._journal.agreed(root, state.rev, None, sent=root.changed)

    def _agree(self, root: Root, state: SessionState, remote: Content | None, here: Content | None) -> None:
        same = remote == here or (remote is None and here is not None and here.trashed)
        self._journal.agreed(root, state.rev, remote, sent=root.changed if same else min(root.sent, root.changed - 1))

    def _lacks(self, manifest: SessionManifest, session_id: str) -> bool:
        return any(
            one.object_id is not None and self._shelf.holds(session_id, one.path, one.sha256) is None
            for one in manifest.files
        )

    def _take(self, root: Root, state: SessionState, local: LocalRoot | None, summary: Summary) -> None:
        manifest = state.manifest
        assert manifest is not None  # noqa: S101 - only a tombstone has none; for the type checker
        self._shelf.check(root.entity, root.id, manifest)
        files = self._fetch(root.id, manifest)
        expected = local.content if local is not None else None
        try:
            if not self._shelf.take_in(root.entity, root.id, manifest, files, expected):
                # Changed while the files came: the next look compares anew.
                return
        finally:
            for path in files.values():
                path.unlink(missing_ok=True)
        checkpoint("sync.taken_in")
        for one in manifest.files:
            self._remember(root, one)
        self._journal.keep_only(root.owner, root.id, [one.path for one in manifest.files])
        summary.taken_in.append(root.id)
        summary.sessions += root.entity == "session"
        self._journal.agreed(root, state.rev, content_of(manifest.document), sent=root.changed)

    def _fetch(self, session_id: str, manifest: SessionManifest) -> dict[str, Path]:
        wanted = [
            one for one in manifest.files
            if one.object_id is not None and self._shelf.holds(session_id, one.path, one.sha256) is None
        ]  # fmt: skip
        self._shelf.room_for(sum(one.size for one in wanted))
        files: dict[str, Path] = {}
        try:
            for one in wanted:
                files[one.path] = fetch(
                    self._remote, one, self._shelf.scratch, self._halt, self._throttle, self._teller(session_id)
                )
        except BaseException:
            for path in files.values():
                path.unlink(missing_ok=True)
            raise
        return files

    def _teller(self, session_id: str) -> Callable[[int], None]:
        return lambda size: self._told(session_id, size) if self._told is not None else None

    def _remember(self, root: Root, one: ManifestFile) -> None:
        """What came from the cloud need not go there again."""
        path = self._shelf.holds(root.id, one.path, one.sha256)
        if one.object_id is not None and path is not None:
            ext = path.suffix.lower()[1:]
            new = NewItem(root.owner, root.id, one.kind, one.path, ext, path, one.size, one.sha256)
            self._journal.remember_stored(new, one.object_id)


def _content(state: SessionState) -> Content | None:
    if state.deleted or state.manifest is None:
        return None
    return content_of(state.manifest.document)


def _wanted(state: SessionState, follow: bool) -> bool:
    """People, boards and playlists are small and come by themselves; sessions where the coach asked for them."""
    return follow or state.kind != "session"
