"""The two bars of the capture screen: above, which camera and who comes next; below, recording and the delay."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSlider, QWidget

from coachvision.app import keymap
from coachvision.app.parts import Choice, area, button, label, named
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr


class SourceBar(QWidget):
    """source: the cameras. address, connect_button: of one in the network. athlete: who is recorded next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("header", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self.source = named(Choice(), tr("Camera"))
        self.source.setMinimumWidth(240)
        row.addWidget(self.source)
        self.address = named(QLineEdit(), tr("Address of the network camera"))
        self.address.setPlaceholderText("rtsp://192.168.0.20/stream1")
        self.address.setMinimumWidth(280)
        self.address.hide()
        row.addWidget(self.address)
        self.connect_button = button(tr("Connect"))
        self.connect_button.hide()
        row.addWidget(self.connect_button)
        row.addStretch(1)
        row.addWidget(label(tr("Next athlete"), "muted"))
        self.athlete = named(Choice(), tr("Next athlete"))
        self.athlete.setEditable(True)
        self.athlete.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.athlete.setMinimumWidth(200)
        edit = self.athlete.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(tr("Nobody"))
            edit.setAccessibleName(tr("Next athlete"))
        row.addWidget(self.athlete)


class RecordBar(QWidget):
    """record: the button. elapsed: how long. delay: seconds, so many at most. later: the same in words."""

    def __init__(self, most_s: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("activity", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(WIDE)
        self.record = button(tr("Record"), "record")
        self.record.setMinimumWidth(148)
        self.record.setMinimumHeight(40)
        self.record.setToolTip(keymap.hint("capture.record"))
        row.addWidget(self.record)
        self.elapsed = label(kind="muted")
        self.elapsed.setMinimumWidth(160)
        row.addWidget(self.elapsed)
        row.addStretch(1)
        row.addWidget(label(tr("Seen"), "muted"))
        self.delay = named(QSlider(Qt.Orientation.Horizontal), tr("Seconds of delay"))
        self.delay.setRange(0, most_s)
        self.delay.setFixedWidth(280)
        self.delay.setPageStep(5)
        row.addWidget(self.delay)
        self.later = label()
        self.later.setMinimumWidth(88)
        row.addWidget(self.later)
