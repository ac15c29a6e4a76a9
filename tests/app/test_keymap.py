"""Keys: one table, no two meanings at once, the coach's own instead, and text fields keep what is typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app import key_events, keymap
from coachvision.app.screens import SCREENS
from coachvision.app.settings_view import SettingsView
from tests.app.conftest import PATIENCE_MS, Open

# UX.md, "Keys": each as it is named there; Ctrl+Shift+S (share) comes with sharing, a key that does nothing is none.
SPECIFIED = {
    "Space": "play.toggle", "K": "play.toggle", "Left": "play.frame_back", "Right": "play.frame_on",
    "Shift+Left": "play.ten_back", "Shift+Right": "play.ten_on", "Ctrl+Left": "play.second_back",
    "Ctrl+Right": "play.second_on", "J": "play.backwards", "L": "play.forwards", "Home": "play.first",
    "End": "play.last", "Up": "play.faster", "Down": "play.slower", "Shift+Up": "play.little_faster",
    "Shift+Down": "play.little_slower", "I": "play.in", "O": "play.out", "B": "tag.split", "\\": "play.loop",
    "F8": "compare.sync", "M": "tag.marker", "1": "tag.1", "9": "tag.9", "G": "play.go_to", "C": "draw.snapshot",
    "Z": "play.zoom_athlete", "Ctrl+Z": "edit.undo", "Ctrl+Shift+Z": "edit.redo", "Ctrl+F": "window.search",
    "F": "window.full_screen", "D": "draw.start", "Esc": "draw.select",
    "?": "window.keys",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_keys_afterwards() -> Iterator[None]:
    yield
    keymap.adopt({})


class Panel(QWidget):
    """A list and a field in a widget in a widget, as on a screen."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = QWidget()
        self.list = QListWidget()
        self.list.addItems(["Kim", "Lena"])
        self.field = QLineEdit()
        column = QVBoxLayout(self.inner)
        column.addWidget(self.list)
        column.addWidget(self.field)
        QVBoxLayout(self).addWidget(self.inner)


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    made = Panel()
    qtbot.addWidget(made)
    made.show()
    return made


