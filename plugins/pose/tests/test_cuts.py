"""Shot cuts are seen; pans, flicker and motion are not taken for them."""

from __future__ import annotations

import numpy as np

from coachvision.plugins.api import Frame
from coachvision_pose.cuts import CutFinder


def scene(seed: int, size: tuple[int, int] = (180, 640)) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 255, (size[0] // 20, size[1] // 20), dtype=np.uint8)
    return np.kron(coarse, np.ones((20, 20), np.uint8))


def cuts(pictures: list[np.ndarray]) -> list[int]:
    finder = CutFinder()
    frames = [Frame(i, i, i / 30, rgb=np.repeat(gray[:, :, None], 3, axis=2)) for i, gray in enumerate(pictures)]
    return [frame.index for frame in frames if finder.is_cut(frame)]


def test_a_cut_is_found_at_the_first_frame_of_the_new_shot() -> None:
    before, after = scene(1)[:, :320], scene(2)[:, :320]
    assert cuts([before] * 10 + [after] * 10 + [before] * 5) == [10, 20]


def test_a_pan_is_no_cut() -> None:
    wide = scene(3)
    assert cuts([np.ascontiguousarray(wide[:, 8 * i : 8 * i + 320]) for i in range(40)]) == []


def test_a_flash_of_light_is_no_cut() -> None:
    still = (scene(4)[:, :320] // 2).astype(np.uint8)
    assert cuts([still] * 5 + [still + 12] + [still] * 5) == []


def test_tiny_frames_do_not_matter() -> None:
    assert cuts([np.zeros((16, 16), np.uint8)] * 3) == []
