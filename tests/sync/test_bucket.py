"""A club's own bucket instead of a gateway: the same laptops, the same ends, against a real S3."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from coachvision.accounts.account import Account
from coachvision.clock import SystemClock
from coachvision.errors import AccountError, CoachVisionError, Offline, SignedOut, UsageError
from coachvision.library import Library
from coachvision.services import club_bucket
from coachvision.services.sync_now import Halt, Summary, Syncing, states
from coachvision.sync import faults
from coachvision.sync.engine import Wishes
from coachvision.sync.remotes.bucket import BucketRemote, Place
from coachvision.sync.states import Reason
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY
from tests.sync.conftest import BUCKET, Cloud
from tests.sync.laptop import NoNetworkNews, make_session

SIZE = (10 << 20) + 100


class Pair:
    """A key pair as the keyring hands it over."""

    def __init__(self, secret: str = SECRET_KEY) -> None:
        self._secret = secret

    def pair(self) -> tuple[str, str]:
        return ACCESS_KEY, self._secret


class ClubLaptop:
    """A guest's library: the bucket's key is all there is."""

    def __init__(self, root: Path, place: Place, keys: Pair | None = None) -> None:
        self.root, self.place, self.keys = root, place, keys or Pair()

    def sync(self, *, follow: bool = False) -> Summary:
        def remote() -> BucketRemote:
            return BucketRemote(self.place, self.keys, "", SystemClock(), part_bytes=5 << 20, stall_s=10)

        syncing = Syncing(self.root, Account(self.root, {}), network=NoNetworkNews(), wishes=Wishes, remote=remote)
        return syncing.once(Halt(), follow=follow)


@pytest.fixture
def place(cloud: Cloud, request: pytest.FixtureRequest) -> Place:
    return Place(cloud.storage.url, BUCKET, REGION, f"club/{request.node.name}/")


def keys_of(cloud: Cloud, place: Place) -> list[str]:
    return [key for key in cloud.swift.keys(BUCKET) if key.startswith(place.prefix)]


def test_a_clubs_bucket_takes_and_gives_back_sessions_and_keeps_both_versions(
    cloud: Cloud, place: Place, tmp_path: Path
) -> None:
    one, two = ClubLaptop(tmp_path / "one" / "library", place), ClubLaptop(tmp_path / "two" / "library", place)
    (tmp_path / "one").mkdir()
    with Library.open(one.root) as library:
        session = make_session(library, "Squats", size=SIZE, seed=1)
        video = library.session(session).video
        assert video is not None
    assert one.sync().failed == []
    objects = [key for key in keys_of(cloud, place) if "/objects/" in key]
    assert video.sha256 in {hashlib.sha256(cloud.body(key)).hexdigest() for key in objects}
    assert len(objects) == 2
    assert two.sync(follow=True).failed == []
    with Library.open(two.root) as library:
        assert library.check(deep=True) == []
        library.update_session(session, note="from two")
    with Library.open(one.root) as library:
        library.update_session(session, note="from one")
    assert one.sync(follow=True).failed == []
    assert len(two.sync().copies) == 1
    one.sync()
    for laptop in (one, two):
        with Library.open(laptop.root) as library:
            notes = sorted(library.session(row.id).note for row in library.sessions())
            assert notes == ["from one", "from two"]


@pytest.mark.soak
def test_a_bucket_goes_on_after_a_cut_and_completes_once_though_the_answer_was_lost(
    cloud: Cloud, place: Place, tmp_path: Path
) -> None:
    laptop = ClubLaptop(tmp_path / "library", place)
    with Library.open(laptop.root) as library:
        make_session(library, "Squats", size=SIZE, seed=1)
    cloud.storage.fail({"kind": "reset", "path": "partNumber=3", "at": 10})
    assert laptop.sync().paused is Reason.OFFLINE
    # The completing POST is served and its answer lost, once.
    cloud.storage.fail({"kind": "lost", "method": "POST", "path": r"\?uploadId=", "times": 1})
    laptop.sync()
    cloud.storage.fail()
    assert laptop.sync().failed == []
    assert len([key for key in keys_of(cloud, place) if "/objects/" in key]) == 2
    assert [key for key in cloud.swift.uploads(BUCKET) if key.startswith(place.prefix)] == []
    parts = cloud.parts_taken()
    assert len(parts) == len(set(parts))


def test_a_key_that_is_wrong_is_told_and_nothing_is_lost(cloud: Cloud, place: Place, tmp_path: Path) -> None:
    laptop = ClubLaptop(tmp_path / "library", place, Pair("not the secret"))
    with Library.open(laptop.root) as library:
        make_session(library, "Squats", size=1000, seed=1)
    summary = laptop.sync()
    assert summary.paused is Reason.KEY
    assert "does not accept its key" in summary.failed[0]
    assert "`coachvision bucket`" in summary.failed[0]
    with Library.open(laptop.root) as library:
        (told,) = states(library, [session.id for session in library.sessions()]).values()
    assert told.words == "Waiting for a key that the club's bucket accepts"
    laptop.keys = Pair()
    assert laptop.sync().failed == []


def test_a_keyring_without_the_key_sends_nothing(cloud: Cloud, place: Place, tmp_path: Path) -> None:
    class Empty(Pair):
        def pair(self) -> tuple[str, str]:
            raise SignedOut("There is no key for the bucket")

    laptop = ClubLaptop(tmp_path / "library", place, Empty())
    with pytest.raises(SignedOut):
        laptop.sync()
    assert cloud.storage.requests() == []


def test_another_bucket_gets_everything_and_the_first_one_again_nothing_twice(
    cloud: Cloud, place: Place, tmp_path: Path
) -> None:
    account = Account(tmp_path / "config", {"COACHVISION_TOKEN_FILE": str(tmp_path / "tokens")})
    root = tmp_path / "library"
    with Library.open(root) as library:
        session = make_session(library, "Squats", size=1000, seed=1)
    other = replace(place, prefix=f"{place.prefix}moved/")
    first = replace(place, prefix=f"{place.prefix}first/")

    def sync_with(chosen: Place) -> Summary:
        club_bucket.use(account, chosen, ACCESS_KEY, SECRET_KEY)
        summary = Syncing(root, account, network=NoNetworkNews()).once(Halt())
        assert (summary.failed, summary.paused, summary.copies) == ([], None, [])
        return summary

    assert sync_with(first).uploaded_files == 2
    assert sync_with(first).uploaded_files == 0
    assert sync_with(other).uploaded_files == 2
    for chosen in (first, other):
        kept = keys_of(cloud, chosen)
        assert [key for key in kept if f"records/{session}/" in key] != []
        assert len([key for key in kept if "/objects/" in key]) == 2
    again = sync_with(first)
    assert (again.uploaded_files, again.taken_in) == (0, [])
    assert len([key for key in keys_of(cloud, first) if "/objects/" in key]) == 2


def test_a_silent_bucket_is_broken_off_at_once(cloud: Cloud, place: Place) -> None:
    cloud.storage.fail({"kind": "stall", "method": "GET"})
    remote = BucketRemote(place, Pair(), "", SystemClock(), stall_s=600)
    met: list[faults.Fault] = []

    def look() -> None:
        try:
            remote.changes("")
        except faults.Fault as fault:
            met.append(fault)

    looking = threading.Thread(target=look)
    looking.start()
    while not cloud.storage.requests("GET"):
        looking.join(0.05)
    remote.break_off()
    looking.join(60)
    remote.close()
    assert [type(fault) for fault in met] == [faults.Offline]


def test_a_bucket_that_can_be_used_is_left_as_it_was_found(cloud: Cloud, place: Place) -> None:
    club_bucket.check(place, ACCESS_KEY, SECRET_KEY)
    assert keys_of(cloud, place) == []
    assert [one["method"] for one in cloud.storage.requests()] == ["PUT", "GET", "GET", "DELETE"]


def test_a_key_that_may_write_and_not_read_leaves_nothing_in_the_bucket(cloud: Cloud, place: Place) -> None:
    cloud.storage.fail(
        {"kind": "status", "method": "GET", "status": 403, "body": "<Error><Code>AccessDenied</Code></Error>"}
    )
    with pytest.raises(AccountError, match="does not accept this key"):
        club_bucket.check(place, ACCESS_KEY, SECRET_KEY)
    assert [one["method"] for one in cloud.storage.requests()] == ["PUT", "GET", "DELETE"]
    assert keys_of(cloud, place) == []


@pytest.mark.parametrize(
    ("wrong", "secret", "kind", "told"),
    [
        ({}, "not the secret", AccountError, "does not accept this key"),
        ({"bucket": "nobody-has-made-it"}, SECRET_KEY, AccountError, "There is no bucket of that name"),
        ({"bucket": "two words"}, SECRET_KEY, AccountError, "No bucket can be called that"),
        ({"endpoint": "http://127.0.0.1:1"}, SECRET_KEY, Offline, "cannot be reached"),
        ({"endpoint": "http://storage.example.org"}, SECRET_KEY, UsageError, "must begin with https://"),
        ({"endpoint": "https://in valid"}, SECRET_KEY, UsageError, "address is not right"),
        ({"prefix": "club"}, SECRET_KEY, UsageError, "must end in a slash"),
        ({}, "", UsageError, "needs its name and its key"),
    ],
)
def test_what_is_wrong_with_a_bucket_is_told_in_words(
    cloud: Cloud, place: Place, wrong: dict[str, str], secret: str, kind: type[CoachVisionError], told: str
) -> None:
    with pytest.raises(kind) as caught:
        club_bucket.check(replace(place, **wrong), ACCESS_KEY, secret)
    assert told in str(caught.value)
    assert not secret or secret not in str(caught.value)