def press(
    widget: QWidget, key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier | None = None, *, held: bool = False
) -> None:
    """One key press as a keyboard sends it, to the widget and outwards."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers or Qt.KeyboardModifier.NoModifier, text, held)
    QApplication.sendEvent(widget, event)


def test_every_key_of_the_specification_is_in_the_table() -> None:
    for key, command in SPECIFIED.items():
        assert key in keymap.keys(command), key
    gestures = {c.gesture for c in keymap.COMMANDS if c.gesture}
    assert {"Ctrl + wheel", "Middle button, drag"} <= gestures


def test_no_key_means_two_things_at_once() -> None:
    for command in keymap.COMMANDS:
        for key in command.keys:
            assert not keymap.conflicts(command.id, key), (command.id, key)


def test_every_screen_has_a_key() -> None:
    assert all(keymap.keys(f"window.{place.id}") for place in SCREENS)


def test_keys_go_to_the_innermost_widget_and_outwards_if_not_used(panel: Panel) -> None:
    told: list[str] = []
    keymap.bind(panel, {"window.back": lambda: told.append("back"), "window.full_screen": lambda: told.append("full")})
    tool_in_hand = True

    def put_down() -> object:
        told.append("down")
        return tool_in_hand

    keymap.bind(panel.inner, {"draw.select": put_down})
    press(panel.list, Qt.Key.Key_Escape)
    assert told == ["down"]
    tool_in_hand = False
    press(panel.list, Qt.Key.Key_Escape)
    assert told == ["down", "down", "back"]


def test_text_fields_keep_letters_and_lists_hand_them_on(panel: Panel, qtbot: QtBot) -> None:
    told: list[str] = []
    keymap.bind(panel, {"play.toggle": lambda: told.append("play"), "window.search": lambda: told.append("search")})
    keymap.pass_letters(panel.list)
    qtbot.keyClicks(panel.field, "k k")
    assert (panel.field.text(), told) == ("k k", [])
    press(panel.list, Qt.Key.Key_K, "k")
    assert told == ["play"]
    qtbot.keyClick(panel.field, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert told == ["play", "search"]


def test_signs_are_found_wherever_the_keyboard_has_them(panel: Panel) -> None:
    told: list[str] = []
    keymap.bind(
        panel,
        {
            "window.keys": lambda: told.append("?"),
            "play.loop": lambda: told.append("loop"),
            "tag.1": lambda: told.append("1"),
        },
    )
    # American: Shift + /. German: AltGr + sharp s, which Windows tells as Ctrl + Alt. French: Shift + &.
    press(panel.inner, Qt.Key.Key_Question, "?", Qt.KeyboardModifier.ShiftModifier)
    press(
        panel.inner, Qt.Key.Key_Backslash, "\\", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )
    press(panel.inner, Qt.Key.Key_1, "1", Qt.KeyboardModifier.ShiftModifier)
    assert told == ["?", "loop", "1"]


def test_held_key_repeats_what_moves_and_nothing_else(panel: Panel) -> None:
    told: list[str] = []
    keymap.bind(panel, {"play.frame_on": lambda: told.append("on"), "play.toggle": lambda: told.append("play")})
    for held in (False, True, True):
        press(panel.inner, Qt.Key.Key_Right, held=held)
        press(panel.inner, Qt.Key.Key_K, "k", held=held)
    assert told == ["on", "play", "on", "on"]


def test_another_key_is_kept_and_told_where_it_is_taken(panel: Panel) -> None:
    told: list[str] = []
    keymap.bind(panel, {"play.toggle": lambda: told.append("play")})
    assert [c.id for c in keymap.conflicts("play.toggle", "M")] == ["tag.marker"]
    # In the library a key may mean something else than on the video.
    assert keymap.conflicts("library.trash", "M") == []
    assert keymap.adopt(settings.save_keys("play.toggle", ["P"])) == []
    press(panel.inner, Qt.Key.Key_K, "k")
    press(panel.inner, Qt.Key.Key_P, "p")
    assert told == ["play"]
    assert keymap.words("play.toggle") == "P"
    assert settings.load_keys() == {"play.toggle": ("P",)}
    assert keymap.adopt(settings.save_keys("play.toggle", None)) == []
    assert keymap.words("play.toggle") == "Space or K"


def test_keys_of_another_version_are_told_and_left() -> None:
    trouble = keymap.adopt({"dance": ("X",), "play.toggle": ("Hyper+Q+Q",), "tag.marker": ("N",)})
    assert len(trouble) == 2
    assert keymap.keys("play.toggle") == ("Space", "K")
    assert keymap.keys("tag.marker") == ("N",)


def test_unknown_command_cannot_be_bound(panel: Panel) -> None:
    with pytest.raises(KeyError):
        keymap.bind(panel, {"play.tuggle": lambda: None})


def test_pressed_key_is_written_as_the_table_writes_it() -> None:
    def written(
        key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> str | None:
        return key_events.written(QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text))

    assert written(Qt.Key.Key_Right, modifiers=Qt.KeyboardModifier.ControlModifier) == "Ctrl+Right"
    assert written(Qt.Key.Key_Question, "?", Qt.KeyboardModifier.ShiftModifier) == "?"
    assert written(Qt.Key.Key_P, "p") == "P"
    assert written(Qt.Key.Key_Shift) is None


def test_sheet_has_a_row_for_every_command() -> None:
    rows = {row for _, group in keymap.sheet() for row in group}
    assert ("1 to 9", "Tags of the board") in rows
    told = {title for _, title in rows}
    assert all(c.title in told or c.id[4:].isdigit() for c in keymap.COMMANDS)


def settings_screen(open_window: Open, qtbot: QtBot) -> SettingsView:
    window = open_window()
    window.go("settings")
    view = window.shown("settings")
    assert isinstance(view, SettingsView)
    qtbot.waitUntil(lambda: bool(view.keys), timeout=PATIENCE_MS)
    return view


def test_another_key_is_chosen_by_pressing_it(open_window: Open, qtbot: QtBot) -> None:
    view = settings_screen(open_window, qtbot)
    row = view.keys["play.toggle"]
    assert row.key.text() == "Space or K"
    qtbot.mouseClick(row.key, Qt.MouseButton.LeftButton)
    assert row.key.text() == "Press a key …"
    qtbot.keyClick(row.key, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: row.key.text() == "Ctrl + P", timeout=PATIENCE_MS)
    assert settings.load_keys() == {"play.toggle": ("Ctrl+P",)}
    qtbot.mouseClick(row.default, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.key.text() == "Space or K", timeout=PATIENCE_MS)
    assert not row.default.isVisible()


def test_key_that_is_taken_is_told_and_can_be_taken_over(open_window: Open, qtbot: QtBot) -> None:
    view = settings_screen(open_window, qtbot)
    row = view.keys["tag.marker"]
    qtbot.mouseClick(row.key, Qt.MouseButton.LeftButton)
    qtbot.keyClick(row.key, Qt.Key.Key_K)
    assert row._taken.text() == "K is the key for “Play or pause”."
    assert row.key.text() == "M"
    qtbot.mouseClick(row.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: row.key.text() == "K", timeout=PATIENCE_MS)
    # The other one keeps the key that nobody took.
    qtbot.waitUntil(lambda: view.keys["play.toggle"].key.text() == "Space", timeout=PATIENCE_MS)


def test_escape_and_leaving_keep_the_key(open_window: Open, qtbot: QtBot) -> None:
    view = settings_screen(open_window, qtbot)
    row = view.keys["tag.marker"]
    qtbot.mouseClick(row.key, Qt.MouseButton.LeftButton)
    qtbot.keyClick(row.key, Qt.Key.Key_Escape)
    assert row.key.text() == "M"
    assert view.isVisible()
    qtbot.mouseClick(row.key, Qt.MouseButton.LeftButton)
    row.key.clearFocus()
    assert row.key.text() == "M"


def test_keys_are_found_by_the_search_and_headings_go_with_them(open_window: Open, qtbot: QtBot) -> None:
    view = settings_screen(open_window, qtbot)
    view.search("marker")
    assert [name for name, row in view.keys.items() if row.isVisible()] == ["tag.marker"]
    assert [heading.isVisible() for heading, _ in view._sections].count(True) == 1
