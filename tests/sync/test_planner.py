"""What the planner answers, for anything that may happen."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.sync import backoff, planner
from coachvision.sync.faults import (
    Busy,
    Conflict,
    Expired,
    Fault,
    FileChanged,
    FileMissing,
    Gone,
    Mismatch,
    Offline,
    Refused,
    SignedOut,
    TooFast,
)
from coachvision.sync.planner import Conditions, Step, Verdict, judge
from coachvision.sync.records import UNKNOWN, Content, Item
from coachvision.sync.states import ALLOWED, BLOCKS, FINAL, Reason, State

NOW = 1_770_000_000.0
FAULTS = st.one_of(
    st.sampled_from(
        [
            Offline(""),
            SignedOut(""),
            Expired(""),
            Gone(""),
            Mismatch(""),
            Conflict(""),
            FileChanged(""),
            FileMissing(""),
        ]
    ),
    st.builds(Busy, st.just("busy"), st.one_of(st.none(), st.floats(-10, 1e9))),
    st.builds(TooFast, st.just("too fast"), st.one_of(st.none(), st.floats(0, 1e9))),
    st.builds(Refused, st.just("no"), st.sampled_from(sorted(BLOCKS))),
)


def item(**more: object) -> Item:
    values = {
        "id": 1, "owner": "o", "session_id": "s", "kind": "video", "name": "video", "ext": "mp4", "path": Path("v.mp4"),
        "size": 100, "mtime_ns": 1, "sha256": "0" * 64, "key": "k", "upload_id": None, "part_size": None,
        "state": State.QUEUED, "reason": None, "attempts": 0, "next_at": 0.0, "error": "", "sent": 0,
    }  # fmt: skip
    return Item(**{**values, **more})  # type: ignore[arg-type]


ITEMS = st.builds(
    item,
    state=st.sampled_from(sorted(State)),
    upload_id=st.sampled_from([None, "u"]),
    sha256=st.sampled_from([None, "0" * 64]),
    mtime_ns=st.sampled_from([None, 1]),
    size=st.sampled_from([0, 1, planner.SMALL_BYTES, planner.SMALL_BYTES + 1]),
    attempts=st.integers(0, 100),
    next_at=st.floats(0, 2 * NOW),
)


@given(st.integers(1, 60 * 2**30), st.integers(5 * 2**20, 2**30))
def test_parts_cover_the_file_once_and_all_but_the_last_are_equal(size: int, part_size: int) -> None:
    spans = planner.part_spans(size, part_size)
    assert spans[0][0] == 0
    assert all(a + length == b for (a, length), (b, _) in itertools.pairwise(spans))
    assert sum(length for _, length in spans) == size
    assert {length for _, length in spans[:-1]} <= {part_size}
    assert 1 <= spans[-1][1] <= part_size


@given(ITEMS.filter(lambda one: one.state not in FINAL), FAULTS, st.floats(0, 1))
def test_after_any_fault_a_file_is_in_a_state_from_which_it_comes_back(one: Item, fault: Fault, draw: float) -> None:
    change = planner.after_fault(one, fault, NOW, draw)
    assert change.state in ALLOWED[one.state] | {one.state}
    assert NOW <= change.next_at <= NOW + max(backoff.LONGEST_ASKED_S, planner.BLOCKED_LOOK_S)
    assert change.attempts - one.attempts in (0, 1)
    assert (change.state is State.BLOCKED) == (change.reason in BLOCKS)
    back = planner.resumed(one)
    assert back in ALLOWED[change.state]
    free_of_charge = Offline | SignedOut | TooFast | Refused | FileChanged | FileMissing
    assert (change.attempts == one.attempts) == isinstance(fault, free_of_charge)


@given(ITEMS, st.floats(0, 2 * NOW))
def test_nothing_is_done_before_its_time_and_nothing_after_the_end(one: Item, now: float) -> None:
    step = planner.next_step(one, now)
    if one.state in FINAL or (one.state is not State.PAUSED and now < one.next_at <= now + backoff.LONGEST_ASKED_S):
        assert step is Step.NOTHING
    else:
        assert step is not Step.NOTHING
        # A small file goes at once; without a look at a large one nothing is announced or sent; without an upload
        # nothing is asked of one.
        small = one.upload_id is None and one.size <= planner.SMALL_BYTES
        assert (step is Step.AT_ONCE) == small
        assert (step is Step.HASH) == (not small and (one.sha256 is None or one.mtime_ns is None))
        assert step in (Step.AT_ONCE, Step.HASH, Step.REGISTER) or one.upload_id is not None


@given(st.integers(0, 200), st.floats(0, 1), st.one_of(st.none(), st.floats(-1e3, 1e12)))
def test_the_wait_is_within_its_bounds_and_the_servers_word_wins(n: int, draw: float, asked: float | None) -> None:
    wait = backoff.wait(n, draw, asked)
    if asked is None:
        assert 0 <= wait <= min(300.0, 2.0**n)
    else:
        assert wait == min(max(asked, 0.0), backoff.LONGEST_ASKED_S)


@pytest.mark.parametrize("off_s", [-86_400.0, 86_400.0])
def test_a_clock_that_is_wrong_by_a_day_holds_nothing_up(off_s: float) -> None:
    waiting = item(state=State.RETRY_WAIT, next_at=NOW + 300.0)
    assert planner.next_step(waiting, NOW) is Step.NOTHING
    assert planner.next_step(waiting, NOW + off_s) is not Step.NOTHING


def test_nothing_is_sent_where_it_must_not_be() -> None:
    assert Conditions("me").hindrance is None
    assert Conditions(None).hindrance is Reason.AUTH
    assert Conditions("me", online=False).hindrance is Reason.OFFLINE
    assert Conditions("me", metered=True).hindrance is Reason.METERED
    assert Conditions("me", metered=True, metered_allowed=True).hindrance is None
    assert Conditions("me", paused=True).hindrance is Reason.USER


A, B, C = Content("a"), Content("b"), Content("c")
TRASHED_A = Content("a", trashed=True)


@pytest.mark.parametrize(
    ("base", "local", "remote", "verdict"),
    [
        (A, B, A, Verdict.PUSH),
        (A, A, B, Verdict.TAKE),
        (A, B, B, Verdict.AGREED),
        (A, B, C, Verdict.KEEP_BOTH),
        (UNKNOWN, A, B, Verdict.KEEP_BOTH),
        (UNKNOWN, A, A, Verdict.AGREED),
        # The notes were lost: what is in the trash may be an edit nobody else has. It stays there as a copy.
        (UNKNOWN, TRASHED_A, B, Verdict.KEEP_BOTH),
        (UNKNOWN, None, A, Verdict.TAKE),
        (A, None, A, Verdict.DELETE),
        (A, None, B, Verdict.TAKE),
        (A, A, None, Verdict.TRASH),
        (A, TRASHED_A, None, Verdict.AGREED),
        (A, B, None, Verdict.KEEP_COPY_AND_TRASH),
        (UNKNOWN, A, None, Verdict.TRASH),
        (None, A, None, Verdict.PUSH),
        (A, TRASHED_A, A, Verdict.PUSH),
        (TRASHED_A, A, TRASHED_A, Verdict.PUSH),
        (A, A, TRASHED_A, Verdict.TAKE),
        # An edit against the trash: the edit.
        (A, TRASHED_A, B, Verdict.TAKE),
        (A, B, TRASHED_A, Verdict.PUSH),
    ],
)
def test_two_sides_are_judged(
    base: Content | None, local: Content | None, remote: Content | None, verdict: Verdict
) -> None:
    assert judge(base, local, remote) is verdict


CONTENTS = st.one_of(st.none(), st.builds(Content, st.sampled_from("abc"), st.booleans()))


@given(st.one_of(st.just(UNKNOWN), CONTENTS), CONTENTS, CONTENTS)
def test_no_verdict_throws_away_an_edit_nobody_else_has(
    base: Content | None, local: Content | None, remote: Content | None
) -> None:
    verdict = judge(base, local, remote)
    edited_here = local is not None and base is not None and local.digest != base.digest
    if verdict is Verdict.TAKE and edited_here and local is not None:
        assert remote is not None
        assert local.digest == remote.digest
    if verdict is Verdict.PUSH and remote is not None and base not in (None, UNKNOWN) and base is not None:
        assert remote.digest in (base.digest, local.digest if local else "")
    if verdict is Verdict.DELETE:
        assert base == remote
