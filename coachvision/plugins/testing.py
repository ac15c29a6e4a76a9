"""What an analyzer's own tests need: a video, frames and poses made from arrays, and a run under the host's rules.

Plugin tests import it; analyzers themselves do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coachvision.core.calibration import Calibration
from coachvision.core.frames import Frame
from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Result, Subject, Track
from coachvision.core.time import Timeline
from coachvision.core.video import Region, Video
from coachvision.plugins.api import FrameAnalyzer, SeriesAnalyzer, TwoWayAnalyzer
from coachvision.plugins.checking import check_result
from coachvision.plugins.host import check_parameters
from coachvision.plugins.manifest import FILE_NAME, Manifest, read_manifest

# Ticks a second of the videos made here; 30, 25, 24 and 240 frames a second are whole numbers of them.
TICKS = 90_000


def make_video(
    frames: int = 30,
    width: int = 64,
    height: int = 48,
    *,
    fps: float = 30.0,
    pts: Sequence[int] | None = None,
    regions: Sequence[Region] = (),
    calibration: Calibration | None = None,
    athlete_height_m: float | None = None,
    exercise: str = "",
) -> Video:
    """A video of so many frames at a steady rate, or with the `pts` given (ticks of 1/90000 s, rising)."""
    times = np.round(np.arange(frames) * (TICKS / fps)) if pts is None else np.asarray(pts)
    timeline = Timeline(times.astype(np.int64), Fraction(1, TICKS))
    return Video(
        width,
        height,
        timeline,
        first=0,
        last=len(timeline) - 1,
        regions=tuple(regions),
        calibration=calibration,
        athlete_height_m=athlete_height_m,
        exercise=exercise,
    )


def make_frames(pictures: Iterable[NDArray[np.uint8]], video: Video) -> list[Frame]:
    """Frames with the video's times from RGB (h, w, 3) or gray (h, w) uint8 pictures, one for each of its frames.

    The pictures are copied and made read-only: an analyzer that writes into a frame fails its test.
    """
    made: list[Frame] = []
    for index, given in enumerate(pictures):
        picture = np.array(given if given.ndim == 3 else np.repeat(given[..., None], 3, axis=2), dtype=np.uint8)
        if picture.shape != (video.height, video.width, 3):
            raise ValueError(f"picture {index} has shape {given.shape}, the video {video.width} x {video.height}")
        picture.setflags(write=False)
        pts = int(video.timeline.pts[index])
        made.append(Frame(index, pts, float(video.timeline.seconds[index]), rgb=picture))
    if len(made) != len(video.timeline):
        raise ValueError(f"there are {len(made)} pictures for {len(video.timeline)} frames")
    return made


def make_pose(
    points: Mapping[str, NDArray[np.floating]], video: Video, *, confidence: float = 0.9, subject: int = 1
) -> Result:
    """What the pose analyzer would give: landmarks by name, each (t, 2) pixels or one (x, y) for all frames.

    Landmarks not named are missing (NaN, confidence 0), and so are frames where a point is NaN.
    """
    count = len(video.timeline)
    placed = np.full((count, len(LANDMARKS), 2), np.nan, dtype=np.float32)
    for name, at in points.items():
        if name not in LANDMARKS:
            raise ValueError(f"{name!r} is no landmark; `api.LANDMARKS` lists them")
        placed[:, LANDMARKS.index(name)] = at
    trust = np.where(np.isnan(placed).any(axis=2), 0.0, confidence).astype(np.float32)
    pts = video.timeline.pts
    track = Track("pose", subject, LANDMARKS, pts, placed, trust)
    person = Subject(subject, int(pts[0]), int(pts[-1]), of_interest=True)
    return Result(tracks=(track,), subjects=(person,))


def run_analyzer(
    analyzer: FrameAnalyzer | SeriesAnalyzer,
    manifest: Manifest | Path,
    video: Video,
    *,
    frames: Sequence[Frame] = (),
    results: Mapping[str, Result] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Result:
    """One run as CoachVision does it: parameters filled and checked, frames in order, the result checked.

    manifest: read already, or the file or its folder. Raises UsageError for parameters, PluginError for the manifest
    or the result, and whatever the analyzer raises.
    """
    if isinstance(manifest, Path):
        manifest = read_manifest(manifest / FILE_NAME if manifest.is_dir() else manifest)
    filled = check_parameters(manifest, parameters or {})
    if isinstance(analyzer, SeriesAnalyzer):
        given = {name: result for name, result in (results or {}).items() if name in manifest.needs}
        return check_result(analyzer.compute(given, video, filled), manifest, video)
    analyzer.start(video, filled)
    for frame in frames:
        analyzer.frame(frame)
    if manifest.direction == "both" and isinstance(analyzer, TwoWayAnalyzer):
        _backward(analyzer, frames)
    return check_result(analyzer.finish(), manifest, video)


def _backward(analyzer: TwoWayAnalyzer, frames: Sequence[Frame]) -> None:
    start = analyzer.backward_from()
    if start is None:
        return
    for frame in sorted((one for one in frames if one.index < start), key=lambda one: -one.index):
        if not analyzer.backward(frame):
            return
