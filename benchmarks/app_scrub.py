"""Scrubbing in the player's window: random frames of a ten-minute long-GOP 1080p film, from request to painted.

Against OpenCV's seek and read of the same frames in the same run. `python -m benchmarks.app_scrub` prints this alone.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.rows import Row, show
from benchmarks.screen import measured, screen
from benchmarks.video import long_clip
from coachvision.video.facts import VideoFacts, from_bytes, to_bytes
from coachvision.video.importing import import_pass
from coachvision.video.probe import probe_here
from coachvision.video.proxy import GOP, MOST_PIXELS

_FRAMES, _PEER_FRAMES, _EXACT_FRAMES, _STEPS = 300, 20, 24, 90
# As a mouse tells of its way.
_PAUSE_MS = 16


def chosen(frames: int, count: int) -> list[int]:
    """Random frame numbers, the same in every run."""
    return [int(index) for index in np.random.default_rng(7).integers(0, frames, count)]


@cache
def prepared(path: Path) -> tuple[Path, Path]:
    """(facts, proxy's folder) of a clip, made once for as long as proxies are of this kind."""
    folder = path.with_name(f"{path.stem}-proxy-{GOP}-{MOST_PIXELS}")
    told = folder / "facts"
    if not told.exists():
        facts = probe_here(path)
        import_pass(path, facts, folder)
        told.write_bytes(to_bytes(facts))
    return told, folder


def rows() -> list[Row]:
    """Previews at random, exact frames at rest, steps with a held key."""
    path = long_clip(1 / 6)
    told, folder = prepared(path)
    with screen() as environment:
        ours = measured("benchmarks.app_scrub", "inside", str(told), str(folder), environment=environment)
    facts = from_bytes(told.read_bytes())
    peer = _peer(path, len(facts.timeline))
    bare = _bare(path, facts)
    p95 = float(np.percentile(ours["previews"], 95))
    other = float(np.percentile(peer, 95))
    exact = statistics.median(ours["exact"])
    peer_median = statistics.median(peer)
    return [
        Row("scrub to a random frame: request to painted, 95th percentile", p95, "ms", "OpenCV seek and read", other,
            other / p95, "≤ 16 ms", p95 <= 16),
        Row("scrub to a random frame, median", statistics.median(ours["previews"]), "ms", "OpenCV seek and read",
            peer_median, peer_median / statistics.median(ours["previews"]), "≥ 10 × faster",
            peer_median >= 10 * statistics.median(ours["previews"])),
        Row("exact frame at rest, full size, long GOP, median", exact, "ms", "OpenCV seek and read", peer_median,
            peer_median / exact, "≤ 150 ms", exact <= 150),
        Row("exact frame at rest, full size, long GOP, 95th percentile", float(np.percentile(ours["exact"], 95)), "ms",
            "OpenCV seek and read", other, other / float(np.percentile(ours["exact"], 95)), "", None),
        Row("exact frame at rest, full size, long GOP, median", exact, "ms", "PyAV, seek and decode alone",
            statistics.median(bare), statistics.median(bare) / exact, "", None),
        Row("step on with a held key, 95th percentile", float(np.percentile(ours["forward"], 95)), "ms",
            "30 a second", 33.3, None, "≤ 33 ms", float(np.percentile(ours["forward"], 95)) <= 33.3),
        Row("step back with a held key, 95th percentile", float(np.percentile(ours["backward"], 95)), "ms",
            "30 a second", 33.3, None, "≤ 33 ms", float(np.percentile(ours["backward"], 95)) <= 33.3),
    ]  # fmt: skip


def _peer(path: Path, frames: int) -> list[float]:
    """Milliseconds of each seek and read."""
    capture = cv2.VideoCapture(str(path))
    times = []
    for index in chosen(frames, _PEER_FRAMES):
        start = time.perf_counter()
        capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        found, _ = capture.read()
        times.append((time.perf_counter() - start) * 1000)
        assert found
    capture.release()
    return times


def _bare(path: Path, facts: VideoFacts) -> list[float]:
    """Milliseconds of seeking to the keyframe before and decoding everything up to the same frames, no more."""
    times = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index in chosen(len(facts.timeline), _EXACT_FRAMES):
            wanted = int(facts.timeline.pts[index])
            start = time.perf_counter()
            container.seek(wanted, stream=stream, backward=True)
            next(frame for frame in container.decode(stream) if frame.pts == wanted)
            times.append((time.perf_counter() - start) * 1000)
    return times


def _inside(told: Path, folder: Path) -> dict[str, Any]:
    """In the process that has the window."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from coachvision.app.player.widget import PlayerWidget

    application = QApplication([])
    player = PlayerWidget()
    player.resize(1280, 780)
    player.show()
    facts = from_bytes(told.read_bytes())

    def wait(true: Any) -> float:
        """Milliseconds until a painted picture is the one that is waited for."""
        loop = QEventLoop()
        done = player.canvas.painted.connect(lambda picture: loop.quit() if true(picture) else None)
        start = time.perf_counter()
        loop.exec()
        player.canvas.painted.disconnect(done)
        return (time.perf_counter() - start) * 1000

    def pause(ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def asked(index: int, *, exact: bool = False) -> float:
        QTimer.singleShot(0, lambda: player.seek(index))
        return wait(lambda picture: picture.index == index and (picture.exact or not exact))

    player.open(facts.path, facts, folder)
    wait(lambda picture: picture.exact)
    # The segments' directories are read in the background for a moment.
    pause(1500)
    previews = []
    for index in chosen(len(facts.timeline), _FRAMES):
        previews.append(asked(index))
        pause(_PAUSE_MS)
    exact = [asked(index, exact=True) for index in chosen(len(facts.timeline), _EXACT_FRAMES)]
    start = len(facts.timeline) // 2
    asked(start, exact=True)
    pause(500)
    forward = [asked(start + k) for k in range(1, _STEPS)]
    backward = [asked(start + k) for k in range(_STEPS - 2, 0, -1)]
    player.shut_down()
    application.processEvents()
    return {"previews": previews, "exact": exact, "forward": forward, "backward": backward}


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        print(json.dumps(_inside(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        show(rows(), "Scrubbing")
