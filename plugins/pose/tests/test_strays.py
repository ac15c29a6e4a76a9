"""An athlete who leaves takes the last frames along that show something else."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision_pose.landmarker import Pose
from coachvision_pose.strays import trimmed
from coachvision_pose.tracking import Sight

TORSO = 100.0
METRE = TORSO / 0.49


def sight(index: int, fps: float, x: float, y: float = 300.0) -> Sight:
    points = np.tile(np.array([x, y], np.float32), (33, 1))
    points[[11, 12], 1] -= TORSO
    alignment = np.array([[x, y], [x, y - 2 * TORSO]], np.float32)
    return Sight(
        index, index, index / fps, Pose.of(points, np.full(33, 0.9, np.float32), np.zeros((33, 3)), alignment, 1.0)
    )


def numbers(sights: list[Sight]) -> list[int]:
    return [one.index for one in sights]


@pytest.mark.parametrize("fps", [10, 30, 120])
@pytest.mark.parametrize("pace", [0.0, 3.0, 9.0])
def test_a_leap_at_the_end_is_left_off(fps: int, pace: float) -> None:
    run = [sight(i, fps, pace * METRE * i / fps) for i in range(2 * fps)]
    far = 0.6 * TORSO if fps > 10 else 5 * TORSO
    run += [sight(2 * fps, fps, pace * METRE * 2 - far), sight(2 * fps + 1, fps, pace * METRE * 2 - far)]
    assert numbers(trimmed(run)) == list(range(2 * fps))


@pytest.mark.parametrize("fps", [10, 30, 120])
def test_a_sprinter_who_stops_dead_stays_whole(fps: int) -> None:
    # Nine metres a second to nothing within a third of a second is harder than any athlete brakes.
    times = np.arange(2 * fps) / fps
    speed = np.clip(9.0 * (1.9 - times) / (1 / 3), 0, 9.0)
    x = np.cumsum(speed) / fps * METRE
    run = [sight(i, fps, float(place)) for i, place in enumerate(x)]
    assert numbers(trimmed(run)) == list(range(2 * fps))


def test_a_landing_stays_whole() -> None:
    times = np.arange(60) / 30
    # Down from two metres in free fall, then still at once.
    fallen = np.minimum(0.5 * 9.81 * np.clip(times - 1.2, 0, None) ** 2, 2.0)
    run = [sight(i, 30, 0.0, float(300 + drop * METRE)) for i, drop in enumerate(fallen)]
    assert numbers(trimmed(run)) == list(range(60))


def test_each_stretch_has_its_own_end_and_a_short_one_is_left_alone() -> None:
    first = [sight(i, 30, 0.0) for i in range(59)] + [sight(59, 30, 80.0)]
    second = [sight(i, 30, 500.0) for i in range(100, 110)] + [sight(110, 30, 600.0)]
    assert numbers(trimmed(first + second)) == [*range(59), *range(100, 111)]
