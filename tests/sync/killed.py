"""The separate process that tests kill: one run of sync. Called in a fork of `killers.ForkedRuns`."""

from __future__ import annotations

from pathlib import Path

from tests.sync.laptop import Laptop, Tokens


def work(root: str, gateway: str, user_id: str, token: str, follow: bool = False) -> None:
    laptop = Laptop(Path(root), gateway, Tokens(user_id, token, lambda: token))
    summary = laptop.sync(follow=follow)
    assert summary.failed == [], summary
    assert summary.paused is None
