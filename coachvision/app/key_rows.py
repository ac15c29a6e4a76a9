"""The settings' rows of keys: what a command's key is, another one by pressing it, conflicts told where they arise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from coachvision.app import key_events, keymap
from coachvision.app.parts import button, label
from coachvision.app.settings_row import SearchedRow
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

Change = Callable[[str, Sequence[str] | None], None]


class KeyRow(SearchedRow):
    """One command. change: keeps (command, its keys; None for its own again)."""

    def __init__(self, command: keymap.Command, change: Change) -> None:
        super().__init__(f"{tr(command.title)} {tr(command.group)} {tr('key keys')} {command.id}")
        self.command = command
        self._change = change
        self._wanted = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        title = label(tr(command.title))
        title.setFixedWidth(400)
        row.addWidget(title)
        row.addSpacing(2 * WIDE - GAP)
        self.key = _KeyButton(self._press)
        self.key.setMinimumWidth(200)
        row.addWidget(self.key)
        self.default = button(tr("Default"), "quiet")
        self.default.setAccessibleName(tr("Default key: {title}", title=tr(command.title)))
        self.default.clicked.connect(lambda: self._change(command.id, None))
        row.addWidget(self.default)
        row.addStretch(1)
        column.addLayout(row)
        taken = QHBoxLayout()
        self._taken = label(kind="muted")
        taken.addWidget(self._taken)
        self.take = button(tr("Use it here"), "quiet")
        self.take.clicked.connect(self._take)
        taken.addWidget(self.take)
        taken.addStretch(1)
        column.addLayout(taken)
        self.refresh()

    def refresh(self) -> None:
        """As the keys are now."""
        told = keymap.words(self.command.id)
        self.key.show_key(told or tr("no key"))
        self.key.setAccessibleName(tr("Key for {title}: {key}", title=tr(self.command.title), key=told or tr("none")))
        self.default.setVisible(keymap.keys(self.command.id) != self.command.keys)
        self._taken.hide()
        self.take.hide()

    def _press(self, key: str) -> None:
        others = keymap.conflicts(self.command.id, key)
        if not others:
            self._change(self.command.id, [key])
            return
        self._wanted = key
        names = f" {tr('and')} ".join(f"“{tr(other.title)}”" for other in others)
        self._taken.setText(tr("{key} is the key for {names}.", key=key, names=names))
        self._taken.show()
        self.take.show()
        self.take.setAccessibleName(tr("Use {key} for {title} instead", key=key, title=tr(self.command.title)))

    def _take(self) -> None:
        for other in keymap.conflicts(self.command.id, self._wanted):
            kept = [key for key in keymap.keys(other.id) if not keymap.same(key, self._wanted)]
            self._change(other.id, kept)
        self._change(self.command.id, [self._wanted])


class _KeyButton(QPushButton):
    """Shows a key; clicked, the next key that is pressed is the new one. Esc keeps the old."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        super().__init__()
        self._pressed = pressed
        self._told = ""
        self.asking = False
        self.clicked.connect(self._ask)

    def show_key(self, told: str) -> None:
        """Show it, and ask no more."""
        self._told = told
        self.asking = False
        self.setText(told)

    def _ask(self) -> None:
        self.asking = True
        self.setText(tr("Press a key …"))

    def event(self, event: QEvent) -> bool:
        """While it asks, also Tab and the window's own keys are for it."""
        if self.asking and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self.asking and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._take(event)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Gone elsewhere: the old key stays."""
        self.show_key(self._told)
        super().focusOutEvent(event)

    def _take(self, event: QKeyEvent) -> None:
        event.accept()
        key = key_events.written(event)
        if key is None:
            return
        self.show_key(self._told)
        if event.key() != Qt.Key.Key_Escape:
            self._pressed(key)


def rows(change: Change) -> list[tuple[str, list[KeyRow]]]:
    """A row for every command that has or may have a key, by group."""
    found = []
    for group in keymap.GROUPS:
        commands = [command for command in keymap.COMMANDS if command.group == group and not command.gesture]
        if commands:
            found.append((group, [KeyRow(command, change) for command in commands]))
    return found
