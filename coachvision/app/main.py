"""The app's entry: one QApplication, one window. For the command line alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from coachvision.app import door, look, theme
from coachvision.app.window import Window


def run(videos: Sequence[Path], library: Path) -> int:
    """Show the window on that library, add the videos, and stay until it is closed. Returns the exit code.

    Where a window is open on it already, that one gets the videos and comes to the front.
    """
    application = make_application()
    if door.may_be_open(library):
        from coachvision.app import instance

        if instance.hand_over(library, videos):
            return 0
    trouble = look.speak_last()
    window = Window(library)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)

    def begin() -> None:
        from coachvision.app.instance import FirstInstance

        first = FirstInstance(library, window)
        first.asked.connect(window.receive)
        window.begin(videos)
        if trouble:
            window.messages.show_notice(" ".join(trouble))

    # What begins loads the rooms below: seen first, then that.
    window.installEventFilter(_FirstPainting(window, begin))
    window.show()
    return application.exec()


class _FirstPainting(QObject):
    """Calls once, after a widget was painted for the first time."""

    def __init__(self, widget: QObject, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._then = then

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def make_application() -> QApplication:
    """The application in the theme worn last time."""
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication([*sys.argv[:1], *theme.STYLE])
    application.setApplicationName("CoachVision")
    application.setApplicationDisplayName("CoachVision")
    application.setDesktopFileName("coachvision")
    look.wear_last(application)
    return application
