"""The start of the window: from the command until it answers, against an empty PySide6 window in the same run.

It is seen before it answers, and answers before the library is read and painted: each is told, and a window that is
seen but does not answer is not yet usable. It answers when it takes events again after it has begun; what a click at
that moment brings, the sheet of keys with all that the window is furnished with, is told as well. All as an installed
program starts: with its modules compiled.
`python -m benchmarks.app_start` prints this alone.
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
ENDS = ("painted", "answers", "clicked", "read")
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
# The first painting of the place under the header; the next event after it has begun; the sheet of keys painted, which
# was clicked for then; the library read, and what stands there while it is empty painted.
_OURS = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from coachvision.app import main, window
def end():
    os.write(1, b"shown")
    os._exit(0)
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            end()
        return False
class Watched(window.Window):
    def __init__(self, root):
        super().__init__(root)
        self.watch = Watch()
        if sys.argv[2] == "painted":
            self.screens.currentWidget().installEventFilter(self.watch)
    def begin(self, videos):
        super().begin(videos)
        if sys.argv[2] == "answers":
            QTimer.singleShot(0, end)
        elif sys.argv[2] == "clicked":
            QTimer.singleShot(0, self.click)
    def click(self):
        self.header.keys.click()
        self.keys.installEventFilter(self.watch)
    def furnish(self):
        super().furnish()
        if sys.argv[2] == "read":
            from coachvision.app.empty_library import EmptyLibrary
            self.library.findChild(EmptyLibrary).installEventFilter(self.watch)
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
        library = str(Path(folder) / "library")
        programs = {"empty": [_EMPTY], **{end: [_OURS, library, end] for end in ENDS}}
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
    took = {name: statistics.median(found) * 1000 for name, found in times.items()}
    peer, empty = "empty PySide6 window", took["empty"]
    ratio = {name: ms / empty for name, ms in took.items()}
    return [
        Row("command to a window that is seen", took["painted"], "ms", peer, empty, ratio["painted"], "", None),
        Row("command to a window that answers", took["answers"], "ms", peer, empty, ratio["answers"], "≤ 1.5 ×",
            ratio["answers"] <= 1.5),
        Row("command to the sheet of keys, clicked for as soon as it answers", took["clicked"], "ms", peer, empty,
            ratio["clicked"], "", None),
        Row("command to the library, read and painted", took["read"], "ms", peer, empty, ratio["read"], "", None),
    ]  # fmt: skip


if __name__ == "__main__":
    show(rows(), "Start")
