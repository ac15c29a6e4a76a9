"""Small videos with known content, made on the spot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from coachvision.video.writer import VideoWriter
from tests.support.once import encoded_once


@encoded_once
def write_clip(path: Path, *, frames: int = 24, fps: int = 30, size: tuple[int, int] = (160, 120)) -> Path:
    """A grey clip across which a bright square moves by two pixels a frame; size: (width, height)."""
    width, height = size
    with VideoWriter(path, width, height, time_base=Fraction(1, fps)) as writer:
        for index in range(frames):
            picture = np.full((height, width, 3), 90, np.uint8)
            left = 2 * index % (width - 20)
            picture[height // 2 - 10 : height // 2 + 10, left : left + 20] = 230
            writer.write(picture, index)
    return path
