"""User plugins that behave and misbehave, written into a plugin folder: for tests of the engine and the CLI."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

_MANIFEST = """
id = "{id}"
title = "{id}"
version = "1.0.0"
api = ">=1,<2"
kind = "{kind}"
entry = "{module}:Analyzer"
needs = {needs}
input = "{input}"
yields = ["metric:{id}.frames"]
"""

_FRAME_ANALYZER = """
import numpy as np
from coachvision.plugins.api import Metric, Result


class Analyzer:
    def start(self, video, params):
        self.video = video
        self.seen = []

    def frame(self, frame):
        self.seen.append(frame.index)
        {body}

    def finish(self):
        return Result(metrics=(Metric("{id}.frames", 1, float(len(self.seen)), "1", 0.0, "counted"),))
"""

_SERIES_ANALYZER = """
from coachvision.plugins.api import Metric, Result


class Analyzer:
    def compute(self, results, video, params):
        total = sum(metric.value for result in results.values() for metric in result.metrics)
        return Result(metrics=(Metric("{id}.frames", 1, total, "1", 0.0, "summed"),))
"""

BODIES = {
    "counts": "pass",
    "lengthens": "import os; open(os.environ['CLIP_TO_LENGTHEN'], 'ab', buffering=0).write(bytes(64))",
    "dawdles": "import time; time.sleep(0.2)",
    "raises": "raise ZeroDivisionError('on purpose')",
    "hangs": "\n        while len(self.seen) > 3: pass",
    "hogs": "self.kept = getattr(self, 'kept', []); self.kept.append(np.ones(200_000_000 // 8))",
    "exits": "raise SystemExit(0)",
    "leaves": "import os; os._exit(0)",
    "lingers": "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()",
    "spawns": "import pathlib, subprocess; pathlib.Path(__file__).with_name('pid').write_text("
    "str(subprocess.Popen(['sleep', '600']).pid))",
    "breaks": "import sys; sys.modules['coachvision.analysis.spool'].Spool.save_facts = None",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
}


def write_frame_plugin(folder: Path, name: str, behaviour: str = "counts", *, reads: str = "full") -> None:
    """A frame analyzer of that id that behaves as named in BODIES."""
    _write(folder, name, "frame", _FRAME_ANALYZER.format(id=name, body=BODIES[behaviour]), [], reads)


def write_series_plugin(folder: Path, name: str, needs: list[str]) -> None:
    """A series analyzer that sums the metrics of what it needs."""
    _write(folder, name, "series", _SERIES_ANALYZER.format(id=name), needs, "full")


def write_pose_plugin(folder: Path, name: str, gives: str) -> None:
    """A series analyzer that needs the pose. gives: what it computes, an expression over `results` and `video`."""
    code = (
        "from coachvision.plugins.api import Metric, Result\n\n\nclass Analyzer:\n"
        f"    def compute(self, results, video, params):\n        return {gives}\n"
    )
    _write(folder, name, "series", code, ["pose"], "full")


def _write(folder: Path, name: str, kind: str, code: str, needs: list[str], reads: str) -> None:
    module = f"{name}_plugin"
    package = folder / name / module
    package.mkdir(parents=True)
    text = _MANIFEST.format(id=name, kind=kind, module=module, needs=needs, input=reads)
    (package / "coachvision.toml").write_text(text, "utf-8")
    (package / "__init__.py").write_text(dedent(code), "utf-8")
