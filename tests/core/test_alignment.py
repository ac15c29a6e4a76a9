"""Two films aligned: by a pair of times, at any speed, and by what happens in both."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.alignment import Alignment, Anchor, anchors, by_event
from coachvision.core.results import Event
from coachvision.core.time import Timeline

A = Timeline(np.arange(101) * 10, Fraction(1, 100))
B = Timeline(np.arange(51) * 10, Fraction(1, 100))
TIMES = st.floats(-1000, 1000)


@given(TIMES, TIMES, st.floats(0.05, 4), TIMES)
def test_there_and_back_is_the_same_time(at_a: float, at_b: float, speed: float, seconds: float) -> None:
    aligned = Alignment(at_a, at_b, speed)
    assert aligned.to_a(aligned.to_b(seconds)) == pytest.approx(seconds, abs=1e-6)
    assert aligned.to_b(at_a) == at_b


def test_both_are_seen_only_while_both_have_pictures() -> None:
    assert Alignment(2.0, 1.0).shared(A, B) == (1.0, 6.0)
    assert Alignment(0.0, 0.0, 0.25).shared(A, B) == (0.0, 10.0)
    assert Alignment(20.0, 0.0).shared(A, B) is None
    assert Alignment().shared(A, Timeline(np.zeros(0, np.int64), Fraction(1, 100))) is None


def test_films_are_aligned_by_the_first_event_of_a_kind_that_both_have() -> None:
    of_a = anchors([Event("rep", 1, 300, 500, "squat"), Event("rep", 1, 100, 200, "squat"), Event("step", 1, 50)], A)
    of_b = anchors([Event("rep", 1, 40, 90, "squat")], B)
    assert of_a[:2] == [Anchor("step", 1, 0.5), Anchor("squat: start", 1, 1.0)]
    assert by_event(of_a, of_b, "squat: end", 0.5) == Alignment(2.0, 0.9, 0.5)
    assert by_event(of_a, of_b, "step") is None


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), 1000.0])
def test_a_speed_that_makes_no_sense_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="a speed"):
        Alignment(speed=speed)
