"""What the cloud has of this account lies in this library under another: every run says so, until it has come."""

from __future__ import annotations

import shutil

import pytest

from coachvision.services import restore
from coachvision.services.sync_now import Halt
from coachvision.sync.records import Summary
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

BEHIND = (
    "Could not be brought here: 1 session, 1 athlete, 1 tag. Another account on this laptop has that already."
    " Nothing was changed. Restore into another library, opened with --library, to have it there."
)


@pytest.fixture
def bobs(make_laptop: MakeLaptop) -> tuple[Laptop, str]:
    """A laptop with Bob's copy of a session that Anna has in her cloud: both took the same guest's into theirs."""
    anna, bob = make_laptop("one", "anna"), make_laptop("two", "bob")
    session = Laptop(anna.root, anna.gateway, None).add_session("Squats")
    shutil.copytree(anna.root, bob.root)
    for laptop in (anna, bob):
        with laptop.library() as library:
            library.adoption.take()
    assert anna.sync().failed == []
    return bob, session


def test_what_another_account_has_is_told_by_every_run_and_comes_once_that_has_it_no_more(
    bobs: tuple[Laptop, str], make_laptop: MakeLaptop, cloud: Cloud
) -> None:
    bob, session = bobs
    here = make_laptop("two", "anna")

    def told(summary: Summary) -> str:
        assert summary.failed == summary.behind, summary
        assert not restore.whole(summary)
        return restore.in_words(summary)

    cloud.storage.reset()
    assert told(here.sync(follow=True)) == BEHIND
    assert told(here.sync()) == BEHIND
    assert told(here.sync(follow=True)) == BEHIND, "asked once more, it is tried once more"
    with bob.library() as library:
        assert [row.title for row in library.sessions()] == ["Squats"]
        assert library.check(deep=True) == []
        library.trash(session)
        library.purge_trash(older_than_days=-1)
    expected: list[int] = []
    summary = here.syncing().once(Halt(), follow=True, ahead=expected.append)
    assert told(summary) == BEHIND, "its athlete's name is still the other's"
    assert expected == [0], "no bar waits for what will not come"
    assert cloud.storage.requests("GET") == [], "nothing is fetched in vain"
    with bob.library() as library:
        for kind in ("athlete", "tag"):
            library.people.trash(kind, library.people.all(kind)[0].id)
        library.purge_trash(older_than_days=-1)
    summary = here.sync(follow=True)
    assert (summary.failed, restore.in_words(summary)) == ([], "A session has come to this laptop.")
    assert here.sync().failed == []
    with here.library() as library:
        assert [(row.id, row.athlete) for row in library.sessions()] == [(session, "Anna")]
        assert library.check(deep=True) == []
