"""The settings' screen, made from the one list in which they are declared. For the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

from coachvision.app import keymap
from coachvision.app.key_rows import KeyRow
from coachvision.app.key_rows import rows as rows_of_keys
from coachvision.app.parts import Choice, Switch, button, label, named, roomy
from coachvision.app.screens import Desk, Screen
from coachvision.app.settings_row import SearchedRow
from coachvision.app.theme import GAP, WIDE
from coachvision.words import said, tr

if TYPE_CHECKING:
    from coachvision.settings import Setting, Settings

_SECTIONS = {
    "look": said("Look"),
    "units": said("Units"),
    "analysis": said("Analysis"),
    "import": said("Adding videos"),
    "capture": said("Capture"),
    "cloud": said("Account and cloud"),
    "sync": said("Sync"),
}
_CHOICES = {
    "dark": said("Dark"),
    "light": said("Light"),
    "system": said("As the system"),
    "wait": said("Wait for mains power"),
    "analyze": said("Begin at once"),
}
_WIDTH = 720


class SettingsView(Screen):
    """changed: the settings after one was changed."""

    changed = Signal(object)
    search_hint = said("Search the settings")

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._actions = desk.actions
        self._area = named(QScrollArea(), tr("Settings"))
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self.fields: dict[str, QWidget] = {}
        self.keys: dict[str, KeyRow] = {}
        self._search = ""
        self._sections: list[tuple[QWidget, list[SearchedRow]]] = []

    def open(self) -> None:
        """Show the settings as they are now."""
        self._actions.settings(self._show)

    def search(self, text: str) -> None:
        """Show only what fits the words typed, and the headings over it."""
        self._search = text
        for heading, rows in self._sections:
            for row in rows:
                row.setVisible(row.fits(text))
            heading.setVisible(any(row.fits(text) for row in rows))

    def _show(self, settings: Settings) -> None:
        from coachvision.settings import SETTINGS

        body = QWidget()
        body.setObjectName("body")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(2 * WIDE, 2 * WIDE, 2 * WIDE, 2 * WIDE)
        self._column.setSpacing(WIDE)
        self._column.addWidget(label(tr("Settings"), "heading"))
        self.fields, self._sections = {}, []
        by_room: dict[str, list[SearchedRow]] = {}
        for setting in SETTINGS:
            field = self._field(setting, settings[setting.name])
            field.setAccessibleName(tr(setting.label))
            field.setAccessibleDescription(setting.help)
            self.fields[setting.name] = field
            by_room.setdefault(setting.name.partition(".")[0], []).append(_Row(setting, field))
        for room, rows in by_room.items():
            self._section(tr(_SECTIONS.get(room, room.capitalize())), rows)
            if room == "cloud":
                self.account = button(tr("Account, and joining a club …"))
                self.account.clicked.connect(lambda: self.desk.go("account"))
                self._column.addWidget(self.account, 0, Qt.AlignmentFlag.AlignLeft)
        self.keys = {}
        for group, key_rows in rows_of_keys(self._change_keys):
            self.keys |= {row.command.id: row for row in key_rows}
            name = tr(group)
            self._section(f"{tr('Keys')}: {name[:1].lower()}{name[1:]}", list(key_rows))
        self._column.addStretch(1)
        body.setMaximumWidth(_WIDTH)
        self._area.setWidget(body)
        self.search(self._search)

    def _section(self, title: str, rows: list[SearchedRow]) -> None:
        heading = label(title, "section")
        self._column.addSpacing(GAP)
        self._column.addWidget(heading)
        for row in rows:
            self._column.addWidget(row)
        self._sections.append((heading, rows))

    def _change_keys(self, command: str, keys: Sequence[str] | None) -> None:
        def take(chosen: Mapping[str, tuple[str, ...]]) -> None:
            keymap.adopt(chosen)
            for row in self.keys.values():
                row.refresh()

        self._actions.change_keys(command, keys, take)

    def _field(self, setting: Setting, value: object) -> QWidget:
        keep = self._keeper(setting.name)
        if setting.type == "boolean":
            box = Switch()
            box.setChecked(bool(value))
            box.toggled.connect(keep)
            return box
        if setting.type == "choice":
            choice = Choice()
            for one in setting.choices:
                choice.addItem(tr(_CHOICES.get(one, one)), one)
            choice.setCurrentIndex(setting.choices.index(str(value)))
            choice.currentIndexChanged.connect(lambda at: keep(setting.choices[at]))
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
        roomy(number)
        number.valueChanged.connect(keep)
        return number

    def _keeper(self, name: str) -> Callable[[object], None]:
        def keep(value: object) -> None:
            self._actions.change_setting(name, value, self.changed.emit)

        return keep


class _Row(SearchedRow):
    """A setting's label and help, and its field."""

    def __init__(self, setting: Setting, field: QWidget) -> None:
        super().__init__(f"{setting.label} {setting.help} {setting.name}")
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * WIDE)
        words = QWidget()
        words.setFixedWidth(400)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        title = label(tr(setting.label))
        title.setBuddy(field)
        column.addWidget(title)
        column.addWidget(label(tr(setting.help), "muted", wrap=True))
        field.setMinimumWidth(160)
        form.addRow(words, field)
        form.setAlignment(field, Qt.AlignmentFlag.AlignVCenter)
