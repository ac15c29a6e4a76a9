"""mediapipe 0.10.21 in an environment of its own, asked by the benchmarks `pose`, `analyze` and `accuracy`.

`COACHVISION_PEER_ENV` names an environment that has it; else one is made in the cache folder (`COACHVISION_CACHE`, or
the user's), once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

NAME = "mediapipe 0.10.21"
_REQUIREMENT = "mediapipe==0.10.21"
_LOOP = Path(__file__).with_name("mediapipe_loop.py")


@dataclass(frozen=True, eq=False)
class PeerRun:
    """points: (n, 33, 3) x, y in pixels and visibility, NaN where nobody was found; empty unless asked for."""

    frames: int
    found: int
    seconds: float
    points: NDArray[np.float32]


class Peer:
    """A running peer process. Context manager."""

    def __enter__(self) -> Self:
        # Its logs go nowhere: they are many and say nothing of what is measured.
        self._process = subprocess.Popen(
            [str(_python()), str(_LOOP)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def clip(self, path: Path, *, smooth: bool = True, points: bool = False) -> PeerRun:
        """Its loop over one video: cv2 frames, model complexity 1, landmarks smoothed as by default or not."""
        return self._ask({"clip": str(path), "smooth": smooth}, points=points)

    def images(self, paths: Sequence[Path]) -> PeerRun:
        """Each image by itself."""
        return self._ask({"images": [str(path) for path in paths]}, points=True)

    def _ask(self, request: dict[str, Any], *, points: bool) -> PeerRun:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the peer has no pipes")
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "points.npz"
            stdin.write(json.dumps(request | {"out": str(out) if points else None}) + "\n")
            stdin.flush()
            line = stdout.readline()
            if not line:
                raise RuntimeError(f"the peer ended with code {self._process.wait()} on {request}")
            answer = json.loads(line)
            found = np.load(out)["points"] if points else np.empty((0, 33, 3), np.float32)
        return PeerRun(answer["frames"], answer["found"], answer["seconds"], found)


def _python() -> Path:
    """The interpreter of the peer's environment, made if need be."""
    named = os.environ.get("COACHVISION_PEER_ENV")
    cache = os.environ.get("COACHVISION_CACHE")
    folder = Path(named) if named else (Path(cache) if cache else user_cache_path("coachvision")) / "peer"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        try:
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", _REQUIREMENT], check=True)
        except subprocess.CalledProcessError:
            python.unlink()  # half an environment is none: the next run makes it anew
            raise
    return python
