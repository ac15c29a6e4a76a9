"""The player's clock: which frame is due when, at any speed, either way."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coachvision.app.player.transport import Transport
from coachvision.core.time import Timeline

# Irregular, as phones film: 0, 30, 70, 100, 130, 190 ... ms.
_MS = np.cumsum([0, 30, 40, 30, 30, 60, 30, 30, 30, 40])


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def transport(clock: Hands) -> Transport:
    return Transport(Timeline(_MS, Fraction(1, 1000)), clock)


def test_frames_fall_due_at_their_own_times(transport: Transport, clock: Hands) -> None:
    assert transport.start() == (0, 9)
    transport.run(0)
    for elapsed, due in ((0.0, 0), (0.029, 0), (0.031, 1), (0.069, 1), (0.071, 2), (0.135, 4), (0.189, 4), (5, 9)):
        clock.now = 100.0 + elapsed
        assert transport.due() == due


def test_half_speed_backwards_takes_twice_the_time(transport: Transport, clock: Hands) -> None:
    transport.index = 9
    transport.set_speed(-0.5)
    assert transport.start() == (9, 0)
    transport.run(9)
    clock.now += 0.081
    assert transport.due() == 8
    clock.now += 0.060
    assert transport.due() == 7


def test_changing_the_speed_does_not_move_the_time(transport: Transport, clock: Hands) -> None:
    transport.start()
    transport.run(0)
    clock.now += 0.1
    before = transport.time_s
    transport.set_speed(2.0)
    assert transport.time_s == pytest.approx(before)
    clock.now += 0.1
    assert transport.time_s == pytest.approx(before + 0.2)


@pytest.mark.parametrize(("asked", "got"), [(9.0, 4.0), (0.0, 0.05), (-7.0, -4.0), (-0.01, -0.05), (0.25, 0.25)])
def test_speeds_stay_within_what_can_be_played(transport: Transport, asked: float, got: float) -> None:
    transport.set_speed(asked)
    assert transport.speed == got


def test_playing_at_the_end_begins_again(transport: Transport) -> None:
    transport.index = 9
    assert transport.start() == (0, 9)


def test_the_span_is_played_from_its_start_when_it_is_over(transport: Transport) -> None:
    transport.first, transport.last = 2, 6
    transport.index = 4
    assert transport.start() == (4, 6)
    transport.index = 6
    assert transport.start() == (2, 6)
    # Looking at something behind the span plays what is there.
    transport.index = 7
    assert transport.start() == (7, 9)
    transport.loop = True
    transport.index = 7
    assert transport.start() == (2, 6)


def test_a_jump_moves_at_least_one_frame_and_never_out_of_the_video(transport: Transport) -> None:
    assert transport.jump(0.1) == 3
    assert transport.jump(0.001) == 1
    assert transport.jump(-1) == 0
    transport.index = 9
    assert transport.jump(1) == 9
    assert transport.jump(-0.001) == 8
