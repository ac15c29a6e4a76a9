"""The separate process of test_keeping: a window on a library, a coach who draws on and on, until somebody kills it.

Arguments: the library, the session. Says `drawn ID TIME` (the system's monotonic clock) on stdout after each drawing.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from coachvision.app import theme
from coachvision.app.window import Window

_LEFT = Qt.MouseButton.LeftButton


def main(root: Path, session: str) -> None:
    application = QApplication([])
    theme.wear(application, theme.DARK)
    window = Window(root)
    window.show()
    window.begin([])

    def draw() -> None:
        view = window.session
        if view.player is None or view.studio is None or view.player.canvas.picture is None:
            return
        canvas, board = view.player.canvas, view.studio.board
        number = len(board.drawings)
        view.studio.hand.take("line")
        to_widget = canvas.to_widget()
        start, end = QPointF(40 + 5 * number % 500, 40), QPointF(60 + 5 * number % 500, 200)
        QTest.mousePress(canvas, _LEFT, pos=to_widget.map(start).toPoint())
        QTest.mouseMove(canvas, to_widget.map(end).toPoint())
        QTest.mouseRelease(canvas, _LEFT, pos=to_widget.map(end).toPoint())
        print("drawn", board.drawings[-1].id, time.monotonic(), flush=True)

    opener = QTimer(interval=50)

    def open_it() -> None:
        if window.library.model.cards:
            opener.stop()
            window.open_session(session)

    opener.timeout.connect(open_it)
    opener.start()
    drawer = QTimer(interval=100)
    drawer.timeout.connect(draw)
    drawer.start()
    application.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
