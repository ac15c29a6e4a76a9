"""The window is there before anything heavy is loaded, remembers its place, and tells its keys."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app import look
from coachvision.app.main import FirstSight
from coachvision.app.settings_view import SettingsView
from coachvision.app.window import Window
from coachvision.settings import SETTINGS
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.weeks import keep_weeks

HEAVY = (
    "numpy", "av", "cv2", "scipy", "matplotlib", "pyqtgraph", "pydantic", "sqlite_utils", "sqlite3", "jinja2",
    # Not heavy, but all of it together was a third of the start.
    "json", "hashlib", "PySide6.QtNetwork", "coachvision.app.actions", "coachvision.app.tasks",
    "coachvision.app.card_list", "coachvision.app.library_bars", "coachvision.app.naming", "coachvision.app.keys",
    "coachvision.app.arrivals", "coachvision.app.cloud_sync", "coachvision.app.session_view",
    "coachvision.app.library_view", "coachvision.app.library_actions", "coachvision.app.key_events",
    "coachvision.app.beginning", "coachvision.events", "coachvision.errors", "datetime", "logging.handlers",
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
        # Its enums take a tenth of an empty window's start to make.
        "if 'Qt' in vars(sys.modules['PySide6.QtCore']): loaded.append('Qt')\n"
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


@pytest.fixture
def unfurnished(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Window]:
    """A window as it is seen first."""
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35))
    window = Window(tmp_path / "library")
    window.show()
    yield window
    window.close()
    window.deleteLater()
    qapp.processEvents()


def test_first_key_is_answered_before_the_window_is_furnished(unfurnished: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(unfurnished, Qt.Key.Key_F1)
    assert unfurnished.keys.isVisible()
    qtbot.keyClick(unfurnished.keys, Qt.Key.Key_A)
    qtbot.keyClick(unfurnished, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    assert unfurnished.screens.currentWidget() is unfurnished.shown("settings")


def test_first_click_is_answered_and_stays_answered(unfurnished: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(unfurnished.header.places["activity"], Qt.MouseButton.LeftButton)
    assert unfurnished.screens.currentWidget() is unfurnished.shown("activity")
    unfurnished.begin()
    qtbot.waitUntil(lambda: unfurnished.library.asked > 0, timeout=PATIENCE_MS)
    assert unfurnished.screens.currentWidget() is unfurnished.shown("activity")


def test_what_is_typed_first_is_searched_for(unfurnished: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(unfurnished, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(unfurnished.header.search, "nobody")
    unfurnished.begin()
    qtbot.waitUntil(lambda: unfurnished.library.settled, timeout=PATIENCE_MS)
    assert unfurnished.library.model.ids == []
    unfurnished.header.search.clear()
    qtbot.waitUntil(lambda: len(unfurnished.library.model.ids) == 2, timeout=PATIENCE_MS)


def test_what_is_never_painted_begins_all_the_same(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that was started minimized listens for a second start, too."""
    monkeypatch.setattr("coachvision.app.main._UNSEEN_MS", 100)
    hidden = QWidget()
    qtbot.addWidget(hidden)
    begun: list[str] = []
    FirstSight(hidden, lambda: begun.append("begun"))
    qtbot.waitUntil(lambda: begun == ["begun"], timeout=PATIENCE_MS)


def test_what_is_painted_begins_once_and_at_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coachvision.app.main._UNSEEN_MS", 10 * PATIENCE_MS)
    seen = QWidget()
    qtbot.addWidget(seen)
    begun: list[str] = []
    FirstSight(seen, lambda: begun.append("begun"))
    seen.show()
    qtbot.waitUntil(lambda: begun == ["begun"], timeout=PATIENCE_MS)
    seen.repaint()
    QApplication.processEvents()
    assert begun == ["begun"]


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


def _ended(program: str, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", program, *args], env=environment, capture_output=True, text=True, check=False
    )


def test_rooms_can_be_loaded_from_several_threads() -> None:
    """With PySide's hook on each import, about one start in two failed: pydantic's parts were asked half loaded."""
    started = (
        "import sys, threading\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from coachvision.app import rooms\n"
        "failed = []\n"
        "threading.excepthook = lambda told: failed.append(told.exc_value)\n"
        "threads = [threading.Thread(target=load) for load in (rooms.load, rooms.load_library, rooms.load_cloud) * 2]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "sys.exit(f'{failed}' if failed else 0)"
    )
    for _ in range(3):
        ended = _ended(started)
        assert ended.returncode == 0, ended.stderr


def test_pyside_does_not_look_into_what_is_imported() -> None:
    looked = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "import coachvision.app\n"
        "import this_module_was_looked_into\n"
        "known = sys.modules['shibokensupport.feature'].pyside_feature_dict\n"
        "sys.exit('looked' if 'this_module_was_looked_into' in known else 0)"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "this_module_was_looked_into.py").write_text("", encoding="utf-8")
        ended = _ended(f"import sys; sys.path.insert(0, {folder!r})\n{looked}")
    assert ended.returncode == 0, ended.stderr


REST = ("scipy", "pydantic", "av", "cv2", "coachvision.analysis", "coachvision.capture", "coachvision.synth")


def test_first_cards_wait_for_what_reads_the_library_alone(tmp_path: Path) -> None:
    """All else is loaded once they stand, without being asked for."""
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35))
    read = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from coachvision.app import beginning\n"
        "from coachvision.app.main import make_application\n"
        "from coachvision.app.window import Window\n"
        "application = make_application()\n"
        # However slow this machine is, it does not go on because it has waited long enough.
        "beginning._REST_MS = 600_000\n"
        "window = Window(Path(sys.argv[1]))\n"
        "standing = []\n"
        f"stood = lambda: standing.append([name for name in {REST!r} if name in sys.modules])\n"
        "window.library.stood.connect(stood)\n"
        "window.show()\n"
        "window.begin()\n"
        "def look():\n"
        f"    if all(name in sys.modules for name in {REST!r}): application.quit()\n"
        "timer = QTimer(interval=50)\n"
        "timer.timeout.connect(look)\n"
        "timer.start()\n"
        "application.exec()\n"
        "window.close()\n"
        "sys.exit(0 if standing == [[]] and window.library.model.cards else f'{standing}')"
    )
    ended = _ended(read, str(tmp_path / "library"))
    assert ended.returncode == 0, ended.stderr


def test_rest_is_loaded_though_no_card_is_ever_on_screen(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35))
    monkeypatch.setattr("coachvision.app.beginning._REST_MS", 200)
    window = open_window()
    window.go("settings")
    with qtbot.waitSignal(window.account.stood, timeout=PATIENCE_MS):
        pass
    assert not window.library.model.cards


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
