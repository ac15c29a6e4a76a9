"""What could not be brought here and then came is not told any more, whenever that was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from coachvision.errors import LibraryError
from coachvision.sync.engine import Engine, Wishes
from coachvision.sync.halting import Halt
from coachvision.sync.records import Content, Root
from coachvision.sync.remotes.base import Page
from coachvision.wire.gateway import SessionManifest
from tests.support.clock import ManualClock
from tests.sync.fakes import OWNER, MemoryCloud, MemoryShelf, manifest, open_journal

TAG = "00000000-0000-4000-8000-000000000000"


def root(remote_rev: int) -> Root:
    """The tag as another laptop knows it."""
    return Root(
        OWNER, "tag", TAG, changed=1, sent=0, remote_rev=remote_rev, base=None, sending=None, attempts=0, next_at=0.0,
        reason=None, error="",
    )  # fmt: skip


@dataclass
class Refusing(MemoryShelf):
    """Takes nothing of what another account has."""

    def check(self, entity: str, root_id: str, told: SessionManifest) -> None:
        if told.document["digest"] == "another's":
            raise LibraryError("Another account has that")


class ChangedWhileAsked(MemoryCloud):
    """The tag changes after the first page was told."""

    def changes(self, cursor: str) -> Page:
        told = super().changes(cursor)
        if cursor:
            return told
        self.put(root(remote_rev=1), manifest(Content("ours"), "other"))
        return replace(told, more=True)


def test_what_comes_with_a_later_page_of_the_same_run_is_not_behind(tmp_path: Path) -> None:
    cloud = ChangedWhileAsked()
    cloud.put(root(remote_rev=0), manifest(Content("another's"), "other"))
    database, journal = open_journal(tmp_path)
    shelf = Refusing("here", tmp_path)
    engine = Engine(
        journal, shelf, cloud, clock=ManualClock(), draw=lambda: 0.5, metered=lambda: False, wishes=Wishes
    )  # fmt: skip
    engine.follow()
    assert engine.run(Halt()).behind == []
    assert shelf.kept == {TAG: Content("ours")}
    database.close()
