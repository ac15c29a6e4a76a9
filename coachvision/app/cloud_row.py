"""How sync stands, in the words of the activity screen: what waits to be sent, and what keeps it waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app.account_actions import AccountActions
from coachvision.app.account_panels import waiting_words
from coachvision.app.parts import area, label
from coachvision.app.theme import GAP, WIDE
from coachvision.errors import CoachVisionError
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.here import Here
    from coachvision.services.sync_now import Summary

_LOOK_MS = 1000


class CloudRow(QWidget):
    """Not there where nothing is kept in a cloud. While it is seen and something waits, it looks again."""

    def __init__(self, account: AccountActions) -> None:
        super().__init__()
        area("panel", self)
        self._account = account
        self._here: Here | None = None
        self._ran: Summary | CoachVisionError | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, GAP, WIDE, GAP)
        column.setSpacing(2)
        column.addWidget(label(tr("In the cloud")))
        self.about = label(kind="muted", wrap=True)
        column.addWidget(self.about)
        self._again = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._again.timeout.connect(account.look)
        account.stood.connect(self._stood)
        account.ran.connect(self._told)
        self.hide()

    def _stood(self, here: Here) -> None:
        if self._here is not None and self._here.synced != here.synced:
            # What was told of another account.
            self._ran = None
        self._here = here
        self._show()

    def _told(self, ran: Summary | CoachVisionError) -> None:
        self._ran = ran
        self._show()

    def _show(self) -> None:
        here = self._here
        kept = here is not None and here.synced is not None and bool(here.kept)
        if here is not None and kept:
            waits = bool(here.waiting)
            behind = self._behind()
            sent = tr("Everything here is in the cloud.") if behind else tr("Everything is in the cloud.")
            words = waiting_words(here.waiting, here.waiting_bytes) if waits else sent
            self.about.setText(" ".join(part for part in (words, *behind, self._why()) if part))
            if waits and self.isVisible():
                self._again.start()
        self.setVisible(kept)

    def _behind(self) -> list[str]:
        """What the cloud has and this laptop cannot have."""
        return [] if self._ran is None or isinstance(self._ran, CoachVisionError) else self._ran.behind

    def _why(self) -> str:
        """What keeps sync from going on; nothing where it goes on."""
        if isinstance(self._ran, CoachVisionError):
            return f"{tr(self._ran.title)}."
        if self._ran is not None and self._ran.paused is not None:
            from coachvision.services.sync_now import pause_words

            return tr("Sync is {why}.", why=pause_words(self._ran.paused))
        return ""

    def showEvent(self, event: QShowEvent) -> None:
        """Seen: how it is now."""
        super().showEvent(event)
        self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it."""
        self._again.stop()
        super().hideEvent(event)
