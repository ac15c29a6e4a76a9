"""A window may send signals for as long as it likes."""

from __future__ import annotations

import subprocess
import sys


def test_a_hundred_thousand_signals_do_not_end_the_program() -> None:
    sent = (
        "import coachvision.app\n"
        "from PySide6.QtCore import QObject, Signal\n"
        "class Sender(QObject):\n    sent = Signal(int)\n"
        "sender = Sender()\n"
        "for number in range(100_000):\n    sender.sent.emit(number)\n"
    )
    ended = subprocess.run([sys.executable, "-c", sent], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
