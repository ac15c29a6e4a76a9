"""The settings' screen, made from the one list in which they are declared. For the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from coachvision.app.parts import Choice, Switch, button, label
from coachvision.app.screens import Desk, Screen
from coachvision.app.theme import GAP, WIDE

if TYPE_CHECKING:
    from coachvision.settings import Setting, Settings

_SECTIONS = {
    "look": "Look",
    "units": "Units",
    "analysis": "Analysis",
    "import": "Adding videos",
    "capture": "Capture",
    "cloud": "Account and cloud",
    "sync": "Sync",
}
_WIDTH = 720


class SettingsView(Screen):
    """changed: the settings after one was changed."""

    changed = Signal(object)
    search_hint = "Search the settings"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._actions = desk.actions
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self.fields: dict[str, QWidget] = {}

    def open(self) -> None:
        """Show the settings as they are now."""
        self._actions.settings(self._show)

    def search(self, text: str) -> None:
        """Show only what fits the words typed."""
        words = text.casefold().split()
        for row in self.findChildren(_Row):
            row.setVisible(all(word in row.words for word in words))

    def _show(self, settings: Settings) -> None:
        from coachvision.settings import SETTINGS

        body = QWidget()
        body.setObjectName("body")
        column = QVBoxLayout(body)
        column.setContentsMargins(2 * WIDE, 2 * WIDE, 2 * WIDE, 2 * WIDE)
        column.setSpacing(WIDE)
        column.addWidget(label("Settings", "heading"))
        self.fields = {}
        section = ""
        for setting in SETTINGS:
            room = setting.name.partition(".")[0]
            if room != section:
                column.addSpacing(GAP)
                column.addWidget(label(_SECTIONS.get(room, room.capitalize()), "section"))
                if room == "cloud":
                    self.account = button("Account, and joining a club …")
                    self.account.clicked.connect(lambda: self.desk.go("account"))
                    column.addWidget(self.account, 0, Qt.AlignmentFlag.AlignLeft)
                section = room
            field = self._field(setting, settings[setting.name])
            field.setAccessibleName(setting.label)
            field.setAccessibleDescription(setting.help)
            self.fields[setting.name] = field
            column.addWidget(_Row(setting, field))
        column.addStretch(1)
        body.setMaximumWidth(_WIDTH)
        self._area.setWidget(body)

    def _field(self, setting: Setting, value: object) -> QWidget:
        keep = self._keeper(setting.name)
        if setting.type == "boolean":
            box = Switch()
            box.setChecked(bool(value))
            box.toggled.connect(keep)
            return box
        if setting.type == "choice":
            choice = Choice()
            choice.addItems(setting.choices)
            choice.setCurrentText(str(value))
            choice.currentTextChanged.connect(keep)
            return choice
        if setting.type == "text":
            line = QLineEdit(str(value))
            line.editingFinished.connect(lambda: keep(line.text()))
            return line
        number = QSpinBox() if setting.type == "integer" else QDoubleSpinBox()
        number.setRange(setting.minimum or 0, setting.maximum if setting.maximum is not None else 2**31 - 1)  # type: ignore[arg-type]  # whole for a QSpinBox
        number.setValue(value)  # type: ignore[arg-type]  # checked by the declaration
        number.setSuffix(f" {setting.unit}" if setting.unit else "")
        number.setKeyboardTracking(False)
        # The style sheet's padding is not that of the field inside.
        number.lineEdit().setTextMargins(GAP, 0, GAP, 0)
        number.valueChanged.connect(keep)
        return number

    def _keeper(self, name: str) -> Callable[[object], None]:
        def keep(value: object) -> None:
            self._actions.change_setting(name, value, self.changed.emit)

        return keep


class _Row(QWidget):
    """A setting's label and help, and its field."""

    def __init__(self, setting: Setting, field: QWidget) -> None:
        super().__init__()
        self.words = f"{setting.label} {setting.help} {setting.name}".casefold()
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * WIDE)
        words = QWidget()
        words.setFixedWidth(400)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        title = label(setting.label)
        title.setBuddy(field)
        column.addWidget(title)
        column.addWidget(label(setting.help, "muted", wrap=True))
        field.setMinimumWidth(160)
        form.addRow(words, field)
        form.setAlignment(field, Qt.AlignmentFlag.AlignVCenter)
