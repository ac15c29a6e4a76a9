"""A long recording in which something moves in two parts alone. For tests of active spans."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from coachvision.video.writer import VideoWriter
from tests.support.once import encoded_once

FPS, SECONDS = 2, 330
PARTS = ((60, 90), (200, 240))


@encoded_once
def write_training(path: Path) -> Path:
    """330 s at 2 frames a second; a square moves from second 60 to 90 and from 200 to 240."""
    with VideoWriter(path, 96, 64, time_base=Fraction(1, FPS), preset="ultrafast") as writer:
        left = 0
        for index in range(FPS * SECONDS):
            if any(start <= index / FPS < end for start, end in PARTS):
                left = (left + 12) % 72
            picture = np.full((64, 96, 3), 90, np.uint8)
            picture[20:44, left : left + 24] = 230
            writer.write(picture, index)
    return path
