"""An account erased by one laptop: the other says so, sends nothing by itself, and all of it when that is wanted."""

from __future__ import annotations

import httpx
import pytest

from coachvision.services import keep_in_cloud
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop


def erase(laptop: Laptop) -> None:
    assert laptop.tokens is not None
    headers = {"Authorization": f"Bearer {laptop.tokens.token}"}
    httpx.delete(f"{laptop.gateway}/v1/account", headers=headers, timeout=60).raise_for_status()


@pytest.fixture
def two(make_laptop: MakeLaptop) -> tuple[Laptop, Laptop, list[str]]:
    """Two laptops of one account and the ids of the sessions that both have, one made on each."""
    one, other = make_laptop("one"), make_laptop("other")
    first = one.add_session("Squats", seed=1)
    one.sync()
    second = other.add_session("Jumps", seed=2)
    other.sync(follow=True)
    one.sync(follow=True)
    assert [laptop.state(session).words for laptop in (one, other) for session in (first, second)] == [
        "In the cloud"
    ] * 4
    return one, other, [first, second]


def test_the_other_laptop_says_so_and_sends_nothing_by_itself(
    two: tuple[Laptop, Laptop, list[str]], cloud: Cloud
) -> None:
    one, other, sessions = two
    user = str(other.user_id)
    keep_in_cloud.remember(user, wanted=True)
    erase(one)

    summary = other.sync(follow=True)

    assert summary.erased
    assert "erased in the cloud" in summary.failed[0]
    assert (summary.uploaded_files, summary.sent_roots, cloud.keys(user)) == (0, 0, [])
    assert "In the cloud" not in [other.state(session).words for session in sessions]
    assert keep_in_cloud.answer(user) is None, "the coach is asked anew"
    with other.library() as library:
        assert {row.id for row in library.sessions()} == set(sessions)


def test_what_is_wanted_again_is_sent_whole(two: tuple[Laptop, Laptop, list[str]], cloud: Cloud) -> None:
    one, other, sessions = two
    erase(one)
    assert other.sync().erased

    summary = other.until_done()

    assert (summary.erased, summary.failed) == (False, [])
    assert [other.state(session).words for session in sessions] == ["In the cloud"] * 2
    assert len(cloud.keys(str(other.user_id))) == 4, "a film and a run of each"


def test_an_account_that_was_never_there_was_not_erased(laptop: Laptop) -> None:
    assert not laptop.sync().erased
    laptop.add_session()
    assert not laptop.sync().erased
    assert not laptop.sync().erased
