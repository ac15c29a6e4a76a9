"""From the bus of the rooms to signals of the window: sent in any thread, received in the UI's. For `app` alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from coachvision.events import Bus, MomentsChanged, PlaylistsChanged, SessionAnnotated, SessionDeleted, SessionSaved

_KEPT = (SessionSaved, SessionDeleted, MomentsChanged, SessionAnnotated, PlaylistsChanged)


class Bridge(QObject):
    """Signals of what happened, with the session's id. Qt queues them into the thread of whoever listens.

    changed: anything at all that the library keeps is another now; sync has something to look at.
    """

    session_saved = Signal(str)
    session_deleted = Signal(str)
    changed = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ends: list[Callable[[], None]] = [
            bus.subscribe(SessionSaved, lambda event: self.session_saved.emit(event.session_id)),
            bus.subscribe(SessionDeleted, lambda event: self.session_deleted.emit(event.session_id)),
            *(bus.subscribe(kind, lambda _: self.changed.emit()) for kind in _KEPT),
        ]

    def close(self) -> None:
        """Listen no more."""
        while self._ends:
            self._ends.pop()()
