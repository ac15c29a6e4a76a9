"""Left and right are put back where they were exchanged for a moment, and left alone where legs truly cross."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.plugins.api import LANDMARKS
from coachvision_pose.sides import exchanged

FPS = 30
SIZE = 200.0
LEFT = [i for i, name in enumerate(LANDMARKS) if name.startswith("left_") and i >= 23]
RIGHT = [i for i, name in enumerate(LANDMARKS) if name.startswith("right_") and i >= 23]


def walk(count: int = 90, noise: float = 0.6) -> np.ndarray:
    """(t, 33, 2): side view, stride of 1.2 s; legs swing in opposite phase and cross twice a stride."""
    t = np.arange(count) / FPS
    points = np.zeros((count, 33, 2), np.float32)
    points[:, :, 0] = 100 + 60 * t[:, None]
    points[:, :, 1] = np.linspace(0, SIZE, 33)
    for legs, phase in ((LEFT, 0.0), (RIGHT, np.pi)):
        reach = np.array([0.0, 0.15, 0.3, 0.3, 0.3], np.float32)[: len(legs)] * SIZE
        points[:, legs, 0] += reach * np.sin(2 * np.pi * t / 1.2 + phase)[:, None]
    rng = np.random.default_rng(7)
    return (points + rng.normal(0, noise, points.shape)).astype(np.float32)


def exchange(points: np.ndarray, frames: slice) -> np.ndarray:
    wrong = points.copy()
    wrong[frames, LEFT], wrong[frames, RIGHT] = points[frames, RIGHT], points[frames, LEFT]
    return wrong


def repaired(points: np.ndarray, confidence: float = 0.5) -> np.ndarray:
    count = len(points)
    ranks = exchanged(
        points, np.full((count, 33), confidence, np.float32), np.full(count, SIZE), np.arange(count) / FPS
    )
    return points[np.arange(count)[:, None], ranks]


@pytest.mark.parametrize("frames", [slice(40, 41), slice(41, 47), slice(58, 66)])
def test_exchanged_legs_are_put_back(frames: slice) -> None:
    truth = walk()
    wrong = exchange(truth, frames)
    left = np.abs(repaired(wrong) - truth).max(axis=(1, 2))
    before = np.abs(wrong - truth).max(axis=(1, 2))
    # Where the legs lie together the exchange cannot be seen and does no harm: a tenth of the body is the measure.
    assert (before > 0.1 * SIZE).sum() >= 1
    assert (left > 0.1 * SIZE).sum() == 0


def test_legs_that_truly_cross_are_left_alone() -> None:
    truth = walk()
    np.testing.assert_array_equal(repaired(truth), truth)


def test_what_the_network_says_for_long_stands() -> None:
    lasting = exchange(walk(), slice(20, 80))
    np.testing.assert_array_equal(repaired(lasting), lasting)


def test_two_frames_are_too_few_to_judge() -> None:
    short = walk(2)
    np.testing.assert_array_equal(repaired(short), short)
