"""Landmarks that the coach moved, put into a track; the analyzer's own track stays as it is. Anyone may call it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from coachvision.core.results import Track


def corrected(track: Track, moved: Iterable[tuple[str, int, float, float]]) -> Track:
    """The track with (landmark, pts, x, y) in place and marked in `corrected`; the same track where nothing fits it.

    A later analysis may have fewer frames or other landmarks: what does not fit waits, it is not an error.
    """
    points = track.points.copy()
    mask = np.zeros(track.confidence.shape, np.bool_) if track.corrected is None else track.corrected.copy()
    found = False
    for landmark, pts, x, y in moved:
        at = int(np.searchsorted(track.pts, pts))
        if landmark in track.names and at < len(track.pts) and track.pts[at] == pts:
            point = track.names.index(landmark)
            points[at, point] = x, y
            mask[at, point] = True
            found = True
    return replace(track, points=points, corrected=mask) if found else track
