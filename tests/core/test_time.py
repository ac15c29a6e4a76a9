"""Frame numbers, times and slow motion."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.time import Timeline


def _timeline(*pts: int) -> Timeline:
    return Timeline(np.array(pts, np.int64), Fraction(1, 1000))


def test_seconds_count_from_the_first_frame() -> None:
    assert _timeline(1500, 1533, 1567).seconds.tolist() == [0.0, 0.033, 0.067]


def test_seconds_of_any_ticks_and_back() -> None:
    timeline = Timeline(np.array([1500, 1533], np.int64), Fraction(1, 1000), time_scale=0.5)
    ticks = np.array([1498, 1500, 1540], np.int64)
    assert timeline.times_of(ticks).tolist() == [timeline.seconds_of(int(pts)) for pts in ticks] == [-0.001, 0.0, 0.02]
    # A tick is half a millisecond here: what is off by less than half of that is the same tick.
    assert timeline.ticks_at(timeline.times_of(ticks) + 0.0002).tolist() == ticks.tolist()


def test_a_video_without_frames_counts_from_tick_0() -> None:
    nothing = Timeline(np.zeros(0, np.int64), Fraction(1, 1000))
    assert (nothing.first_pts, nothing.seconds_of(250)) == (0, 0.25)


def test_frame_on_screen_is_the_last_one_not_later() -> None:
    timeline = _timeline(0, 33, 67, 100)
    assert [timeline.index_at(s) for s in (-1, 0, 0.0329, 0.033, 0.0669, 0.067, 9)] == [0, 0, 0, 1, 1, 2, 3]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50), st.integers(-(10**12), 10**12))
def test_every_frame_is_found_by_its_own_time_and_pts(steps: list[int], start: int) -> None:
    timeline = Timeline(start + np.cumsum(steps), Fraction(1, 90000))
    for index, pts in enumerate(timeline.pts):
        assert timeline.index_of(int(pts)) == index
        assert timeline.index_at(float(timeline.seconds[index])) == index


def test_slow_motion_is_scaled_to_the_capture_rate() -> None:
    stored = Timeline(np.arange(31, dtype=np.int64), Fraction(1, 30))
    real = stored.scaled(240.0)
    assert real.fps == pytest.approx(240.0)
    assert real.scaled(240.0).fps == pytest.approx(240.0), "scaling twice must not scale twice"


def test_phone_clip_of_variable_rate_is_told_from_rounding() -> None:
    assert not _timeline(0, 33, 67, 100, 133, 167).variable
    assert _timeline(0, 33, 67, 133, 200).variable


def test_times_that_go_back_are_refused() -> None:
    with pytest.raises(ValueError, match="increasing"):
        _timeline(0, 33, 33)
