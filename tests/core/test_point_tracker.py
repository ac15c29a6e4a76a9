"""A point is followed to a fraction of a pixel, and given up rather than guessed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.core.point_tracker import NothingToFollowError, PointTracker
from coachvision.synth import scenes

SIZE = 160


def picture(*balls: tuple[float, float], noise: int = 3, seed: int = 0, hue: int = 230) -> Image:
    """A mottled wall with soft-edged balls of eight pixels' radius."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float64)
    wall = 90 + 20 * np.sin(x / 17) * np.cos(y / 23)
    shape = np.repeat(wall[..., None], 3, axis=2)
    for bx, by in balls:
        cover = np.clip(8.5 - np.hypot(x - bx, y - by), 0, 1)[..., None]
        shape = shape * (1 - cover) + cover * np.array([hue, 180, 60])
    return np.clip(shape + rng.normal(0, noise, shape.shape), 0, 255).astype(np.uint8)


@settings(deadline=None, max_examples=20)
@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(40, 120), st.floats(40, 120))
def test_a_ball_is_found_to_a_fifth_of_a_pixel_wherever_it_goes(dx: float, dy: float, x: float, y: float) -> None:
    tracker = PointTracker(picture((x, y)), x, y, radius=10, reach=14)
    for step in (1, 2):
        ax, ay = x + step * dx, y + step * dy
        if not (25 < ax < SIZE - 25 and 25 < ay < SIZE - 25):
            return
        found = tracker.step(picture((ax, ay), seed=step))
        assert found is not None
        assert np.hypot(found.x - ax, found.y - ay) < 0.2
        # Half a pixel between the grids and the noise of both pictures cost more than a tenth (least of 250: 0.877).
        assert found.sure > 0.8


def test_what_is_gone_is_given_up_and_found_again_where_the_coach_points() -> None:
    tracker = PointTracker(picture((60, 60)), 60, 60, radius=10, reach=20)
    assert tracker.step(picture((64, 60))) is not None
    assert tracker.step(picture()) is None


def test_two_alike_near_one_another_are_not_guessed_between() -> None:
    tracker = PointTracker(picture((60, 60)), 60, 60, radius=10, reach=40)
    assert tracker.step(picture((60 - 22, 60), (60 + 22, 60), noise=0)) is None


def test_the_picture_grows_darker_and_the_ball_is_followed_on() -> None:
    tracker = PointTracker(picture((40, 80)), 40, 80, radius=10, reach=14)
    for step in range(1, 12):
        dimmed = (picture((40 + 5 * step, 80), seed=step) * (1 - 0.06 * step)).astype(np.uint8)
        found = tracker.step(dimmed)
        assert found is not None
        assert found.x == pytest.approx(40 + 5 * step, abs=0.4)


@pytest.mark.parametrize("at", [(-5, 10), (2, 80), (SIZE, SIZE)])
def test_a_place_beyond_the_picture_is_refused(at: tuple[int, int]) -> None:
    with pytest.raises(NothingToFollowError, match="inside"):
        PointTracker(picture(), *at, radius=10, reach=14)


def test_a_plain_wall_is_refused() -> None:
    flat = np.full((SIZE, SIZE, 3), 90, np.uint8)
    with pytest.raises(NothingToFollowError, match="told from"):
        PointTracker(flat, 80, 80, radius=10, reach=14)


def test_a_thrown_ball_is_followed_through_its_flight() -> None:
    scene = scenes.ball_throw(2, size=(640, 360), fps=60.0)
    truth: NDArray[np.float64] | None = scene.truth.ball_px
    throw = scene.truth.throw
    assert truth is not None
    assert throw is not None
    start = int(np.searchsorted(scene.truth.timeline.seconds, throw.release_s)) + 2
    tracker: PointTracker | None = None
    errors = []
    for index, (_, frame) in enumerate(scene.frames()):
        if index == start:
            tracker = PointTracker(frame, *truth[index], radius=8, reach=30)
        elif tracker is not None:
            found = tracker.step(frame)
            if found is None:
                break
            errors.append(np.hypot(found.x - truth[index, 0], found.y - truth[index, 1]))
    # All of the flight but what is cut by the picture's edge, to a quarter of a pixel.
    assert len(errors) > 0.9 * (scene.frame_count - start)
    assert np.median(errors) < 0.25
