"""F15: two laptops edit, delete and restore in any order: nothing is lost, and nothing comes back by itself."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from coachvision.sync.engine import Engine, Wishes
from coachvision.sync.halting import Halt
from coachvision.sync.journal import Journal
from coachvision.sync.records import Content
from tests.support.clock import ManualClock
from tests.sync.fakes import MemoryCloud, MemoryShelf, open_journal

TAGS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(3)]
LAPTOPS = st.sampled_from([0, 1])


class TwoLaptops(RuleBasedStateMachine):
    """Each edit has a content of its own; `parent` tells from which it was made."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.cloud = MemoryCloud()
        self.shelves = [MemoryShelf(name, Path(self.folder.name)) for name in ("one", "two")]
        self.opened = [open_journal(Path(self.folder.name) / name) for name in ("one", "two")]
        self.edits = itertools.count(1)
        self.parent: dict[str, str | None] = {}
        self.purged: set[str] = set()
        self.dead: set[str] = set()

    def engine(self, at: int) -> Engine:
        journal: Journal = self.opened[at][1]
        return Engine(
            journal, self.shelves[at], self.cloud, clock=ManualClock(), draw=lambda: 0.5, metered=lambda: False,
            wishes=Wishes,
        )  # fmt: skip

    @rule(at=LAPTOPS, tag=st.sampled_from(TAGS))
    def edit(self, at: int, tag: str) -> None:
        before = self.shelves[at].kept.get(tag)
        digest = f"edit-{next(self.edits)}"
        self.parent[digest] = before.digest if before else None
        self.dead.discard(tag)
        self.shelves[at].change(tag, Content(digest, before.trashed if before else False))

    @rule(at=LAPTOPS, tag=st.sampled_from(TAGS))
    def trash_or_untrash(self, at: int, tag: str) -> None:
        before = self.shelves[at].kept.get(tag)
        if before is not None:
            self.dead.discard(tag)
            self.shelves[at].change(tag, replace(before, trashed=not before.trashed))

    @rule(at=LAPTOPS, tag=st.sampled_from(TAGS))
    def delete_for_good(self, at: int, tag: str) -> None:
        before = self.shelves[at].kept.get(tag)
        if before is not None and before.trashed:
            self.purged.add(before.digest)
            if self.nobody_else_changed(at, tag):
                self.dead.add(tag)
            self.shelves[at].change(tag, None)

    def nobody_else_changed(self, at: int, tag: str) -> bool:
        """This laptop had seen all of it, and the other has nothing of its own to say."""
        other, (_, journal) = self.shelves[1 - at], self.opened[1 - at]
        told = any(row.id == tag for row in other.outbox) or journal.root(other.owner, "tag", tag).dirty
        mine = self.opened[at][1].root(other.owner, "tag", tag).remote_rev
        return not told and (self.cloud.held[tag].rev if tag in self.cloud.held else 0) == mine

    @rule(at=LAPTOPS)
    def sync(self, at: int) -> None:
        assert self.engine(at).run(Halt()).failed == []

    @rule()
    def both_come_to_rest(self) -> None:
        for _ in range(6):
            for at in (0, 1):
                assert self.engine(at).run(Halt()).failed == []
        one, two = ({tag: c for tag, c in shelf.kept.items() if not c.trashed} for shelf in self.shelves)
        assert one == two, "the two laptops show the same"
        assert not self.dead & set(one), "what was deleted stays deleted"
        surviving = {c.digest for shelf in self.shelves for c in shelf.kept.values()} | self.purged
        known = set(surviving)
        for digest in surviving:
            above = self.parent.get(digest)
            while above is not None:
                known.add(above)
                above = self.parent.get(above)
        assert set(self.parent) <= known, "every edit is there, or somebody who had it went on from it or deleted it"
        with_work = [journal.dirty(shelf.owner) for shelf, (_, journal) in zip(self.shelves, self.opened, strict=True)]
        assert with_work == [[], []]

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.both_come_to_rest()
            for database, _ in self.opened:
                database.close()
            self.folder.cleanup()


def test_f15_two_laptops_end_the_same_and_lose_nothing() -> None:
    run_state_machine_as_test(
        TwoLaptops,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
