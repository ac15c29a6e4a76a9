"""Our pose and angles over one video, frame by frame, as the accuracy benchmarks need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Frame
from coachvision.core.results import Result
from coachvision.core.video import Video
from coachvision.plugins.host import check_parameters
from coachvision.plugins.manifest import Manifest, read_manifest
from coachvision.video.probe import probe
from coachvision.video.reader import VideoReader
from coachvision_angles import analyzer as angles
from coachvision_pose import analyzer as pose


def pose_of(path: Path, **parameters: int | float | bool) -> tuple[Result, Video]:
    """The pose result of a file, with default parameters but for those given."""
    facts = probe(path)
    video = Video(facts.width, facts.height, facts.timeline, 0, len(facts.timeline) - 1)
    with VideoReader(path, facts) as reader:
        analyzer = _started(video, parameters)
        for frame in reader.frames():
            analyzer.frame(frame)
        rewind(analyzer, reader)
        return analyzer.finish(), video


def pose_of_frames(frames: Iterable[Frame], video: Video, **parameters: int | float | bool) -> Result:
    """The same of frames made otherwise, forward alone."""
    analyzer = _started(video, parameters)
    for frame in frames:
        analyzer.frame(frame)
    analyzer.backward_from()
    return analyzer.finish()


def rewind(analyzer: pose.PoseAnalyzer, reader: VideoReader) -> None:
    """The backward pass, as the engine makes it."""
    start = analyzer.backward_from()
    if start is None:
        return
    for frame in reader.frames_backward(0, start - 1):
        if not analyzer.backward(frame):
            return


def angles_of(result: Result, video: Video) -> Result:
    """The angles that follow from a pose result, with default parameters."""
    return angles.AnglesAnalyzer().compute({"pose": result}, video, check_parameters(_manifest(angles.__file__), {}))


def by_frame(result: Result, video: Video, subject: int | None = None) -> NDArray[np.float32]:
    """(frames, 33, 2) pixels of one subject, or of the athlete of interest with whoever else fills its gaps (None)."""
    points = np.full((len(video.timeline), 33, 2), np.nan, np.float32)
    wanted = sorted(result.subjects, key=lambda one: not one.of_interest)
    for one in wanted:
        if subject is not None and one.id != subject:
            continue
        track = result.track("pose", one.id)
        at = np.searchsorted(video.timeline.pts, track.pts)
        free = np.isnan(points[at, 0, 0]) & ~np.isnan(track.points[:, 0, 0])
        points[at[free]] = track.points[free]
    return points


def star(result: Result) -> int | None:
    """The id of the athlete of interest."""
    return next((one.id for one in result.subjects if one.of_interest), None)


def _started(video: Video, parameters: Mapping[str, int | float | bool]) -> pose.PoseAnalyzer:
    analyzer = pose.PoseAnalyzer()
    analyzer.start(video, check_parameters(_manifest(pose.__file__), parameters))
    return analyzer


def _manifest(module: str) -> Manifest:
    return read_manifest(Path(module).parent / "coachvision.toml")
