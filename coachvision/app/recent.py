"""The menu of the sessions that were opened last: from the header and by key, on every screen. For the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from coachvision.app.actions import Actions
from coachvision.app.tasks import Job
from coachvision.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from coachvision.library import Library
    from coachvision.services.recent import Recent


class RecentMenu(QObject):
    """chosen: a session's id. The menu is read anew each time it is asked for, and made with it."""

    chosen = Signal(str)

    def __init__(self, actions: Actions, under: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._under = under
        self._window = parent
        self._asked = 0
        self.menu: QMenu | None = None

    def remember(self, session: str) -> None:
        """A session is being opened."""

        def work(library: Library, _job: Job) -> None:
            from coachvision.services.recent import remember

            remember(library, session)

        self._actions.run(work, owed=True)

    def ask(self) -> None:
        """Show the menu, under its button."""
        self._asked += 1
        asked = self._asked

        def work(library: Library, _job: Job) -> list[Recent]:
            from coachvision.services.recent import recent

            return recent(library)

        def take(found: list[Recent]) -> None:
            if asked == self._asked:
                self._show(found)

        self._actions.run(work, take)

    def put_away(self) -> None:
        """Somebody else is here: what was asked for before is not shown to him."""
        self._asked += 1
        if self.menu is not None:
            self.menu.close()
            self.menu.deleteLater()
            self.menu = None

    def _show(self, found: Sequence[Recent]) -> None:
        from PySide6.QtWidgets import QMenu

        self.put_away()
        menu = self.menu = QMenu(self._window)
        menu.setAccessibleName(tr("Recent"))
        if not found:
            menu.addAction(tr("Nothing was opened yet")).setEnabled(False)
        for one in found:
            about = (one.name, one.athlete, tr("video is missing") if one.missing else "")
            # An ampersand would be taken for a key.
            text = "  ·  ".join(part for part in about if part).replace("&", "&&")
            menu.addAction(text).triggered.connect(lambda _on=False, session=one.id: self.chosen.emit(session))
        shown = self._under if self._under.isVisible() else self._window
        menu.popup(shown.mapToGlobal(QPoint(0, shown.height() if shown is self._under else 0)))
