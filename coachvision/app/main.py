"""The app's entry: one QApplication, one window. For the command line alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from coachvision.app import door, look, theme
from coachvision.app.window import Window

# A window that is not painted until then is out of sight, and begins all the same.
_UNSEEN_MS = 1500


def run(videos: Sequence[Path], library: Path) -> int:
    """Show the window on that library, add the videos, and stay until it is closed. Returns the exit code.

    Where a window is open on it already, that one gets the videos and comes to the front.
    """
    application = make_application()
    if not door.enter(library):
        from coachvision.app import instance

        if instance.come_second(library, videos):
            return 0
    trouble = look.speak_last()
    window = Window(library)

    def listen() -> None:
        from coachvision.app.instance import FirstInstance

        first = FirstInstance(library, window)
        first.asked.connect(window.receive)
        if trouble:
            window.messages.show_notice(" ".join(trouble))

    window.furnished.connect(listen)
    # What begins loads the rooms below: seen first, then that.
    FirstSight(window, lambda: window.begin(videos))
    window.show()
    code = application.exec()
    door.leave(library)
    return code


class FirstSight(QObject):
    """Calls once, after a widget was painted for the first time; or after a while, where it is not (minimized, say)."""

    def __init__(self, widget: QObject, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._then = then
        self._called = False
        widget.installEventFilter(self)
        QTimer.singleShot(_UNSEEN_MS, self, self._call)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._call)
        return False

    def _call(self) -> None:
        if not self._called:
            self._called = True
            self._then()


def make_application() -> QApplication:
    """The application in the theme worn last time."""
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication([*sys.argv[:1], *theme.STYLE])
    application.setApplicationName("CoachVision")
    application.setApplicationDisplayName("CoachVision")
    application.setDesktopFileName("coachvision")
    look.wear_last(application)
    return application
