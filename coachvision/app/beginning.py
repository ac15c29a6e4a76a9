"""What the window does once it was seen: the library first, all the rest when its first cards are on screen.

For the window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from coachvision.app import keymap
from coachvision.app.screens import Desk
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.app.library_view import LibraryView
    from coachvision.app.screen_stack import ScreenStack
    from coachvision.settings import Settings

# The rest is loaded when the library stands; at the latest then.
_REST_MS = 3000


class Beginning(QObject):
    """Of one window, once. settle: puts on what the settings say."""

    def __init__(self, desk: Desk, screens: ScreenStack, settle: Callable[[Settings], None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._screens = screens
        self._settle = settle
        self._went_on = False

    @property
    def _library(self) -> LibraryView:
        return self._screens.library

    def begin(self) -> None:
        """Open the library, read it and the settings."""
        actions = self._desk.actions
        self._library.stood.connect(self._go_on)
        actions.open_library(self._open)
        actions.settings(self._settle)
        actions.keys(self._put_on_keys)
        # It may never stand: out of sight, or nothing that can be read.
        QTimer.singleShot(_REST_MS, self, self._go_on)

    def _open(self) -> None:
        self._library.refresh()
        self._screens.warm_soon()

    def _put_on_keys(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        trouble = keymap.adopt(chosen)
        if trouble:
            self._desk.messages.show_notice(" ".join(trouble))

    def _go_on(self) -> None:
        """Load the rest; then see what was left undone, and who is here."""
        if self._went_on:
            return
        self._went_on = True
        actions = self._desk.actions

        def loaded() -> None:
            actions.take_up(self._tell_taken_up)
            actions.take_up_recordings()
            self._desk.account.look()

        actions.load_rest(loaded)

    def _tell_taken_up(self, sessions: int) -> None:
        if sessions:
            told = counted(
                sessions,
                "One video is prepared on from the last time.",
                "{count} videos are prepared on from the last time.",
            )
            self._desk.messages.show_notice(told, tr("Show"), lambda: self._desk.go("activity"))
