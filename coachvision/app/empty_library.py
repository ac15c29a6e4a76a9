"""An empty library: three things to do. For the library's screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app import icons
from coachvision.app.parts import button, label
from coachvision.app.theme import GAP, WIDE, worn
from coachvision.words import tr


class EmptyLibrary(QWidget):
    """An empty library: what to do."""

    add_wanted = Signal()
    record_wanted = Signal()
    demo_wanted = Signal()

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
        column.addWidget(
            label(
                tr("It opens at once, and its angles and numbers follow by themselves.\nNothing leaves this computer."),
                "muted",
                centred=True,
            )
        )
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
        column.addStretch(3)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the icon in its colour."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self._icon.setPixmap(icons.icon("drop", worn().muted).pixmap(48, 48))
