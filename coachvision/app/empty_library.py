"""An empty library: three things to do. For the library's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app import icons
from coachvision.app.parts import button, label
from coachvision.app.theme import GAP, WIDE, worn
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.app.here import Here


class EmptyLibrary(QWidget):
    """An empty library: what to do."""

    add_wanted = Signal()
    record_wanted = Signal()
    demo_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(GAP)
        column.addStretch(2)
        self._icon = label(centred=True)
        column.addWidget(self._icon)
        column.addSpacing(GAP)
        heading = label(tr("Drop a video here"), "heading", centred=True)
        column.addWidget(heading)
        self.about = label(kind="muted", centred=True)
        column.addWidget(self.about)
        column.addSpacing(WIDE)
        add = button(tr("Choose videos …"), "accent")
        add.clicked.connect(self.add_wanted)
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignCenter)
        record = button(tr("Record with a camera"))
        record.clicked.connect(self.record_wanted)
        column.addWidget(record, 0, Qt.AlignmentFlag.AlignCenter)
        show = button(tr("Try it with a drawn athlete"), "quiet")
        show.clicked.connect(self.demo_wanted)
        column.addWidget(show, 0, Qt.AlignmentFlag.AlignCenter)
        column.addSpacing(WIDE)
        self.elsewhere = label(kind="muted", centred=True)
        self.account = button("")
        self.account.clicked.connect(self.account_wanted)
        column.addWidget(self.elsewhere)
        column.addWidget(self.account, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        self._tell_about(alone=True)
        self._tell_elsewhere("", "")
        self._dress()

    def tell(self, here: Here) -> None:
        """Who is here: what becomes of a video that is added, and whose sessions lie on this laptop besides."""
        self._tell_about(alone=here.synced is None or not here.kept)
        if here.guest is not None:
            count, way = here.guest.sessions, tr("Go to the account")
            words = counted(
                count,
                "One session was made here without an account.",
                "{count} sessions were made here without an account.",
            )
        else:
            count, way = here.others, tr("Sign in")
            words = counted(
                count,
                "One session on this laptop belongs to an account.",
                "{count} sessions on this laptop belong to an account.",
            )
        self._tell_elsewhere(words if count else "", way)

    def _tell_about(self, *, alone: bool) -> None:
        words = [tr("It opens at once, and its angles and numbers follow by themselves.")]
        self.about.setText("\n".join([*words, *([tr("Nothing leaves this computer.")] if alone else [])]))

    def _tell_elsewhere(self, words: str, way: str) -> None:
        self.elsewhere.setText(words)
        self.account.setText(way)
        for part in (self.elsewhere, self.account):
            part.setVisible(bool(words))

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the icon in its colour."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self._icon.setPixmap(icons.icon("drop", worn().muted).pixmap(48, 48))
