"""The pose stage, decode and pose of one athlete, against mediapipe's own loop on the same clips in the same run.

Both decode the file, find the athlete and run the same landmark network on every frame in view; model loading is left
out on both sides. Clips take turns, so that a busy machine slows both alike; of each clip's rounds the fastest counts.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean

from benchmarks.clips import clips_with_people
from benchmarks.ours import rewind
from benchmarks.peer import NAME, Peer
from benchmarks.rows import Row, show
from coachvision.core.video import Video
from coachvision.video.probe import probe
from coachvision.video.reader import VideoReader
from coachvision_pose.analyzer import PoseAnalyzer

TARGET = 1.6
ROUNDS = 2
PARAMETERS = {"people": 1, "min_confidence": 0.5, "far": True, "repair_sides": True}


@dataclass(frozen=True)
class Run:
    """One pass over one clip."""

    frames: int
    in_view: int
    calls: int
    seconds: float


def run(path: Path) -> Run:
    """Our loop over one clip."""
    facts = probe(path)
    analyzer = PoseAnalyzer()
    analyzer.start(Video(facts.width, facts.height, facts.timeline, 0, len(facts.timeline) - 1), PARAMETERS)
    frames = 0
    start = time.perf_counter()
    with VideoReader(path, facts) as reader:
        for frame in reader.frames():
            analyzer.frame(frame)
            frames += 1
        rewind(analyzer, reader)
    result = analyzer.finish()
    seconds = time.perf_counter() - start
    in_view, calls = (
        int(sum(metric.value for metric in result.metrics if metric.name == name))
        for name in ("pose.frames", "pose.network_calls")
    )
    return Run(frames, in_view, calls, seconds)


def rows(clips: list[Path] | None = None) -> list[Row]:
    """A row a clip, and their geometric mean as the one with a target."""
    out, ratios = [], []
    with Peer() as peer:
        for clip in clips or clips_with_people():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(run(clip))
                theirs.append(peer.clip(clip))
            best, other = min(ours, key=lambda one: one.seconds), min(theirs, key=lambda one: one.seconds)
            speed, peer_speed = best.frames / best.seconds, other.frames / other.seconds
            ratios.append(speed / peer_speed)
            name = f"pose {clip.stem}: {best.frames} frames, {best.in_view} in view, {best.calls} network calls"
            out.append(Row(name, speed, "frames/s", NAME, peer_speed, ratios[-1], "", None))
    mean = geometric_mean(ratios)
    out.append(Row("pose stage, geometric mean", mean, "x", NAME, 1.0, mean, f">= {TARGET}", mean >= TARGET))
    return out


if __name__ == "__main__":
    show(rows([Path(name) for name in sys.argv[1:]] or None), "Pose")
