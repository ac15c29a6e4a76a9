"""Windows for tests, without a screen; each one a test opens is closed again, and its processes with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Before the first QApplication; a developer's own choice (a real screen) stays.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coachvision import paths
from coachvision.app import theme
from coachvision.app.tasks import Job
from coachvision.app.window import Window
from coachvision.events import SessionSaved
from coachvision.library import Library
from coachvision.plugins import state
from tests.support.plugins import write_frame_plugin

Open = Callable[..., Window]
# A busy machine with two cores starts a worker in seconds, not in the 5 that pytest-qt allows.
PATIENCE_MS = 60_000


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The style the app starts with, whatever the desktop has."""
    return ["coachvision", *theme.STYLE]


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    """Every test begins in the same theme, whatever the one before it wore. It is long in putting on."""
    if qapp.property("theme") != theme.DARK.name:
        theme.wear(qapp, theme.DARK)


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    """Opens a window on the test's library, as `coachvision app VIDEO...` does."""
    opened: list[Window] = []

    def open_one(*videos: Path) -> Window:
        window = Window(tmp_path / "library")
        opened.append(window)
        window.show()
        window.begin(videos)
        window.furnish()
        return window

    yield open_one
    for window in opened:
        # Asked whether it shall give up what it does: yes.
        if not window.close():
            window.close()
        window.deleteLater()
    qapp.processEvents()
    # `processEvents` leaves them to the next test's event loop, where nobody looks for what they cost.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def rename(window: Window, session: str, title: str) -> None:
    """Give a session another name, wherever the window is."""

    def work(library: Library, _job: Job) -> None:
        library.update_session(session, title=title)
        window.actions_.tell(SessionSaved(session))

    window.actions_.run(work)


@pytest.fixture
def counter_alone() -> str:
    """Of all analyzers only a quick one that counts frames runs."""
    write_frame_plugin(paths.plugin_dir(), "one")
    for name in ("pose", "angles"):
        state.set_enabled(name, enabled=False)
    return "one"
