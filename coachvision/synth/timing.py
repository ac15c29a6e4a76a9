"""The frame times of a synthetic recording: steady, or as unsteady as a phone's. For the scenes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from coachvision.core.time import Timeline

TIME_BASE = Fraction(1, 90000)


def frame_times(duration_s: float, fps: float, *, variable: bool, rng: np.random.Generator) -> Timeline:
    """The frames of a recording, the first at 0. variable: every interval differs and some frames are missing."""
    count = max(int(np.floor(duration_s * fps)) + 1, 2)
    seconds = np.arange(count) / fps
    if variable:
        jitter = rng.uniform(-0.25, 0.25, count) / fps
        jitter[0] = 0.0
        kept = rng.random(count) > 0.04
        kept[[0, -1]] = True
        seconds = (seconds + jitter)[kept]
    return Timeline(np.round(seconds / float(TIME_BASE)).astype(np.int64), TIME_BASE)
