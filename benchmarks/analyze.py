"""The whole `analyze` (decode, pose, angles, proxy, filmstrip, storing) against mediapipe's own loop, clip by clip.

mediapipe only decodes and finds landmarks; we do everything a session needs. Interpreter start-up is left out on both
sides, and shown in a row of its own; one athlete is followed, as mediapipe does. Of each clip's interleaved rounds the
fastest counts.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import geometric_mean

import cv2

from benchmarks.clips import clips_with_people
from benchmarks.peer import NAME, Peer
from benchmarks.rows import Row, show
from coachvision.analysis.board import Board
from coachvision.analysis.engine import run
from coachvision.analysis.spool import Spool
from coachvision.analysis.supervisor import read_outcome
from coachvision.library import Library
from coachvision.services.analyze import Request, analyze, store

TARGET = 1.3
ROUNDS = 2


def rows(clips: list[Path] | None = None) -> list[Row]:
    """A row a clip, their geometric mean as the one with a target, and what a fresh worker process adds."""
    cv2.setNumThreads(1)  # as the worker does
    out, ratios, starts = [], [], []
    with Peer() as peer, tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library") as library:
        for clip in clips or clips_with_people():
            request = Request(clip, analyzers=("pose", "angles"), parameters={"pose": {"people": 1}})
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(_in_process(library, request))
                theirs.append(peer.clip(clip))
            frames = theirs[0].frames
            speed, peer_speed = frames / min(ours), frames / min(one.seconds for one in theirs)
            ratios.append(speed / peer_speed)
            out.append(
                Row(f"analyze {clip.stem}: {frames} frames", speed, "frames/s", NAME, peer_speed, ratios[-1], "", None)
            )
            start = time.perf_counter()
            analyze(library, request)
            starts.append(time.perf_counter() - start - min(ours))
    mean = geometric_mean(ratios)
    out.append(Row("whole analyze, geometric mean", mean, "x", NAME, 1.0, mean, f">= {TARGET}", mean >= TARGET))
    starts.sort()
    out.append(Row("a worker process adds, median", starts[len(starts) // 2], "s", "", None, None, "", None))
    return out


def _in_process(library: Library, request: Request) -> float:
    """Seconds of the same work without a process of its own."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=library.scratch) as folder:
        spool = Spool(Path(folder) / "spool")
        with Board(spool.folder / "board", create=True) as board:
            run(request.plan(), spool, board)
        store(library, request, read_outcome(spool))
    return time.perf_counter() - start


if __name__ == "__main__":
    show(rows([Path(name) for name in sys.argv[1:]] or None), "Analyze")
