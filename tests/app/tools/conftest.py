"""A window with an athlete's session open, to be drawn on with the mouse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from coachvision.app.player.canvas import VideoCanvas
from coachvision.app.player.widget import PlayerWidget
from coachvision.app.tools.board import Board
from coachvision.app.tools.studio import Studio
from coachvision.app.window import Window
from coachvision.core.drawing import Drawing
from coachvision.library import Library
from coachvision.synth import scenes
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import athletes

Place = tuple[float, float]
_LEFT = Qt.MouseButton.LeftButton


@dataclass
class Easel:
    """The open session, and a mouse whose places are pixels of the video."""

    window: Window
    qtbot: QtBot
    session: str

    @property
    def studio(self) -> Studio:
        assert self.window.session.studio is not None
        return self.window.session.studio

    @property
    def board(self) -> Board:
        return self.studio.board

    @property
    def player(self) -> PlayerWidget:
        assert self.window.session.player is not None
        return self.window.session.player

    @property
    def canvas(self) -> VideoCanvas:
        return self.player.canvas

    def at(self, place: Place) -> QPoint:
        return self.canvas.to_widget().map(QPointF(*place)).toPoint()

    def drag(self, start: Place, end: Place, steps: int = 4) -> None:
        QTest.mousePress(self.canvas, _LEFT, pos=self.at(start))
        for k in range(1, steps + 1):
            share = k / steps
            self.hover((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
        QTest.mouseRelease(self.canvas, _LEFT, pos=self.at(end))

    def hover(self, place: Place) -> None:
        QTest.mouseMove(self.canvas, self.at(place))

    def click(self, place: Place) -> None:
        self.hover(place)
        QTest.mouseClick(self.canvas, _LEFT, pos=self.at(place))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.player, key, modifier)

    def joint(self, name: str) -> Place:
        """Where a landmark is on the frame shown."""
        scene, line = self.board.scene, self.board.timeline
        assert scene is not None
        assert line is not None
        return {j.landmark: at for j, at in scene.joints(int(line.pts[self.player.index]))}[name]

    def go(self, index: int) -> None:
        self.player.seek(index)
        self.qtbot.waitUntil(
            lambda: (picture := self.canvas.picture) is not None and picture.index == index, timeout=PATIENCE_MS
        )
        self.canvas.repaint()

    @property
    def only(self) -> Drawing:
        (drawing,) = self.board.drawings
        return drawing


Opened = Callable[[], Easel]


@pytest.fixture(scope="session")
def athlete_library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A library with one squat: filmed once, copied for each test."""
    folder = tmp_path_factory.mktemp("athlete")
    with Library.open(folder / "library") as library:
        scene = scenes.squats(3, 1, size=(640, 360), fps=15.0)
        session = athletes.keep(library, scene, folder / "squat.mp4")
    return folder / "library", session


@pytest.fixture
def open_easel(open_window: Open, qtbot: QtBot, tmp_path: Path, athlete_library: tuple[Path, str]) -> Opened:
    """Opens the session in a window; again, after the first was closed."""
    source, session = athlete_library
    shutil.copytree(source, tmp_path / "library")

    def open_one() -> Easel:
        window = open_window()
        qtbot.waitUntil(lambda: bool(window.library.model.cards), timeout=PATIENCE_MS)
        window.open_session(session)
        qtbot.waitUntil(
            lambda: window.session.player is not None and window.session.player.canvas.picture is not None,
            timeout=PATIENCE_MS,
        )
        assert window.session.player is not None
        window.session.player.setFocus()
        window.session.player.canvas.repaint()
        return Easel(window, qtbot, session)

    return open_one


@pytest.fixture
def easel(open_easel: Opened) -> Easel:
    return open_easel()
