"""One athlete's landmarks, cleaned once for all angles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import Track, Video, cleaning, uncertainty, view

Values = NDArray[np.float64]

SIDES = ("left", "right")
_PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
_USED = tuple(f"{side}_{part}" for part in _PARTS for side in SIDES)
# A landmark this share of the trunk's length off its neighbours in time may yet be movement; below, it is no outlier.
_OUTLIER_FLOOR = 0.05


@dataclass(frozen=True, eq=False)
class Body:
    """Cleaned landmarks of one athlete: (t, d) arrays by name; d = 2 in the picture, 3 in space.

    times: (t,) seconds. facing: (t,) +1 right, -1 left, 0 towards or away from the camera. cutoffs_hz: by landmark.
    """

    track: Track
    times: Values
    points: dict[str, Values]
    raw: dict[str, Values]
    cutoffs_hz: dict[str, float]
    facing: NDArray[np.int8]
    world: dict[str, Values] | None
    in_space: bool
    settings: cleaning.Cleaning

    @classmethod
    def from_track(cls, track: Track, video: Video, settings: cleaning.Cleaning, *, in_space: bool) -> Self:
        """Clean the landmarks that angles need. Points outside the picture were guessed, not seen: they are gaps."""
        times = video.timeline.times_of(track.pts)
        places = [track.names.index(name) for name in _USED]
        seen = track.points[:, places].astype(np.float64)
        edge = np.array([video.width, video.height])
        inside = np.asarray(((seen >= 0) & (seen <= edge)).all(axis=-1))
        trusted = np.zeros(inside.shape, dtype=bool) if track.corrected is None else track.corrected[:, places]
        confidence = np.where(inside | trusted, track.confidence[:, places], 0.0)
        points = seen
        world = None
        if track.world is not None:
            sure = inside & (track.confidence[:, places] >= settings.min_confidence)
            world = np.where(sure[..., None], track.world[:, places].astype(np.float64), np.nan)
            if in_space:
                points = world
                trusted = np.zeros(inside.shape, dtype=bool)  # the coach moves points of the picture, not of space
        floor = _OUTLIER_FLOOR * _trunk_length(points)
        cleaned = cleaning.clean(times, points, confidence, settings, trusted=trusted, floor=floor)
        return cls(
            track=track,
            times=times,
            points={name: cleaned.values[:, place] for place, name in enumerate(_USED)},
            raw={name: cleaned.raw[:, place] for place, name in enumerate(_USED)},
            cutoffs_hz={name: float(cleaned.cutoffs_hz[place]) for place, name in enumerate(_USED)},
            facing=view.facing(times, view.side_score(track)),
            world=None if world is None else {name: world[:, place] for place, name in enumerate(_USED)},
            in_space=in_space,
            settings=settings,
        )

    @property
    def rate_hz(self) -> float:
        """Median frames a second."""
        return 1.0 / float(np.median(np.diff(self.times)))

    @cached_property
    def sigma(self) -> dict[str, float]:
        """Standard uncertainty of one coordinate of each landmark after filtering, in the unit of the points."""
        return {name: self._sigma(self.raw[name], self.cutoffs_hz[name]) for name in self.raw}

    def _sigma(self, raw: Values, cutoff_hz: float) -> float:
        axes = [uncertainty.jitter(self.times, raw[:, axis]) for axis in range(raw.shape[1])]
        spread = float(np.sqrt(np.mean(np.square(axes)))) if np.isfinite(axes).all() else 0.0
        if np.isfinite(cutoff_hz):
            spread *= uncertainty.filtered_share(cutoff_hz, self.rate_hz)
        return spread if self.in_space else uncertainty.combined(spread, uncertainty.rectangular(1.0))


def _trunk_length(points: Values) -> float:
    """Median length from shoulder to hip, either side; 0 where never seen."""
    place = {name: at for at, name in enumerate(_USED)}
    lengths = np.concatenate(
        [
            np.linalg.norm(points[:, place[f"{side}_shoulder"]] - points[:, place[f"{side}_hip"]], axis=-1)
            for side in SIDES
        ]
    )
    known = lengths[np.isfinite(lengths)]
    return float(np.median(known)) if len(known) else 0.0
