"""Searching a frame: tiles cover it, a still empty picture is not searched twice, far athletes are found in tiles."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from coachvision.plugins.api import Frame
from coachvision_pose.search import Search, tiles


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 480), (480, 480), (4000, 300)])
def test_tiles_cover_the_frame_and_overlap(size: tuple[int, int]) -> None:
    width, height = size
    covered = np.zeros((height, width), int)
    for x, y, side in tiles(width, height):
        if side < min(size):
            assert x >= 0
            assert y >= 0
            assert x + side <= width + 1e-6
            assert y + side <= height + 1e-6
            covered[round(y) : round(y + side), round(x) : round(x + side)] += 1
    assert covered.min() >= 1
    assert (covered >= 2).mean() > 0.3  # nobody is cut by every tile


def test_a_still_empty_picture_is_searched_once_and_a_change_again() -> None:
    search = Search()
    floor = np.full((360, 640, 3), 90, np.uint8)
    rng = np.random.default_rng(5)
    for i in range(5):
        noisy = np.clip(floor + rng.normal(0, 2, floor.shape), 0, 255).astype(np.uint8)
        assert search.whole(Frame(i, i, i / 30, rgb=noisy)) == []
    assert search.calls == 1
    floor[100:200, 300:340] = 200
    search.whole(Frame(5, 5, 5 / 30, rgb=floor))
    assert search.calls == 2


def test_a_far_athlete_is_found_by_tiles(shared_data: Path) -> None:
    picture = cv2.imread(str(shared_data / "pose_images" / "coco_000000000785.jpg"))
    assert picture is not None
    skier = cv2.cvtColor(picture[30:400, 260:520], cv2.COLOR_BGR2RGB)
    wide = np.full((1080, 1920, 3), 235, np.uint8)
    small = cv2.resize(skier, (105, 150), interpolation=cv2.INTER_AREA)
    wide[700:850, 1500:1605] = small
    frame = Frame(0, 0, 0.0, rgb=wide)
    search = Search()
    assert search.whole(frame) == []  # a seventh of the height: too small for the detector
    found = [person for _ in tiles(1920, 1080) for person in search.next_tile(frame)]
    assert found
    best = max(found, key=lambda person: person.score)
    assert 1500 < best.keypoints[0, 0] < 1605  # the hips lie on the figure
    assert 700 < best.keypoints[0, 1] < 850
