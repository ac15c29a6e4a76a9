"""The app's entry: one QApplication, one window. For the command line alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from coachvision.app import instance, theme
from coachvision.app.window import Window, remembered


def run(videos: Sequence[Path], library: Path) -> int:
    """Show the window on that library, add the videos, and stay until it is closed. Returns the exit code.

    Where a window is open on it already, that one gets the videos and comes to the front.
    """
    application = make_application()
    if instance.hand_over(library, videos):
        return 0
    window = Window(library)
    first = instance.FirstInstance(library, window)
    first.asked.connect(window.receive)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    window.show()
    window.begin(videos)
    return application.exec()


def make_application() -> QApplication:
    """The application in the theme worn last time."""
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("CoachVision")
    application.setApplicationDisplayName("CoachVision")
    application.setDesktopFileName("coachvision")
    theme.wear(application, theme.chosen(str(remembered().value("theme", "dark"))))
    return application
