"""Full screen on and off: a video alone, or the window as large as the screen. For the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from coachvision.app.player.spotlight import Spotlight


class FullScreen:
    """Of that window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._spotlight: Spotlight | None = None

    def toggle(self, video: QWidget | None) -> None:
        """The video alone, where there is one; else the window. Once more: as it was before."""
        if self.end():
            return
        if video is None:
            from PySide6.QtCore import Qt

            self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
            return
        from coachvision.app.player.spotlight import Spotlight

        self._spotlight = self._spotlight or Spotlight(self._window)
        self._spotlight.light(video)

    def end(self) -> bool:
        """No video alone any more. Answers whether there was one."""
        if self._spotlight is None or not self._spotlight.on:
            return False
        self._spotlight.off()
        return True
