"""Where in a video something moves: a cheap curve over time, from which the active spans of a long recording are told.

Fed in the import pass. The curve and the spans are kept beside the proxy for whoever shows the video's time line.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Frame
from coachvision.video.files import write_whole

FILE = "activity.json"
_WIDTH = 160
_INTERVAL_S = 1 / 15
# A change of luma that sensor noise, averaged over a few pixels, does not reach.
_CHANGED = 12


class ActivityWriter:
    """Feed it every frame; it compares about fifteen a second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before: NDArray[np.uint8] | None = None
        self._at = -1.0
        self._index: list[int] = []
        self._pts: list[int] = []
        self._time: list[float] = []
        self._share: list[float] = []

    def feed(self, frame: Frame) -> None:
        """The next frame, in rising order of index."""
        # A thousandth of tolerance: frames at 15 a second are a rounding error apart from the interval.
        if self._before is not None and frame.time_s - self._at < _INTERVAL_S - 1e-3:
            return
        luma = frame.gray
        step = max(1, luma.shape[1] // _WIDTH)
        small = np.asarray(cv2.blur(np.ascontiguousarray(luma[::step, ::step]), (3, 3)), np.uint8)
        share = 0.0
        if self._before is not None and self._before.shape == small.shape:
            share = float(np.mean(cv2.absdiff(small, self._before) > _CHANGED))
        self._before, self._at = small, frame.time_s
        self._index.append(frame.index)
        self._pts.append(frame.pts)
        self._time.append(frame.time_s)
        self._share.append(round(share, 5))

    def close(self) -> None:
        """Write `activity.json`: for each looked-at frame, the share of the picture that changed (unit "1")."""
        found = {
            "version": 1,
            "unit": "1",
            "indices": self._index,
            "pts": self._pts,
            "times_s": [round(t, 4) for t in self._time],
            "values": self._share,
            "spans_s": active_spans(np.array(self._time), np.array(self._share)),
        }
        write_whole(self.folder / FILE, json.dumps(found).encode(), "video.activity")


def read_activity(folder: Path) -> list[tuple[float, float]]:
    """The active spans (start, end in seconds) that were written into a preview's folder; none where none were."""
    try:
        told = json.loads((folder / FILE).read_bytes())
        return [(float(start), float(end)) for start, end in told["spans_s"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def active_spans(
    times_s: NDArray[np.float64], values: NDArray[np.float64], *, join_s: float = 2.0, margin_s: float = 1.0
) -> list[tuple[float, float]]:
    """Spans (start, end in seconds) in which more moves than usual, joined over short pauses, with a margin.

    Threshold: between the quietest tenth and the busiest tenth, at a quarter of the way, so that neither a noisy camera
    nor one long rest moves it.
    """
    if not len(values):
        return []
    quiet, busy = np.percentile(values, [10, 90])
    if busy - quiet < 1e-3:
        return []
    active = times_s[values > quiet + 0.25 * (busy - quiet)]
    spans: list[tuple[float, float]] = []
    for time in active.tolist():
        start, end = max(0.0, time - margin_s), min(float(times_s[-1]), time + margin_s)
        if spans and start - spans[-1][1] <= join_s - margin_s:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
