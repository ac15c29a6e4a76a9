"""On every screen: the keyboard reaches everything, a screen reader has a name for it, and all of it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app import keymap, look
from coachvision.app.screens import SCREENS
from coachvision.app.theme import contrast
from coachvision.app.window import LEAST, Window
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions
from tests.support.clips import write_clip
from tests.support.weeks import keep_weeks

NAMES = [place.id for place in SCREENS]
# WCAG 2.2, 1.4.3 (AA). A letter of 13 px seldom fills a pixel whole, which takes a little off what is seen of it.
AA, THIN = 4.5, 0.75
INTERACTIVE = (
    QAbstractButton,
    QLineEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
    QAbstractSlider,
    QPlainTextEdit,
)


@pytest.fixture
def window(open_window: Open, qtbot: QtBot, tmp_path: Path) -> Window:
    """A window on a library with sessions, a team and a job that failed."""
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35, 0.33), team="U18")
    made = open_window()
    made.resize(1280, 800)
    qtbot.waitUntil(lambda: len(made.library.model.cards) == 3, timeout=PATIENCE_MS)
    return made


def shown(window: Window, qtbot: QtBot, screen: str) -> QWidget:
    window.go(screen)
    view = window.shown(screen)
    qtbot.waitUntil(lambda: view.isVisible() and not window.tasks.shown, timeout=PATIENCE_MS)
    QApplication.processEvents()
    return view


def visible(root: QWidget, *kinds: type[QWidget]) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        if isinstance(widget, kinds) and widget.isVisible() and not widget.visibleRegion().isEmpty():
            yield widget


def name_of(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text() or widget.toolTip()
    return ""


def inner(widget: QWidget) -> bool:
    """A part that Qt makes of a widget of its own: the field of a spin box, scroll bars, a tab bar's arrows."""
    parent = widget.parentWidget()
    return isinstance(widget, QScrollBar) or isinstance(parent, QAbstractSpinBox | QTabBar | QComboBox | QLineEdit)


def test_everything_that_can_be_used_has_a_name(window: Window, qtbot: QtBot) -> None:
    for screen in NAMES:
        shown(window, qtbot, screen)
        nameless = [w for w in visible(window, *INTERACTIVE) if not inner(w) and not name_of(w)]
        assert not nameless, (screen, nameless)


def test_tab_reaches_everything_that_can_be_used(window: Window, qtbot: QtBot) -> None:
    for screen in NAMES:
        shown(window, qtbot, screen)
        window.activateWindow()
        reached = walked(window)
        wanted = [w for w in visible(window, *INTERACTIVE) if w.isEnabled() and not inner(w)]
        missed = [w for w in wanted if id(w) not in reached and not isinstance(w, QTabBar)]
        assert not missed, (screen, [(type(widget).__name__, name_of(widget)) for widget in missed])


def test_a_session_is_walked_by_tab_and_all_that_it_comes_to_has_a_name_and_comes_into_view(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    settings.save("import.proxy", False)
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, sessions.write_film(tmp_path / "film.mp4"))
    window.resize(LEAST)
    window.open_session(session)
    qtbot.waitUntil(lambda: window.session.chart is not None and window.session.chart.isVisible(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.tasks.shown, timeout=PATIENCE_MS)
    for screen in ("session", *NAMES):
        if screen != "session":
            shown(window, qtbot, screen)
        window.activateWindow()
        first = now = window.header.places["library"]
        first.setFocus()
        reached: list[QWidget] = []
        while now not in reached:
            reached.append(now)
            assert inner(now) or name_of(now), (screen, now)
            # The middle of it is seen, and nothing lies over it.
            there = window.childAt(now.mapTo(window, now.rect().center()))
            assert there is not None, (screen, name_of(now))
            assert there is now or now.isAncestorOf(there), (screen, name_of(now), there)
            qtbot.keyClick(now, Qt.Key.Key_Tab)
            found = QApplication.focusWidget()
            assert found is not None
            now = found
        assert now is first


def walked(window: Window) -> set[int]:
    """Every widget that Tab comes to before it is back at the first."""
    first = window.header.places["library"]
    first.setFocus()
    reached: set[int] = set()
    while True:
        now = QApplication.focusWidget()
        assert now is not None
        if id(now) in reached:
            return reached
        reached.add(id(now))
        window.focusNextPrevChild(True)


def test_every_screen_is_reached_and_left_by_its_key(window: Window, qtbot: QtBot) -> None:
    for there in (*NAMES[1:], *NAMES):
        press(qtbot, QApplication.focusWidget() or window, keymap.keys(f"window.{there}")[0])
        assert window.screens.currentWidget() is window.shown(there), there


def press(qtbot: QtBot, widget: QWidget, key: str) -> None:
    from PySide6.QtGui import QKeySequence

    combination = QKeySequence(key)[0]  # type: ignore[index]  # the stubs leave it out
    qtbot.keyClick(widget, combination.key(), combination.keyboardModifiers())


def test_a_session_is_opened_and_left_by_keys_alone(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: window.session.opened is not None and not window.tasks.shown, timeout=PATIENCE_MS)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
    assert window.screens.currentWidget() is window.library
    qtbot.waitUntil(lambda: len(window.library.model.cards) == 1, timeout=PATIENCE_MS)
    qtbot.keyClick(window.library.list, Qt.Key.Key_Home)
    qtbot.keyClick(window.library.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    window.activateWindow()
    window.session.setFocus()
    reached = walked(window)
    wanted = [w for w in visible(window.session, *INTERACTIVE) if w.isEnabled() and not inner(w)]
    wanted = [w for w in wanted if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert [name_of(widget) for widget in wanted if id(widget) not in reached] == []
    assert [widget for widget in wanted if not name_of(widget)] == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_word_stands_out_from_what_is_behind_it(window: Window, qtbot: QtBot, theme: str) -> None:
    look.wear(theme)
    weak = []
    for screen in NAMES:
        shown(window, qtbot, screen)
        weak += [(screen, *found) for found in faint(window)]
    assert not weak


def faint(window: Window) -> list[tuple[str, str, float]]:
    """(kind, text, contrast) of the words in sight that can hardly be read."""
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)[:, :, 2::-1]
    weak = []
    for widget in visible(window, QLabel, QAbstractButton, QLineEdit, QComboBox):
        text = widget.currentText() if isinstance(widget, QComboBox) else getattr(widget, "text", str)()
        if not text.strip() or not widget.isEnabled() or (isinstance(widget, QLabel) and widget.pixmap().width() > 0):
            continue
        place = widget.visibleRegion().boundingRect().translated(widget.mapTo(window, widget.rect().topLeft()))
        patch = pixels[place.top() : place.bottom() + 1, place.left() : place.right() + 1].reshape(-1, 3)
        ratio = contrast_in(patch)
        if ratio < AA * THIN:
            weak.append((type(widget).__name__, text, round(ratio, 2)))
    return weak


def contrast_in(pixels: np.ndarray) -> float:
    """The greatest contrast of any pixel with the most frequent one, which is the background."""
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, counts = np.unique(packed, return_counts=True)
    if not len(colours):
        return 21.0
    background = f"#{colours[counts.argmax()]:06x}"
    return max(contrast(background, f"#{colour:06x}") for colour in colours)
