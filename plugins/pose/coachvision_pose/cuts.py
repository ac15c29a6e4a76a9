"""Tells where one shot ends and another begins, so that no identity is carried over blindly. For `analyzer`."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import Frame

_SIZE = (32, 18)
# A cut changes the small picture by far more than the motion of the last half second, and by a good part of its range.
_LEAST_CHANGE = 18.0
_TIMES_USUAL = 4.0
_MEMORY = 12


class CutFinder:
    """Fed with every frame in order."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._changes: deque[float] = deque(maxlen=_MEMORY)

    def is_cut(self, frame: Frame) -> bool:
        """True on the first frame of a new shot (not on the first of the video)."""
        gray = frame.gray
        step = max(1, min(gray.shape) // 128)
        small = cv2.resize(np.ascontiguousarray(gray[::step, ::step]), _SIZE, interpolation=cv2.INTER_AREA)
        now = np.asarray(small, np.float32)
        last, self._last = self._last, now
        if last is None:
            return False
        change = float(np.abs(now - last).mean())
        usual = float(np.median(self._changes)) if self._changes else _LEAST_CHANGE
        self._changes.append(change)
        return change > _LEAST_CHANGE and change > _TIMES_USUAL * usual
