"""Tagging, without a window: what a press of a button makes of a moment in a film of uneven frame times."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.tagging import (
    COLOURS,
    DEFAULT_BOARD,
    Board,
    Button,
    Clip,
    Moment,
    Tagger,
    button_data,
    button_from,
    clip_around,
    clip_data,
    clip_from,
    marker,
    moved_by,
    nearest_frame,
    rows_of,
    tagged,
    with_end,
    with_start,
)
from coachvision.core.time import Timeline
from coachvision.errors import UsageError

# 100 frames about 1/30 s apart, none quite so; the first is not at nought.
PTS = 7 + np.cumsum(np.array([0] + [19 + i % 3 for i in range(99)], dtype=np.int64))
FILM = Timeline(PTS, Fraction(1, 600))
FRAMES = st.sampled_from(PTS.tolist())


def test_lead_and_lag_reach_around_the_press_and_end_on_frames() -> None:
    moment = tagged(Button("Good", lead_s=0.5, lag_s=0.25), int(PTS[50]), int(PTS[50]), FILM)
    assert moment.category == "Good"
    start, end = FILM.index_of(moment.start_pts), FILM.index_of(moment.end_pts or 0)
    at = FILM.seconds[50]
    # The frame on screen at that moment: not later, and the next one is.
    assert FILM.seconds[start] <= at - 0.5 < FILM.seconds[start + 1]
    assert FILM.seconds[end] <= at + 0.25 < FILM.seconds[end + 1]
    assert (moment.lead_s, moment.lag_s) == (0.5, 0.25)


def test_at_the_ends_of_the_film_a_moment_is_cut_short() -> None:
    button = Button("Good", lead_s=10, lag_s=10)
    for press in (PTS[0], PTS[-1]):
        moment = tagged(button, int(press), int(press), FILM)
        assert (moment.start_pts, moment.end_pts) == (PTS[0], PTS[-1])


def test_without_lead_and_lag_a_press_is_an_instant() -> None:
    assert tagged(Button("Foot down"), int(PTS[8]), int(PTS[8]), FILM) == Moment("Foot down", int(PTS[8]))
    assert marker(int(PTS[8])).end_pts is None


def test_two_clicks_make_a_span_in_either_order_and_several_may_be_open() -> None:
    rally, serve = Button("Rally", two_clicks=True, lag_s=0.1), Button("Serve", two_clicks=True)
    tagger = Tagger()
    assert tagger.press(rally, int(PTS[40]), FILM) is None
    assert tagger.press(serve, int(PTS[30]), FILM) is None
    assert tagger.waiting == {"Rally", "Serve"}
    found = tagger.press(serve, int(PTS[20]), FILM)
    assert found == Moment("Serve", int(PTS[20]), int(PTS[30]))
    ended = tagger.press(rally, int(PTS[60]), FILM)
    assert ended is not None
    assert ended.start_pts == PTS[40]
    assert (ended.end_pts or 0) > PTS[60]
    assert tagger.waiting == frozenset()


def test_a_forgotten_first_click_makes_no_span() -> None:
    tagger = Tagger()
    tagger.press(Button("Rally", two_clicks=True), int(PTS[1]), FILM)
    tagger.forget()
    assert tagger.waiting == frozenset()


@given(st.floats(0, 600), st.floats(0, 600), FRAMES, FRAMES)
def test_every_moment_lies_within_the_film_on_its_frames(lead: float, lag: float, first: int, last: int) -> None:
    moment = tagged(Button("x", lead_s=lead, lag_s=lag), first, last, FILM)
    edges = [moment.start_pts] if moment.end_pts is None else [moment.start_pts, moment.end_pts]
    assert set(edges) <= set(PTS.tolist())
    assert edges[0] <= min(first, last)
    assert edges[-1] >= max(first, last)


@given(FRAMES, FRAMES, st.integers(-5000, 5000))
def test_a_dragged_edge_stays_on_a_frame_and_on_its_side(one: int, other: int, to: int) -> None:
    first, last = sorted((one, other))
    before = Moment("x", first, last if last > first else None, lead_s=1.0, lag_s=1.0)
    start, end = with_start(before, to, FILM), with_end(before, to, FILM)
    assert {start.start_pts, end.end_pts or end.start_pts} <= set(PTS.tolist())
    assert start.end_pts in (last, None)
    assert end.start_pts == first
    # A drag to the beginning of the film's first frame alone leaves no room for a span.
    assert start.end_pts is not None or last == PTS[0]
    assert end.end_pts is not None or first == PTS[-1]
    assert (start.lead_s, start.lag_s, end.lead_s, end.lag_s) == (0.0, 1.0, 1.0, 0.0)


@given(FRAMES, FRAMES, st.floats(-10, 10))
def test_a_moved_moment_keeps_its_length_to_the_frame(one: int, other: int, by: float) -> None:
    first, last = sorted((one, other))
    moment = Moment("x", first, last if last > first + 30 else None)
    moved = moved_by(moment, by, FILM)
    assert moved.start_pts in PTS
    if moment.end_pts is not None:
        assert moved.end_pts in PTS
        assert abs((moved.end_pts or 0) - moved.start_pts - (moment.end_pts - moment.start_pts)) <= 21
    else:
        assert moved.end_pts is None


def test_the_nearest_frame_is_on_either_side() -> None:
    assert [nearest_frame(FILM, int(PTS[5]) + by) for by in (-9, 0, 9, 12)] == [PTS[5], PTS[5], PTS[5], PTS[6]]
    assert [nearest_frame(FILM, pts) for pts in (-(10**9), 10**9)] == [PTS[0], PTS[-1]]


def test_rows_are_the_categories_in_order_of_time_with_the_newest_colour() -> None:
    moments = [Moment("B", 50, None, COLOURS[0]), Moment("A", 10), Moment("B", 5, 8, COLOURS[3]), Moment("A", 90)]
    rows = rows_of(moments)
    assert [(row.category, row.colour, row.numbers) for row in rows] == [
        ("B", COLOURS[3], (2, 0)),
        ("A", COLOURS[0], (1, 3)),
    ]
    for row in rows:
        assert all(moments[a].start_pts <= moments[b].start_pts for a, b in pairwise(row.numbers))


def test_keys_press_their_button_and_digits_the_one_at_that_place() -> None:
    board = Board("b", (Button("One"), Button("Two", key="x"), Button("Three", key="1")))
    pressed = {key: board.for_key(key) for key in ["1", "2", "3", "x", "X", "4", "y", "0"]}
    assert {key: button and button.name for key, button in pressed.items()} == {
        "1": "Three", "2": "Two", "3": "Three", "x": "Two", "X": "Two", "4": None, "y": None, "0": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"colour": "red"}, {"colour": "#FFFFFF"}, {"key": "ab"}, {"key": "?"}, {"lead_s": -1.0},
        {"lag_s": 601.0}, {"lead_s": float("nan")},
    ],
)  # fmt: skip
def test_a_button_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Button(**({"name": "Good"} | wrong))  # type: ignore[arg-type]  # what is wrong is the point


@pytest.mark.parametrize(
    "buttons",
    [(Button("A", key="x"), Button("B", key="X")), (Button("A"), Button("A")), tuple(map(Button, map(str, range(61))))],
)
def test_a_board_that_makes_no_sense_is_refused(buttons: tuple[Button, ...]) -> None:
    with pytest.raises(UsageError):
        Board("b", buttons)


def test_boards_and_clips_come_back_out_of_plain_data() -> None:
    for button in DEFAULT_BOARD.buttons:
        assert button_from(button_data(button) | {"of a newer version": 1}) == button
    clip = Clip("id", 5, 5, "Title", "Note")
    assert clip_from(clip_data(clip)) == clip
    with pytest.raises(ValueError, match="a clip from"):
        Clip("id", 6, 5)


def test_a_clip_of_an_instant_has_some_seconds_around_it() -> None:
    span = clip_around("id", int(PTS[4]), int(PTS[9]), FILM, title="Try")
    assert (span.start_pts, span.end_pts, span.title) == (PTS[4], PTS[9], "Try")
    early = clip_around("id", int(PTS[30]), None, FILM)
    assert early.start_pts == PTS[0]
    assert FILM.seconds_of(early.end_pts) == pytest.approx(float(FILM.seconds[30]) + 2, abs=0.04)


def test_a_span_needs_a_length() -> None:
    with pytest.raises(ValueError, match="a span from"):
        Moment("x", 5, 5)
