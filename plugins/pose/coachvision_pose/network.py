"""One network on LiteRT with XNNPACK, and where its weights lie. For `detector` and `landmarker`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from coachvision_pose.graph import keep_outputs

# Beyond four threads these small networks gain nothing: their layers are too short to be shared further.
_MOST_THREADS = 4


def weights(name: str) -> bytes:
    """The network file that the build put into this package. Raises FileNotFoundError with what to do about it."""
    file = resources.files("coachvision_pose").joinpath("weights", name)
    if not file.is_file():
        raise FileNotFoundError(f"the pose weights {name} are missing: build or install coachvision-pose again")
    return file.read_bytes()


def threads() -> int:
    """How many threads a network runs on here: the cores this process may use, four at most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


class Network:
    """A network with one picture as its input. Used by one thread at a time; running releases the GIL."""

    def __init__(self, name: str, outputs: Sequence[int] | None = None) -> None:
        """name: file in `weights/`. outputs: ranks of those wanted, the rest is not computed (None = all)."""
        model = weights(name)
        if outputs is not None:
            model = keep_outputs(model, outputs)
        self._interpreter: Any = Interpreter(model_content=model, num_threads=threads())
        self._interpreter.allocate_tensors()
        details = self._interpreter.get_input_details()[0]
        self._input = int(details["index"])
        self._outputs = [int(detail["index"]) for detail in self._interpreter.get_output_details()]
        self.size = int(details["shape"][1])

    def run(self, picture: NDArray[np.uint8], gain: float, offset: float) -> list[NDArray[np.float32]]:
        """picture: (size, size, 3) uint8; the network sees `picture * gain + offset`. Its outputs, as copies."""
        values = np.multiply(picture, np.float32(gain), dtype=np.float32)
        if offset:
            values += np.float32(offset)
        self._interpreter.set_tensor(self._input, values[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]
