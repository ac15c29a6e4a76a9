"""Follows one point (a ball, a bar's end, a marker on the hip) from frame to frame. Pure; arrays in, places out.

Template matching by normalised cross-correlation (Lewis 1995) under a round soft mask, so that the background in the
corners does not hold the point back; searched around where constant velocity puts it. It stops rather than guess.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image

# Correlation from which a place counts as found; what the coach pointed at itself correlates by 1.
LEAST_SURE = 0.62
# The look of the point is learnt on only where it is plainly the same, and by this share a frame.
_LEARN_FROM, _LEARN = 0.85, 0.12
# Levels of 255 by which a template must vary, or it could be anywhere.
_LEAST_TEXTURE = 3.0
# A place as good as the best one, further off than this many radii, means that two things look alike.
_RIVAL, _RIVAL_AWAY = 0.97, 1.5
# The speed is guessed from the last steps: the newest counts for so much.
_NEWEST = 0.7


class NothingToFollowError(ValueError):
    """There is nothing at that place that differs from what is around it."""


@dataclass(frozen=True)
class Found:
    """Where the point is, upright pixels, and how sure: the correlation, 0..1."""

    x: float
    y: float
    sure: float


class PointTracker:
    """Follows what lies within `radius` pixels of a place; on the next frame it is at most `reach` from where it would
    be if it went on as before. Frames in order, each (h, w, 3) uint8.
    """

    def __init__(self, frame: Image, x: float, y: float, *, radius: float, reach: float) -> None:
        """Raises NothingToFollowError where there is no texture, or the place is not on the picture."""
        self._half = max(3, round(radius))
        self._reach = max(4, round(reach))
        self._at = np.array([x, y], dtype=np.float64)
        self._step = np.zeros(2)
        found = self._patch(frame, self._at)
        if found is None:
            raise NothingToFollowError("the point must lie inside the picture")
        side = np.arange(-self._half, self._half + 1)
        away = np.hypot(*np.meshgrid(side, side)) / (self._half + 0.5)
        self._mask = np.repeat(np.clip(2.2 * (1.0 - away), 0.0, 1.0)[..., None], 3, axis=2).astype(np.float32)
        inside = found[self._mask[..., 0] > 0.5]
        around = found[self._mask[..., 0] <= 0.5]
        texture = max(float(inside.std(axis=0).max()), float(np.abs(inside.mean(axis=0) - around.mean(axis=0)).max()))
        if texture < _LEAST_TEXTURE:
            raise NothingToFollowError("there is nothing there that can be told from what is around it")
        self._first = found
        self._template = found.copy()

    def step(self, frame: Image) -> Found | None:
        """Where it is on the next frame, or None where that is not sure: then it stays where it was."""
        guess = self._at + self._step
        window, left, top = self._window(frame, guess)
        size = 2 * self._half + 1
        if window.shape[0] < size or window.shape[1] < size:
            return None
        scores = self._scores(window, self._template)
        best, place = self._best(scores)
        if best < LEAST_SURE or self._has_rival(scores, best, place):
            return None
        # What has slowly become something else is held against what the coach pointed at.
        row, column = place
        again = float(self._scores(window[row : row + size, column : column + size], self._first)[0, 0])
        if again < LEAST_SURE * 0.6:
            return None
        offset = _peak(scores, place)
        at = np.array([left + self._half + column + offset[0], top + self._half + row + offset[1]])
        moved = at - self._at
        self._step = _NEWEST * moved + (1 - _NEWEST) * self._step
        self._at = at
        if best > _LEARN_FROM and (patch := self._patch(frame, at)) is not None:
            self._template = ((1 - _LEARN) * self._template + _LEARN * patch).astype(np.float32)
        return Found(float(at[0]), float(at[1]), min(best, 1.0))

    def _patch(self, frame: Image, at: NDArray[np.float64]) -> NDArray[np.float32] | None:
        """What lies around a place, resampled so that the place is in the middle; None where it reaches outside."""
        height, width = frame.shape[:2]
        if not (self._half <= at[0] < width - self._half and self._half <= at[1] < height - self._half):
            return None
        size = (2 * self._half + 1, 2 * self._half + 1)
        return cv2.getRectSubPix(frame, size, (float(at[0]), float(at[1]))).astype(np.float32)

    def _window(self, frame: Image, guess: NDArray[np.float64]) -> tuple[NDArray[np.float32], int, int]:
        height, width = frame.shape[:2]
        room = self._half + self._reach
        left, top = max(0, round(guess[0]) - room), max(0, round(guess[1]) - room)
        right, bottom = min(width, round(guess[0]) + room + 1), min(height, round(guess[1]) + room + 1)
        return frame[top : max(top, bottom), left : max(left, right)].astype(np.float32), left, top

    def _scores(self, window: NDArray[np.float32], template: NDArray[np.float32]) -> NDArray[np.float32]:
        scores = cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED, mask=self._mask)
        # Where the picture is flat the correlation is nought divided by nought.
        return np.asarray(np.where(np.isfinite(scores) & (scores <= 1.01), scores, -1.0), np.float32)

    def _best(self, scores: NDArray[np.float32]) -> tuple[float, tuple[int, int]]:
        row, column = np.unravel_index(int(np.argmax(scores)), scores.shape)
        return float(scores[row, column]), (int(row), int(column))

    def _has_rival(self, scores: NDArray[np.float32], best: float, place: tuple[int, int]) -> bool:
        rows, columns = np.ogrid[: scores.shape[0], : scores.shape[1]]
        far = np.hypot(rows - place[0], columns - place[1]) > _RIVAL_AWAY * self._half
        return bool(far.any()) and float(scores[far].max()) > _RIVAL * best


def _peak(scores: NDArray[np.float32], place: tuple[int, int]) -> tuple[float, float]:
    """Where between the pixels the maximum lies, x and y: the top of the parabola through its neighbours."""
    row, column = place
    offsets = []
    for line, at in ((scores[row], column), (scores[:, column], row)):
        if 0 < at < len(line) - 1:
            before, here, after = float(line[at - 1]), float(line[at]), float(line[at + 1])
            bend = before - 2 * here + after
            offsets.append(float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0)
        else:
            offsets.append(0.0)
    return offsets[0], offsets[1]
