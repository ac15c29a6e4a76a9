"""Peak memory of a whole analysis (decode, pose, angles, proxy, filmstrip) of ten minutes against ten seconds.

The clip is a drawn athlete's squats, repeated; each analysis runs in a process of its own, whose children's highest
resident size the system tells (`getrusage`).
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from benchmarks.rows import Row, show
from coachvision.synth import scenes
from coachvision.video.writer import VideoWriter

SHORT_S, LONG_S = 10, 600
LIMIT_MB = 100.0
SIZE, FPS = (480, 360), 30

_CHILD = """
import resource, sys, tempfile
from pathlib import Path
from coachvision.analysis.plan import Plan
from coachvision.analysis.supervisor import supervise

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        outcome = supervise(Plan(video=Path(sys.argv[1]), plugin_dir=Path(folder) / "none"), Path(folder) / "spool")
    failed = [run.error for run in outcome.runs if run.error]
    assert not failed, failed
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def rows() -> list[Row]:
    """One row: megabytes at ten minutes, beside those at ten seconds."""
    with tempfile.TemporaryDirectory() as folder:
        pictures = [rgb for _, rgb in scenes.squats(seed=1, size=SIZE, fps=FPS).frames()]
        peaks = {}
        for seconds in (SHORT_S, LONG_S):
            path = Path(folder) / f"{seconds}.mp4"
            with VideoWriter(path, *SIZE, time_base=Fraction(1, FPS), preset="ultrafast") as writer:
                for pts, rgb in zip(range(seconds * FPS), itertools.cycle(pictures), strict=False):
                    writer.write(rgb, pts)
            told = subprocess.run([sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True, check=True)
            peaks[seconds] = float(told.stdout)
    more = peaks[LONG_S] - peaks[SHORT_S]
    name = f"peak memory of analyze at 10 min, over that at 10 s: {more:+.0f} MB"
    ratio = peaks[LONG_S] / peaks[SHORT_S]
    return [
        Row(name, peaks[LONG_S], "MB", "at 10 s", peaks[SHORT_S], ratio, f"<= +{LIMIT_MB:.0f} MB", more <= LIMIT_MB)
    ]


if __name__ == "__main__":
    show(rows(), "Memory")
