"""What the window does once it was seen, in turns: it furnishes itself, the library is read, and then all the rest.

For the window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from coachvision.app import keymap
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.app.window import Window

# The rest is loaded when the library stands; at the latest then.
_REST_MS = 3000


def in_turns(window: QObject, what: Sequence[Callable[[], object]]) -> None:
    """One thing at a turn: whatever is pressed or clicked meanwhile waits for that one alone."""
    if not what:
        return
    first, *rest = what

    def turn() -> None:
        first()
        in_turns(window, rest)

    QTimer.singleShot(0, window, turn)


class Beginning(QObject):
    """Of one window, once."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._desk = window.desk
        self._went_on = False

    def open(self) -> None:
        """Open the library, before any other work with it; read it and the settings."""
        actions = self._desk.actions
        actions.open_library(self._open)
        actions.settings(self._window.settle)
        actions.keys(self._put_on_keys)
        # It may never stand: out of sight, or nothing that can be read.
        QTimer.singleShot(_REST_MS, self, self._go_on)

    def _open(self) -> None:
        library = self._window.library
        library.stood.connect(self._go_on)
        library.refresh()
        self._window.screens.warm_soon()

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
