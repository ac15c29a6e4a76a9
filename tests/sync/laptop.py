"""A laptop of the sync tests: a library, an account's tokens, and a syncer over the real gateway remote."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from coachvision.accounts.account import Account
from coachvision.clock import Clock
from coachvision.library import Library
from coachvision.library.records import Run, VideoRow
from coachvision.services.sync_now import Halt, Summary, Syncing, opened_journal
from coachvision.sync.engine import Wishes
from coachvision.sync.journal import Journal
from coachvision.sync.records import SyncState
from coachvision.sync.remotes.gateway import GatewayRemote
from coachvision.sync.standing import standing
from tests.library.samples import FACTS, TIMELINE, example_result


@dataclass
class Tokens:
    """The tokens of one account, as accounts hands them to sync. One more sign-in gives a fresh one."""

    user_id: str
    token: str
    fresh: Callable[[], str]

    def access_token(self, *, rejected: str | None = None) -> str:
        if rejected == self.token:
            self.token = self.fresh()
        return self.token


class NoNetworkNews:
    """A system that calls no link metered, unless told."""

    def __init__(self) -> None:
        self.is_metered = False

    def metered(self) -> bool:
        return self.is_metered


@dataclass
class Laptop:
    """user_id None: the library is opened as the guest's."""

    root: Path
    gateway: str
    tokens: Tokens | None
    clock: Clock | None = None
    stall_s: float = 30.0
    wishes: Wishes = field(default_factory=Wishes)
    network: NoNetworkNews = field(default_factory=NoNetworkNews)

    @property
    def user_id(self) -> str | None:
        return self.tokens.user_id if self.tokens else None

    @contextmanager
    def library(self) -> Iterator[Library]:
        with Library.open(self.root, self.clock, user_id=self.user_id) as library:
            yield library

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        with opened_journal(self.root) as journal:
            yield journal

    def syncing(self) -> Syncing:
        assert self.tokens is not None
        tokens = self.tokens
        return Syncing(
            self.root, Account(self.root / "no-config", {}), clock=self.clock, network=self.network,
            wishes=lambda: self.wishes, remote=lambda: GatewayRemote(self.gateway, tokens, stall_s=self.stall_s),
        )  # fmt: skip

    def sync(self, *, follow: bool = False, halt: Halt | None = None) -> Summary:
        return self.syncing().once(halt or Halt(), follow=follow)

    def until_done(self, most: int = 40) -> Summary:
        """Sync as often as needed; waiting times are skipped by forgetting them."""
        for _ in range(most):
            summary = self.sync()
            with self.journal() as journal:
                left = journal.open_items(self.user_id or "") or journal.dirty(self.user_id or "")
            if not left:
                return summary
            self.hurry()
        raise AssertionError(f"not done after {most} runs: {summary}, {left}")

    def hurry(self) -> None:
        """As if all waiting were over."""
        with self.journal() as journal, journal._db.transaction("hurry") as db:
            db.execute("UPDATE sync_item SET next_at = 0")
            db.execute("UPDATE sync_root SET next_at = 0")

    def state(self, session: str) -> SyncState:
        with self.journal() as journal:
            return standing(journal, self.user_id or "", [session])[session]

    def add_session(self, title: str = "Squats", *, size: int = 100_000, seed: int = 1, **more: object) -> str:
        """A session with a film of that many bytes, an athlete, a tag, one run."""
        with self.library() as library:
            return make_session(library, title, size=size, seed=seed, **more)  # type: ignore[arg-type]


def film(path: Path, size: int, seed: int) -> Path:
    path.write_bytes(random.Random(seed).randbytes(size))  # noqa: S311 - the same bytes each time
    return path


def make_session(
    library: Library, title: str, *, size: int, seed: int, athlete: str = "Anna", copy: bool = True
) -> str:
    source = film(library.root.parent / f"{title}-{seed}.mp4", size, seed)
    video: VideoRow = library.add_video(source, FACTS, copy=copy)
    runs = [Run("pose", "1", {}, example_result(float(seed)))]
    return library.create_session(video, athlete=athlete, title=title, tags=["test"], runs=runs, timeline=TIMELINE)
