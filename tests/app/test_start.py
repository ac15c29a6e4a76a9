"""The window is there before anything heavy is loaded, remembers its place, and tells its keys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app import look
from coachvision.app.settings_view import SettingsView
from coachvision.settings import SETTINGS
from tests.app.conftest import PATIENCE_MS, Open

HEAVY = (
    "numpy", "av", "cv2", "scipy", "matplotlib", "pyqtgraph", "pydantic", "sqlite_utils", "sqlite3", "jinja2",
    # Not heavy, but all of it together was a third of the start.
    "json", "hashlib", "PySide6.QtNetwork", "coachvision.app.actions", "coachvision.app.tasks",
    "coachvision.app.card_list", "coachvision.app.library_bars", "coachvision.app.naming", "coachvision.app.keys",
    "coachvision.app.arrivals", "coachvision.app.cloud_sync", "coachvision.app.session_view",
)  # fmt: skip


def test_window_shows_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    shown = (
        "import sys\n"
        "from pathlib import Path\n"
        "from coachvision.app.main import make_application\n"
        "from coachvision.app.window import Window\n"
        "application = make_application()\n"
        f"window = Window(Path({str(tmp_path)!r}))\n"
        "window.show()\n"
        "application.processEvents()\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "shown = window.isVisible()\n"
        "window.close()\n"
        "sys.exit(f'{shown} {loaded}' if loaded or not shown else 0)"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run([sys.executable, "-c", shown], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_style_is_the_one_the_sheet_is_made_for_whatever_the_desktop_has() -> None:
    styled = (
        "from coachvision.app.main import make_application\n"
        "application = make_application()\n"
        "application.setStyleSheet('')\n"
        "print(application.style().name())"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_STYLE_OVERRIDE": "windows"}
    ended = subprocess.run([sys.executable, "-c", styled], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "fusion"


class _Shown(QObject):
    """Remembers what shows as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.kinds.add(type(watched).__name__)
        return False


def test_nothing_but_the_window_shows_and_it_stays_active(open_window: Open, qapp: QApplication, qtbot: QtBot) -> None:
    """A part that is shown before it has its place flashes as a window of its own, and takes the keys with it."""
    shown = _Shown()
    qapp.installEventFilter(shown)
    window = open_window()
    qtbot.waitUntil(lambda: window.library.settled and window.isActiveWindow(), timeout=PATIENCE_MS)
    qapp.removeEventFilter(shown)
    assert shown.kinds == {"Window"}


def test_rooms_are_loaded_by_one_thread_while_others_wait() -> None:
    """Without the lock about one start in two failed: PySide's import hook and pydantic's own lazy parts."""
    started = (
        "import sys, threading\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from coachvision.app import rooms\n"
        "failed = []\n"
        "threading.excepthook = lambda told: failed.append(told.exc_value)\n"
        "threads = [threading.Thread(target=rooms.load) for _ in range(4)]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "sys.exit(f'{failed}' if failed else 0)"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", started]
    for _ in range(3):
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr


def test_size_and_theme_are_remembered(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    # The offscreen screen is 800 px square: only the height can differ from what a first start has.
    window.resize(960, 700)
    look.wear("light")
    window.close()
    again = open_window()
    assert (again.width(), again.height()) == (960, 700)


def test_settings_are_shown_searched_and_kept(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.go("settings")
    view = window.shown("settings")
    assert isinstance(view, SettingsView)
    qtbot.waitUntil(lambda: set(view.fields) == {setting.name for setting in SETTINGS}, timeout=PATIENCE_MS)
    with qtbot.waitSignal(view.changed, timeout=PATIENCE_MS):
        qtbot.mouseClick(view.fields["analysis.auto"], Qt.MouseButton.LeftButton)
    assert settings.load().switch("analysis.auto") is False
    window.header.search.setText("memory")
    visible = [name for name, field in view.fields.items() if field.isVisible()]
    assert visible == ["analysis.memory_limit_mb"]


def test_question_mark_shows_the_keys_and_any_key_puts_them_away(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.keys.toggle()
    assert window.keys.isVisible()
    qtbot.keyClick(window.keys, Qt.Key.Key_A)
    assert not window.keys.isVisible()


def test_every_button_and_field_has_a_name_for_screen_readers(open_window: Open) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLineEdit

    window = open_window()
    for widget in (*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)):
        if widget.isVisible():
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert text or widget.accessibleName(), widget
