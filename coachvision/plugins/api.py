"""All that an analyzer may import from CoachVision. Stable within one major version (`API_VERSION`).

Two kinds of analyzer, and no more: one that sees every frame once, one that works from other analyzers' results.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from coachvision.core import asymmetry, cleaning, cutoff, derivatives, filters, kinematics, uncertainty, view
from coachvision.core.calibration import Calibration
from coachvision.core.frames import Frame, Image, Planes, rgb_matrix
from coachvision.core.landmarks import BONES, LANDMARKS, mirrored, side_of
from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.time import Timeline
from coachvision.core.video import Region, Video
from coachvision.plugins.version import API_VERSION

Parameters = Mapping[str, Any]


@runtime_checkable
class FrameAnalyzer(Protocol):
    """Sees the frames of one video, in order, each once."""

    def start(self, video: Video, params: Parameters) -> None:
        """Called once before the first frame. params: the manifest's parameters, filled and checked."""
        ...

    def frame(self, frame: Frame) -> None:
        """One frame. Its arrays are shared with other analyzers: read, never write."""
        ...

    def finish(self) -> Result:
        """Called once after the last frame."""
        ...


@runtime_checkable
class TwoWayAnalyzer(FrameAnalyzer, Protocol):
    """A frame analyzer whose manifest says `direction = "both"`: it may ask for earlier frames again, last first."""

    def backward_from(self) -> int | None:
        """Asked once after the last frame: the frames before this index are wanted again, last first; None: none."""
        ...

    def backward(self, frame: Frame) -> bool:
        """One earlier frame, in falling order of index. False ends the backward pass."""
        ...


@runtime_checkable
class SeriesAnalyzer(Protocol):
    """Works from the results that its manifest `needs`."""

    def compute(self, results: Mapping[str, Result], video: Video, params: Parameters) -> Result:
        """results: by analyzer id, everything named in `needs` (those present)."""
        ...


__all__ = [
    "API_VERSION",
    "BONES",
    "LANDMARKS",
    "Calibration",
    "Event",
    "Frame",
    "FrameAnalyzer",
    "Image",
    "Metric",
    "Parameters",
    "Planes",
    "Region",
    "Result",
    "Series",
    "SeriesAnalyzer",
    "Subject",
    "Timeline",
    "Track",
    "TwoWayAnalyzer",
    "Video",
    "asymmetry",
    "cleaning",
    "cutoff",
    "derivatives",
    "filters",
    "kinematics",
    "mirrored",
    "rgb_matrix",
    "side_of",
    "uncertainty",
    "view",
]
