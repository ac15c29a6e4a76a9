"""What a key press means, whichever keyboard it comes from, and how the table of keys writes it. For `keymap` alone.

Qt makes its enums of keys and modifiers, a tenth of an empty window's start, when they are first named: this is loaded
with the first key that is pressed.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_CTRL, _ALT, _META = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier,
)  # fmt: skip
_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | _CTRL | _ALT | _META
_ALONE = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    Qt.Key.Key_unknown,
)  # fmt: skip
Pressed = tuple[Qt.Key, Qt.KeyboardModifier]


def pressed(event: QKeyEvent) -> Pressed | None:
    """The key, as `parsed` tells one of the table; None for a modifier alone."""
    key, modifiers = Qt.Key(event.key()), event.modifiers() & _MODIFIERS
    if key in _ALONE:
        return None
    if key == Qt.Key.Key_Enter:
        key = Qt.Key.Key_Return
    # Which keys make a sign differs between keyboards (? and \ and digits may need Shift or AltGr): the sign counts.
    # Windows tells AltGr as Ctrl and Alt, a Mac its option key as Alt; Ctrl alone means a command, whatever its text.
    plain = modifiers & (_CTRL | _ALT | _META)
    typing = plain in (Qt.KeyboardModifier.NoModifier, _CTRL | _ALT) or (sys.platform == "darwin" and plain == _ALT)
    text = event.text()
    if typing and len(text) == 1 and text.isprintable() and not text.isalpha() and text != " ":
        typed = parsed(text)
        return typed if typed is not None else (key, modifiers)
    return key, modifiers


_known: dict[str, Pressed | None] = {}


def parsed(key: str) -> Pressed | None:
    """A key of the table as an event has it; None where it is none."""
    if key not in _known:
        sequence = QKeySequence(key, QKeySequence.SequenceFormat.PortableText)
        # PySide's stubs leave out that a sequence is indexed by its keys.
        combination: QKeyCombination | None = sequence[0] if sequence.count() == 1 else None  # type: ignore[index]
        if combination is None or combination.key() == Qt.Key.Key_unknown:
            _known[key] = None
        else:
            _known[key] = (combination.key(), combination.keyboardModifiers() & _MODIFIERS)
    return _known[key]


def written(event: QKeyEvent) -> str | None:
    """The key that was pressed, as the table writes it; None for a modifier alone."""
    found = pressed(event)
    if found is None:
        return None
    key, modifiers = found
    return QKeySequence(int(key) | modifiers.value).toString(QKeySequence.SequenceFormat.PortableText) or None
