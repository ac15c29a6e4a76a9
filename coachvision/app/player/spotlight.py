"""Full screen: the video alone, everything around it put away and brought back. For the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QMenuBar, QWidget


class Spotlight:
    """Of that window. Whoever adds something beside the player need not know of this."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self._hidden: list[QWidget] = []
        self._lit: QWidget | None = None
        self._filling = _Filling(self)
        window.installEventFilter(self._filling)

    @property
    def on(self) -> bool:
        """Whether something fills the screen."""
        return self._lit is not None

    def light(self, widget: QWidget) -> None:
        """Let that widget of the window fill the screen."""
        self.off()
        self._lit = widget
        inner: QWidget | None = widget
        while inner is not None and inner is not self.window:
            outer = inner.parentWidget()
            for child in outer.children() if outer is not None else ():
                if isinstance(child, QWidget) and child is not inner and not isinstance(child, QMenuBar):
                    self._put_away(child)
            inner = outer
        self.window.setWindowState(self.window.windowState() | Qt.WindowState.WindowFullScreen)
        widget.setFocus()

    def off(self) -> None:
        """As it was before."""
        if self._lit is None:
            return
        self._lit = None
        hidden, self._hidden = self._hidden, []
        for widget in hidden:
            widget.show()
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowFullScreen)

    def _put_away(self, widget: QWidget) -> None:
        if widget.isVisible() and not widget.isWindow():
            widget.hide()
            self._hidden.append(widget)


class _Filling(QObject):
    """Notices that the system itself took the window out of full screen."""

    def __init__(self, spotlight: Spotlight) -> None:
        super().__init__()
        self._spotlight = spotlight

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        changed = event.type() == QEvent.Type.WindowStateChange and isinstance(watched, QWidget)
        if changed and self._spotlight.on and not self._spotlight.window.isFullScreen():
            self._spotlight.off()
        return False
