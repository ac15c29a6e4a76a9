"""A coach's hands and eyes: mouse, keys, drops and looks at a real window. For the tour and the pictures of the docs.

Places are pixels of the video. Nothing here knows what the app does inside, but where a widget is and when it is quiet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from coachvision.app import look
from coachvision.app.main import make_application
from coachvision.app.player.widget import PlayerWidget
from coachvision.app.session_view import SessionView
from coachvision.app.tagging.desk import TagDesk
from coachvision.app.tools.studio import Studio
from coachvision.app.window import Window

Place = tuple[float, float]
LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PATIENCE_S = 120.0


class Hands:
    """One window on one library. looks: the folder that screenshots go to, numbered in the order they are taken."""

    def __init__(self, library: Path, looks: Path, theme: str = "dark", size: tuple[int, int] = (1440, 900)) -> None:
        self.application: QApplication = make_application()
        self._looks = looks
        self._taken = 0
        looks.mkdir(parents=True, exist_ok=True)
        self.window = Window(library)
        look.wear(theme)
        self.window.resize(*size)
        self.window.show()
        self.window.begin()
        self.until(self.window.library.isVisible, "the library to show")

    # -- what is where

    @property
    def session(self) -> SessionView:
        """The session's screen."""
        return self.window.session

    @property
    def player(self) -> PlayerWidget:
        """The player, once a film was opened."""
        assert self.session.player is not None
        return self.session.player

    @property
    def studio(self) -> Studio:
        """The tools on the video."""
        assert self.session.studio is not None
        return self.session.studio

    @property
    def tags(self) -> TagDesk:
        """The tag board and its rows."""
        assert self.session.tags is not None
        return self.session.tags

    @property
    def title(self) -> str:
        """The name of the session on screen; "" where none is."""
        opened = self.session.opened
        return "" if opened is None else opened.session.title or opened.session.film.name

    def joint(self, landmark: str) -> Place:
        """Where a landmark of the first athlete is on the frame shown."""
        scene, line = self.studio.board.scene, self.studio.board.timeline
        assert scene is not None
        assert line is not None
        return {joint.landmark: at for joint, at in scene.joints(int(line.pts[self.player.index]))}[landmark]

    # -- waiting and looking

    def until(self, done: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + patience_s
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"waited {patience_s:g} s in vain for {what}")
            QTest.qWait(5)

    def rest(self, seconds: float) -> None:
        """Look on for a while, as a coach does while something plays."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end, "time to pass", seconds + 5)

    def look(self, name: str, widget: QWidget | None = None) -> Path:
        """A screenshot."""
        self.application.processEvents()
        self._taken += 1
        path = self._looks / f"{self._taken:02d}-{name}.png"
        assert (widget or self.window).grab().save(str(path)), path
        return path

    # -- doing

    def drop(self, *files: Path) -> None:
        """Drop files on the window."""
        told = QMimeData()
        told.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        at = self.window.rect().center()
        copy, buttons = Qt.DropAction.CopyAction, LEFT
        enter = QDragEnterEvent(at, copy, told, buttons, NO_KEY)
        self.application.sendEvent(self.window, enter)
        assert enter.isAccepted()
        self.application.sendEvent(self.window, QDropEvent(QPointF(at), copy, told, buttons, NO_KEY))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY, widget: QWidget | None = None) -> None:
        """Press and let go."""
        QTest.keyClick(widget or self.player, key, modifier)

    def press(self, button: QWidget) -> None:
        """Click a button."""
        QTest.mouseClick(button, LEFT)

    def go(self, index: int) -> None:
        """Put the playhead on a frame and wait for its picture."""
        self.player.seek(index)
        canvas = self.player.canvas
        self.until(lambda: (seen := canvas.picture) is not None and seen.index == index, f"frame {index}")
        canvas.repaint()

    def click(self, place: Place) -> None:
        """Click on the video."""
        QTest.mouseMove(self.player.canvas, self._on_canvas(place))
        QTest.mouseClick(self.player.canvas, LEFT, pos=self._on_canvas(place))

    def drag(self, places: Sequence[Place]) -> None:
        """Press on the first place, move through the others, let go on the last."""
        canvas = self.player.canvas
        QTest.mouseMove(canvas, self._on_canvas(places[0]))
        QTest.mousePress(canvas, LEFT, pos=self._on_canvas(places[0]))
        for place in places[1:]:
            QTest.mouseMove(canvas, self._on_canvas(place))
        QTest.mouseRelease(canvas, LEFT, pos=self._on_canvas(places[-1]))

    def open_card(self, name: str) -> None:
        """Go to the library and open the session of that name."""
        self.window.go("library")
        cards = self.window.library.model.cards
        self.until(lambda: any(card.name == name for card in cards), f"the card “{name}”")
        self.window.open_session(next(card.id for card in cards if card.name == name))
        self.film_shown()

    def film_shown(self) -> None:
        """Wait until the session's film is on screen."""
        self.until(
            lambda: (
                self.session.opened is not None
                and self.session.player is not None
                and self.session.player.canvas.picture is not None
            ),
            "the first picture",
        )
        self.player.setFocus()

    def work_done(self) -> None:
        """Wait until nothing runs any more."""
        self.until(lambda: not self.window.tasks.shown, "the work to end", 3 * PATIENCE_S)

    def leave(self) -> None:
        """Close the window."""
        self.window.close()
        self.application.processEvents()

    def _on_canvas(self, place: Place) -> QPoint:
        return self.player.canvas.to_widget().map(QPointF(*place)).toPoint()
