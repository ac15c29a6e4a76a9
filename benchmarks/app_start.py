"""The start of the window: from the command to its first painting, against an empty PySide6 window in the same run.

Both as an installed program starts: with its modules compiled. `python -m benchmarks.app_start` prints this alone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.rows import Row, show
from benchmarks.screen import screen

_ROUNDS = 12
# Both wait for the first painting that the screen asks for, and leave without an orderly end.
_EMPTY = """
import os
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        os.write(1, b"shown")
        os._exit(0)
window = Window()
window.resize(1360, 860)
window.show()
application.exec()
"""
# The first painting of the library's list or of what stands there while it is empty: it can be used.
_OURS = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from coachvision.app import main, window
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            os.write(1, b"shown")
            os._exit(0)
        return False
class Watched(window.Window):
    def __init__(self, root):
        super().__init__(root)
        self.watch = Watch()
        self.library.installEventFilter(self.watch)
main.Window = Watched
main.run([], Path(sys.argv[1]))
"""


def rows() -> list[Row]:
    """One after the other, in turns; the median of each."""
    with tempfile.TemporaryDirectory() as folder, screen() as environment:
        settled = {
            **{name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"),
            "COACHVISION_CONFIG": str(Path(folder) / "config"),
        }
        programs = {"ours": [_OURS, str(Path(folder) / "library")], "empty": [_EMPTY]}
        times: dict[str, list[float]] = {name: [] for name in programs}
        for number in range(_ROUNDS + 1):
            for name, program in programs.items():
                start = time.perf_counter()
                told = subprocess.run(
                    [sys.executable, "-c", *program], env=settled, stdout=subprocess.PIPE, check=True, timeout=60
                )
                # The first of each compiles.
                if number:
                    times[name].append(time.perf_counter() - start)
                assert told.stdout == b"shown"
    ours, empty = statistics.median(times["ours"]), statistics.median(times["empty"])
    return [
        Row("command to painted window", ours * 1000, "ms", "empty PySide6 window", empty * 1000, ours / empty,
            "≤ 1.5 ×", ours <= 1.5 * empty)
    ]  # fmt: skip


if __name__ == "__main__":
    show(rows(), "Start")
