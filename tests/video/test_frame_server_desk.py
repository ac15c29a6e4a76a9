"""A jump is decoded at once; while the mouse moves on, the decoder waits until it rests."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from coachvision.video.frame_server_desk import Desk
from coachvision.video.frame_server_talk import Show

_LONG_S = 60.0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the orders, at [0]."""
    told = [100.0]
    monkeypatch.setattr("coachvision.video.frame_server_desk._now", lambda: told[0])
    return told


def resting(desk: Desk, order: Show) -> threading.Thread:
    """Someone who rests on the order; ends when that does."""
    thread = threading.Thread(target=desk.rest, args=(order, _LONG_S))
    thread.start()
    return thread


@pytest.mark.usefixtures("now")
def test_first_jump_of_all_does_not_wait() -> None:
    desk = Desk(np.arange(100) / 30)
    order = Show(1, 50)
    desk.put(order)
    thread = resting(desk, order)
    thread.join(_LONG_S / 2)
    assert not thread.is_alive()


def test_a_jump_some_time_after_another_does_not_wait(now: list[float]) -> None:
    desk = Desk(np.arange(100) / 30)
    desk.put(Show(1, 50))
    now[0] += 0.15
    order = Show(2, 80)
    desk.put(order)
    thread = resting(desk, order)
    thread.join(_LONG_S / 2)
    assert not thread.is_alive()


@pytest.mark.parametrize("apart_s", [0.008, 0.016, 0.033])
def test_in_a_movement_it_waits_until_the_next_order(now: list[float], apart_s: float) -> None:
    desk = Desk(np.arange(100) / 30)
    desk.put(Show(1, 50))
    now[0] += apart_s
    order = Show(2, 51)
    desk.put(order)
    thread = resting(desk, order)
    # Nothing but another order ends it: a tenth of a second is a hundred times what an answer at once takes.
    thread.join(0.1)
    assert thread.is_alive()
    now[0] += apart_s
    desk.put(Show(3, 52))
    thread.join(_LONG_S / 2)
    assert not thread.is_alive()
