"""The screens of one window, one of them shown; each is made when it is first needed. For the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from coachvision.app.screens import SCREENS, Desk, Screen

if TYPE_CHECKING:
    from coachvision.app.library_view import LibraryView
    from coachvision.app.session_view import SessionView

_WARM_MS = 2000


class ScreenStack(QStackedWidget):
    """An empty place until a screen is gone to. made: (id, a screen that was made now). session_made: the session's."""

    made = Signal(str, object)
    session_made = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._session: SessionView | None = None
        self._made: dict[str, Screen] = {}
        place = QFrame()
        place.setObjectName("page")
        self.addWidget(place)
        self._warmer = QTimer(self, singleShot=True)
        self._warmer.timeout.connect(self._warm)

    def get(self, name: str) -> Screen:
        """A screen by its id, made where it is not yet. Raises KeyError."""
        if name not in self._made:
            made = {place.id: place.make for place in SCREENS}[name](self._desk)
            self._made[name] = made
            self.addWidget(made)
            self.made.emit(name, made)
        return self._made[name]

    @property
    def library(self) -> LibraryView:
        """The library's screen."""
        return cast("LibraryView", self.get("library"))

    @property
    def session(self) -> SessionView:
        """The session's screen, made when it is first needed."""
        if self._session is None:
            from coachvision.app.session_view import SessionView

            self._session = SessionView(self._desk.actions, self._desk.tasks, self)
            self.addWidget(self._session)
            self.session_made.emit(self._session)
        return self._session

    @property
    def session_shown(self) -> SessionView | None:
        """The session's screen, while it is the one shown."""
        return self._session if self._session is not None and self.currentWidget() is self._session else None

    def warm_soon(self) -> None:
        """Once all has settled: the first film then opens without waiting for its decoder to start.

        It costs more than a frame's time, so whoever scrolls or searches meanwhile puts it off.
        """
        from PySide6.QtCore import Qt

        self.library.list.verticalScrollBar().valueChanged.connect(self._put_off, Qt.ConnectionType.UniqueConnection)
        self._warmer.start(_WARM_MS)

    def _warm(self) -> None:
        self.session.warm()

    def _put_off(self) -> None:
        if self._warmer.isActive():
            self._warmer.start()

    def leave(self) -> None:
        """Another screen is about to be shown."""
        shown = self.currentWidget()
        if isinstance(shown, Screen):
            shown.leave()
        elif self.session_shown is not None:
            self.session_shown.leave()

    def search(self, text: str) -> None:
        """The header's search field was typed in."""
        self._put_off()
        shown = self.currentWidget()
        if isinstance(shown, Screen):
            shown.search(text)

    def start_over(self) -> None:
        """Somebody else's library is open now: nothing of the other one's stays in view."""
        for screen in self._made.values():
            screen.start_over()
        shown = self.currentWidget()
        if isinstance(shown, Screen) and shown is not self.library:
            shown.leave()
            shown.open()

    def may_close(self) -> bool:
        """Whether all that was done in the session is kept; where it cannot be, the coach is told."""
        return self._session is None or self._session.may_close()

    def shut_down(self) -> None:
        """The window closes."""
        self._warmer.stop()
        if self._session is not None:
            self._session.shut_down()
        for screen in self._made.values():
            screen.shut_down()
