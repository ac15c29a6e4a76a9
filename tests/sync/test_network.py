"""F3 to F6, F8, F18: a network that cuts, lies, stalls and refuses; a clock that is wrong; the storage's own rules."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from coachvision.gateway.protocol import SERVING
from coachvision.sync.remotes.connections import KEPT_S
from coachvision.sync.states import Reason, State
from tests.support.clock import ManualClock
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

SIZE = (10 << 20) + 1000
PORTAL = "<html><body>Welcome to the hotel. Please sign in.</body></html>"


def assert_whole(laptop: Laptop, cloud: Cloud, session: str) -> None:
    """One object a file, with the right bytes, and nothing left half done."""
    keys = [key for key in cloud.keys(str(laptop.user_id)) if session in key]
    with laptop.library() as library:
        video = library.session(session).video
        assert video is not None
    films = [key for key in keys if key.endswith(".mp4")]
    assert (len(films), len(keys)) == (1, 2)
    assert hashlib.sha256(cloud.body(films[0])).hexdigest() == video.sha256
    assert cloud.uploads(str(laptop.user_id)) == []
    assert laptop.state(session).words == "In the cloud"


@pytest.mark.parametrize(
    "path",
    [
        "/complete",
        "/v1/sessions/",
        *(pytest.param(path, marks=pytest.mark.soak) for path in ("/v1/uploads$", "/urls", "/v1/changes")),
    ],
)
def test_f3_an_answer_that_is_lost_changes_nothing(laptop: Laptop, cloud: Cloud, path: str) -> None:
    session = laptop.add_session(size=SIZE)
    cloud.api.fail({"kind": "lost", "path": path, "times": 1})
    first = laptop.sync()
    assert first.paused is Reason.OFFLINE
    # As soon as there is a network again, without waiting.
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)


# One of each kind is tried by `make test`, the others by `make soak`.
FAULTS: list[dict[str, Any]] = [
    {"kind": "reset", "at": 3_000_000}, {"kind": "status", "status": 503, "body": "later"},
    {"kind": "status", "status": 404, "body": "gone"}, {"kind": "error_in_200"},
    {"kind": "status", "status": 200, "body": PORTAL, "headers": {"Content-Type": "text/html"}},
]  # fmt: skip
MORE_FAULTS: list[dict[str, Any]] = [
    {"kind": "reset"}, {"kind": "truncate", "at": 5}, {"kind": "status", "status": 500, "body": "oops"},
    {"kind": "status", "status": 429, "body": "slow down", "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 403, "body": "no"}, {"kind": "status", "status": 410, "body": "gone"},
    {"kind": "status", "status": 302, "body": "", "headers": {"Location": "http://127.0.0.1:9/login"}},
]  # fmt: skip


def name_of(fault: dict[str, Any]) -> str:
    return f"{fault['kind']}-{fault.get('status', fault.get('at', ''))}"


def faults(*quick: int) -> list[Any]:
    """Every fault as a case; those of FAULTS with these numbers are quick."""
    cases = []
    for number, fault in enumerate([*FAULTS, *MORE_FAULTS]):
        marks = () if number in quick else (pytest.mark.soak,)
        cases.append(pytest.param(fault, id=name_of(fault), marks=marks))
    return cases


@pytest.mark.parametrize("fault", faults(0, 2, 3))
def test_f4_f5_whatever_the_storage_answers_once_the_object_is_whole_in_the_end(
    laptop: Laptop, cloud: Cloud, fault: dict[str, Any]
) -> None:
    session = laptop.add_session(size=SIZE)
    cloud.storage.fail({**fault, "path": "partNumber=2", "times": 2})
    laptop.until_done()
    assert_whole(laptop, cloud, session)


@pytest.mark.parametrize("fault", faults(1, 4))
def test_f4_f5_whatever_answers_in_the_gateways_place_once_all_is_whole_in_the_end(
    laptop: Laptop, cloud: Cloud, fault: dict[str, Any]
) -> None:
    session = laptop.add_session(size=1_000_000)
    # One after the other in one go: every kind of request meets the fault once.
    for path in ("/v1/changes", "/v1/uploads$", "/urls", "/complete", "/v1/sessions/"):
        cloud.api.fail({**fault, "path": path, "times": 1})
        laptop.sync()
        laptop.hurry()
    laptop.until_done()
    assert_whole(laptop, cloud, session)


def test_a_cloud_that_signs_another_part_than_it_was_asked_for_is_asked_again(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=1_000_000)
    other = {
        "parts": [{"n": 2, "url": "http://127.0.0.1:9/", "size": 1, "headers": {}}],
        "expires": "2030-01-01T00:00:00.000Z",
    }
    json = {"Content-Type": "application/json"}
    cloud.api.fail({"kind": "status", "status": 200, "body": other, "headers": json, "path": "/urls", "times": 1})
    assert [one.partition(": ")[2] for one in laptop.sync().failed] == ["The cloud did not sign what it was asked to."]
    laptop.until_done()
    assert_whole(laptop, cloud, session)


def test_f4_a_connection_that_stalls_is_given_up_and_the_file_goes_on_from_there(
    make_laptop: MakeLaptop, cloud: Cloud
) -> None:
    laptop = make_laptop(stall_s=2.0)
    session = laptop.add_session(size=SIZE)
    cloud.storage.fail({"kind": "stall", "path": "partNumber=2", "at": 1_000_000})
    assert laptop.sync().paused is Reason.OFFLINE
    assert laptop.state(session).words == "Waiting for the internet"
    cloud.storage.fail()
    laptop.stall_s = 30.0
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)
    parts = [part for part in cloud.parts_taken() if ".mp4" in part]
    assert len(parts) == len(set(parts)) == 3


# Before the request is served, and after: with half of the answer.
@pytest.mark.parametrize("kind", ["stall", "stall_reply"])
@pytest.mark.parametrize(
    "path",
    [
        "/complete",
        *(
            pytest.param(path, marks=pytest.mark.soak)
            for path in ("/v1/changes", "/v1/uploads$", "/urls", "/v1/sessions/")
        ),
    ],
)
def test_f4_a_gateway_that_falls_silent_is_given_up_and_asked_again(
    make_laptop: MakeLaptop, cloud: Cloud, path: str, kind: str
) -> None:
    laptop = make_laptop(stall_s=2.0)
    session = laptop.add_session(size=SIZE)
    cloud.api.fail({"kind": kind, "path": path, "times": 1})
    assert laptop.sync().paused is Reason.OFFLINE
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)


def test_f6_an_address_that_expires_on_the_way_is_signed_again_and_costs_no_attempt(
    laptop: Laptop, cloud: Cloud
) -> None:
    session = laptop.add_session(size=SIZE)
    expired = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    cloud.storage.fail({"kind": "status", "status": 403, "body": expired, "path": "partNumber=2", "times": 1})
    summary = laptop.sync()
    assert (summary.failed, summary.uploaded_files) == ([], 2)
    assert_whole(laptop, cloud, session)
    with laptop.journal() as journal:
        assert [item.attempts for item in journal.items(str(laptop.user_id), session)] == [0, 0]


def test_the_network_is_cut_at_forty_percent_and_what_was_sent_is_not_sent_again(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=25 << 20)
    cloud.storage.configure(cut_after=11 << 20)
    assert laptop.sync().paused is Reason.OFFLINE
    state = laptop.state(session)
    assert (state.kind, state.words) == ("waiting", "Waiting for the internet")
    cloud.storage.configure(offline=False, cut_after=None)
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)
    parts = cloud.parts_taken()
    assert len(parts) == len(set(parts))


@pytest.mark.parametrize("off_s", [-86_400.0, 86_400.0])
def test_f8_a_clock_that_is_wrong_by_a_day_does_not_matter(make_laptop: MakeLaptop, cloud: Cloud, off_s: float) -> None:
    clock = ManualClock()
    laptop = make_laptop(clock=clock)
    session = laptop.add_session(size=SIZE)
    cloud.storage.fail({"kind": "status", "status": 500, "path": "partNumber=2"})
    assert laptop.sync().failed != []
    cloud.storage.fail()
    clock.set_wrong(off_s)
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)


def test_f18_the_storages_own_rules_hold(laptop: Laptop, cloud: Cloud) -> None:
    cloud.storage.configure(r2=True)
    session = laptop.add_session(size=(20 << 20) + 17)
    laptop.until_done()
    assert_whole(laptop, cloud, session)
    assert not [one for one in cloud.storage.requests("PUT") if one["status"] == 400]


def test_a_busy_gateway_is_asked_again_when_it_said_and_a_limit_costs_no_attempt(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=1_000_000)
    problem = {"code": "rate_limited", "status": 429, "detail": "too fast", "request_id": "r", "retry_after": 7}
    headers = {"Content-Type": "application/problem+json", "Retry-After": "7"}
    cloud.api.fail({"kind": "status", "status": 429, "body": problem, "headers": headers, "path": "/v1/uploads$"})
    summary = laptop.sync()
    assert summary.wait_s is not None
    assert 5 < summary.wait_s <= 7
    with laptop.journal() as journal:
        items = journal.items(str(laptop.user_id), session)
        assert {item.state for item in items} <= {State.QUEUED, State.RETRY_WAIT}
        assert [item.attempts for item in items] == [0, 0]
    cloud.api.fail()
    laptop.until_done()
    assert_whole(laptop, cloud, session)


def test_what_cannot_be_tidied_up_holds_nothing_up(laptop: Laptop, cloud: Cloud) -> None:
    from tests.library.samples import TIMELINE, example_result

    session = laptop.add_session(size=100_000)
    assert laptop.sync().failed == []
    with laptop.library() as library:
        library.save_run(session, "pose", "2", {}, example_result(5.0), TIMELINE)
    cloud.api.fail({"kind": "status", "status": 500, "body": "oops", "method": "DELETE"})
    other = laptop.add_session("Other", size=100_000, seed=2)
    laptop.sync()
    assert laptop.state(session).words == laptop.state(other).words == "In the cloud"
    cloud.api.fail()
    assert laptop.sync().failed == []
    assert len(cloud.keys(str(laptop.user_id))) == 4


def test_a_full_cloud_is_told_and_the_numbers_are_safe_all_the_same(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=1_000_000)
    problem = {"code": "quota_exceeded", "status": 507, "detail": "full", "request_id": "r"}
    headers = {"Content-Type": "application/problem+json"}
    full = {"kind": "status", "status": 507, "body": problem, "headers": headers, "path": "/v1/uploads$"}
    cloud.api.fail({**full, "skip": 1})
    laptop.sync()
    state = laptop.state(session)
    assert (state.kind, state.words) == ("failed", "Failed because your cloud storage is full")
    assert "Delete sessions" in state.hint
    assert [one["status"] for one in cloud.api.requests("PUT", "/v1/sessions/")][-1] == 200
    cloud.api.fail()
    laptop.hurry()
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)


def test_paused_metered_and_signed_out_nothing_leaves_the_laptop(make_laptop: MakeLaptop, cloud: Cloud) -> None:
    from coachvision.sync.engine import Wishes

    laptop = make_laptop()
    session = laptop.add_session()
    for change, reason, words in (
        ({"paused": True}, Reason.USER, "Paused"),
        ({}, Reason.METERED, "Waiting for a connection that costs nothing"),
    ):
        laptop.wishes = Wishes(**change)
        laptop.network.is_metered = reason is Reason.METERED
        assert laptop.sync().paused is reason
        assert laptop.state(session).kind in ("waiting", "local"), words
    assert cloud.api.requests() == []
    laptop.wishes = Wishes(metered_allowed=True)
    assert laptop.sync().failed == []
    assert_whole(laptop, cloud, session)


def test_a_silent_connection_is_given_up_by_us_before_the_gateway_closes_it() -> None:
    # The other way round a request can meet the end of its connection, and be told as a failed one.
    assert SERVING["timeout_keep_alive"] > KEPT_S
