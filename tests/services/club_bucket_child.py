"""The separate process of `test_club_bucket`: has a bucket used, or used no more."""

from __future__ import annotations

import os

from coachvision.accounts.account import Account
from coachvision.services import club_bucket
from coachvision.sync.remotes.bucket import Place


def work(surroundings: dict[str, str], place: dict[str, str], pair: list[str]) -> None:
    """pair: (key id, secret); empty: use none any more."""
    os.environ.update(surroundings)
    if pair:
        club_bucket.use(Account(), Place(**place), *pair)
    else:
        club_bucket.forget(Account())
