"""A scene as an MP4 file. For the demo, tests, benchmarks and the smoke test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coachvision.synth.scene import Scene
from coachvision.video.writer import VideoWriter


def render(scene: Scene, path: Path, progress: Callable[[float], None] | None = None) -> Path:
    """Write every frame of the scene at its own time; the file appears whole or not at all. progress: 0 to 1.

    Raises VideoError where the file cannot be written.
    """
    with VideoWriter(path, scene.width, scene.height, time_base=scene.time_base) as writer:
        for done, (pts, picture) in enumerate(scene.frames(), start=1):
            writer.write(picture, pts)
            if progress is not None:
                progress(done / scene.frame_count)
    return path
