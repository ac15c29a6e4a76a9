"""What the window does when its library holds other sessions than before, or is somebody else's. For the window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coachvision.app.cloud_sync import CloudSync
from coachvision.app.recent import RecentMenu
from coachvision.app.screen_stack import ScreenStack
from coachvision.app.screens import Desk
from coachvision.words import tr


class Newcomers(QObject):
    """Of one window: what sync and Restore brought, and who signed in or out."""

    def __init__(self, desk: Desk, screens: ScreenStack, cloud: CloudSync, recent: RecentMenu, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._screens = screens
        self._recent = recent
        desk.account.switched.connect(self._switched)
        cloud.came.connect(self._come)
        desk.account.restoring.came.connect(self._come)
        desk.account.restoring.told.connect(self._tell_restored)

    def _switched(self) -> None:
        """Somebody else's library is open now: nothing of the other one's stays in view."""
        self._recent.put_away()
        self._desk.messages.hide()
        if self._screens.session_shown is not None:
            self._desk.go("library")
        self._screens.library.refresh()
        self._screens.start_over()

    def _come(self, brought: list[str]) -> None:
        """The library holds other sessions than it did; the one that is looked at may be among them."""
        shown = self._screens.session_shown
        if shown is not None and shown.session in brought:
            self._desk.go("library")
        self._screens.library.refresh()
        self._desk.actions.preview(brought)

    def _tell_restored(self, told: str, more: bool) -> None:
        again = self._desk.account.restoring.start
        self._desk.messages.show_notice(told, *((tr("Try again"), again) if more else ()))
