"""What analyzers yield: tracks, series, events, metrics, warnings, subjects. Plain data with units; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Subject:
    """One athlete (or other tracked person) of a video; times are pts of the first and last frame in view."""

    id: int
    first_pts: int
    last_pts: int
    of_interest: bool = False


@dataclass(frozen=True, eq=False)
class Track:
    """Points of one subject over time.

    pts: (t,) int64. points: (t, p, 2) float32 in upright pixels, NaN where not found. confidence: (t, p) float32, 0..1.
    names: p landmark names. world: (t, p, 3) float32 metres from the mid-hip (x right, y down, z away from the camera),
    or None. corrected: (t, p) bool, True where the coach moved the point, or None.
    """

    name: str
    subject: int
    names: tuple[str, ...]
    pts: NDArray[np.int64]
    points: NDArray[np.float32]
    confidence: NDArray[np.float32]
    world: NDArray[np.float32] | None = None
    corrected: NDArray[np.bool_] | None = None
    unit: str = "px"

    def __post_init__(self) -> None:
        t, p = len(self.pts), len(self.names)
        if self.points.shape != (t, p, 2) or self.confidence.shape != (t, p):
            raise ValueError(f"track {self.name}: points {self.points.shape}, confidence {self.confidence.shape}")
        if self.world is not None and self.world.shape != (t, p, 3):
            raise ValueError(f"track {self.name}: world {self.world.shape}")

    def point(self, name: str) -> NDArray[np.float32]:
        """(t, 2) pixels of one landmark. Raises KeyError for an unknown name."""
        if name not in self.names:
            raise KeyError(name)
        return self.points[:, self.names.index(name)]

    def confidence_of(self, name: str) -> NDArray[np.float32]:
        """(t,) confidence of one landmark."""
        if name not in self.names:
            raise KeyError(name)
        return self.confidence[:, self.names.index(name)]


@dataclass(frozen=True, eq=False)
class Series:
    """One number over time. pts: (t,) int64; values: (t,) float64, NaN in gaps; raw: before filtering, or None."""

    name: str
    subject: int
    unit: str
    pts: NDArray[np.int64]
    values: NDArray[np.float64]
    raw: NDArray[np.float64] | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if self.values.shape != self.pts.shape or (self.raw is not None and self.raw.shape != self.pts.shape):
            raise ValueError(f"series {self.name}: {self.values.shape} values at {self.pts.shape} times")


@dataclass(frozen=True)
class Event:
    """An instant (end_pts None) or a span. values: named numbers, units in the name (`height_m`)."""

    kind: str
    subject: int
    start_pts: int
    end_pts: int | None = None
    label: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """One number, its unit ("1" for counts), its standard uncertainty (same unit, None if unknown) and its origin."""

    name: str
    subject: int
    value: float
    unit: str
    uncertainty: float | None
    method: str
    label: str = ""


@dataclass(frozen=True, eq=False)
class Result:
    """Everything one analyzer found in one video."""

    tracks: tuple[Track, ...] = ()
    series: tuple[Series, ...] = ()
    events: tuple[Event, ...] = ()
    metrics: tuple[Metric, ...] = ()
    subjects: tuple[Subject, ...] = ()
    warnings: tuple[str, ...] = ()

    def track(self, name: str, subject: int) -> Track:
        """The track of that name and subject. Raises KeyError."""
        for track in self.tracks:
            if track.name == name and track.subject == subject:
                return track
        raise KeyError((name, subject))
