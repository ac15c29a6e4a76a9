"""Playing as the coach does it: open, play, keys, drag, and what goes wrong."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from coachvision.app.player.where import Readout
from coachvision.app.player.widget import PlayerWidget
from coachvision.errors import VideoError
from coachvision.video.probe import probe_here
from tests.video.clips import number_of, write_numbered

# A frame server's start takes most of a second here, several on a busy machine.
_PATIENCE_MS = 30_000
_FRAMES = 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_numbered(tmp_path_factory.mktemp("clip") / "numbered.mp4", _FRAMES, size=(320, 180))


@pytest.fixture
def player(qtbot: QtBot, clip: Path) -> Iterator[PlayerWidget]:
    """A player that shows the first frame."""
    # Inside another widget, as in the app: the platform for tests without a screen cannot limit a window's own size.
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 420)
    widget = PlayerWidget(window)
    widget.setGeometry(window.rect())
    window.show()
    with qtbot.waitSignal(widget.frame_changed, timeout=_PATIENCE_MS):
        widget.open(clip, probe_here(clip))
    yield widget
    widget.shut_down()


@pytest.fixture
def settled(qtbot: QtBot, player: PlayerWidget) -> Callable[[int], None]:
    """Waits until that frame is shown exactly, and checks that it is that one."""

    def wait(index: int) -> None:
        def there() -> bool:
            picture = player.canvas.picture
            return picture is not None and picture.exact and picture.index == index and not player.playing

        qtbot.waitUntil(there, timeout=_PATIENCE_MS)
        picture = player.canvas.picture
        assert picture is not None
        assert (player.index, number_of(picture.pixels[:, :, 1])) == (index, index)

    return wait


def _key(
    qtbot: QtBot, player: PlayerWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    qtbot.keyClick(player, key, modifier)


def test_arrow_keys_step_and_the_time_says_where(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None]
) -> None:
    key, shift, ctrl = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    none = Qt.KeyboardModifier.NoModifier
    for pressed, modifier, index in (
        (key.Key_Right, none, 1),
        (key.Key_Right, shift, 11),
        (key.Key_Left, none, 10),
        # 33 ms a frame: a second on is 30 frames, the last one not later.
        (key.Key_Right, ctrl, 40),
        (key.Key_Left, shift, 30),
        (key.Key_End, none, _FRAMES - 1),
        (key.Key_Right, none, _FRAMES - 1),
        (key.Key_Home, none, 0),
        (key.Key_Left, none, 0),
    ):
        _key(qtbot, player, pressed, modifier)
        settled(index)
    player.seek(10)
    settled(10)
    assert player.findChild(Readout).text() == f"00:00.330 / 00:01.947  Frame 11 of {_FRAMES}"


def test_space_plays_every_frame_to_the_end_in_order_and_stays_there(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None]
) -> None:
    shown: list[int] = []
    playing: list[bool] = []
    player.frame_changed.connect(lambda index, _seconds: shown.append(index))
    player.playing_changed.connect(playing.append)
    _key(qtbot, player, Qt.Key.Key_Space)
    assert player.playing
    qtbot.waitUntil(lambda: playing == [True, False], timeout=_PATIENCE_MS)
    settled(_FRAMES - 1)
    assert shown == sorted(set(shown))
    # A busy machine leaves frames out, but it is a film, not a slide show.
    assert len(shown) > _FRAMES / 4


def test_pausing_shows_the_frame_that_was_seen_last(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None]
) -> None:
    player.play()
    qtbot.waitUntil(lambda: player.index > 5, timeout=_PATIENCE_MS)
    _key(qtbot, player, Qt.Key.Key_K)
    settled(player.index)


def test_j_plays_backwards_and_faster_each_time(qtbot: QtBot, player: PlayerWidget) -> None:
    player.seek(50)
    qtbot.waitUntil(lambda: player.index == 50, timeout=_PATIENCE_MS)
    shown: list[int] = []
    player.frame_changed.connect(lambda index, _seconds: shown.append(index))
    _key(qtbot, player, Qt.Key.Key_J)
    assert player.speed == -1
    _key(qtbot, player, Qt.Key.Key_J)
    assert player.speed == -2
    qtbot.waitUntil(lambda: not player.playing, timeout=_PATIENCE_MS)
    assert shown == sorted(set(shown), reverse=True)
    assert shown[-1] == 0


def test_up_and_down_change_the_speed_by_a_quarter_shift_by_a_twentieth(qtbot: QtBot, player: PlayerWidget) -> None:
    _key(qtbot, player, Qt.Key.Key_Down)
    assert player.speed == 0.75
    _key(qtbot, player, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert player.speed == 0.8


def test_a_loop_goes_round_between_in_and_out(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None]
) -> None:
    for index, key in ((20, Qt.Key.Key_I), (26, Qt.Key.Key_O)):
        player.seek(index)
        settled(index)
        _key(qtbot, player, key)
    _key(qtbot, player, Qt.Key.Key_Backslash)
    shown: list[int] = []
    player.frame_changed.connect(lambda index, _seconds: shown.append(index))
    player.play()
    qtbot.waitUntil(lambda: sum(b < a for a, b in pairwise(shown)) >= 2, timeout=_PATIENCE_MS)
    assert set(shown) <= set(range(20, 27))


def test_a_held_key_stops_on_the_frame_that_is_shown(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None]
) -> None:
    def held() -> None:
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(player, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, none, "", True))

    for _ in range(20):
        held()
    # No frame arrived in between: the first one was asked for, the rest waited.
    settled(1)


def test_a_server_killed_while_playing_is_replaced_and_playing_goes_on(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None]
) -> None:
    failures: list[object] = []
    notices: list[str] = []
    player.failed.connect(failures.append)
    player.noticed.connect(notices.append)
    player.set_speed(0.5)
    player.play()
    qtbot.waitUntil(lambda: player.index > 5, timeout=_PATIENCE_MS)
    (server,) = (child for child in psutil.Process().children() if "frame_server" in " ".join(child.cmdline()))
    os.kill(server.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not player.playing, timeout=_PATIENCE_MS)
    settled(_FRAMES - 1)
    assert not failures
    assert notices == ["The player stopped by itself and was started again where it was."]


def test_a_file_that_went_away_is_told_once_it_is_looked_for(
    qtbot: QtBot, player: PlayerWidget, clip: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.mp4"
    gone.write_bytes(clip.read_bytes())
    facts = probe_here(gone)
    gone.unlink()
    with qtbot.waitSignal(player.failed, timeout=_PATIENCE_MS) as told:
        player.open(gone, facts)
    assert isinstance(told.args[0], VideoError)
    assert "gone.mp4" in str(told.args[0])


def test_another_video_takes_the_place_of_the_first(
    qtbot: QtBot, player: PlayerWidget, settled: Callable[[int], None], tmp_path: Path
) -> None:
    player.play()
    other = write_numbered(tmp_path / "other.mp4", 8, size=(90, 160))
    player.open(other, probe_here(other))
    settled(0)
    picture = player.canvas.picture
    assert picture is not None
    assert picture.pixels.shape == (160, 90, 4)
    player.close_video()
    assert player.canvas.picture is None
    assert player.index == 0


def test_a_player_that_is_only_deleted_ends_its_processes(qtbot: QtBot, clip: Path) -> None:
    window = QWidget()
    player = PlayerWidget(window)
    window.show()
    player.warm()
    player.open(clip, probe_here(clip))
    player.warm()
    assert len(psutil.Process().children()) >= 2
    # That no process and no thread is left, and none complains, is checked after every test.
    gone: list[bool] = []
    player.destroyed.connect(lambda: gone.append(True))
    window.deleteLater()
    qtbot.waitUntil(lambda: bool(gone), timeout=_PATIENCE_MS)


def test_zooming_keeps_the_point_under_the_mouse(player: PlayerWidget) -> None:
    canvas = player.canvas
    at = QPointF(canvas.width() * 0.6, canvas.height() * 0.4)
    before = canvas.to_widget().inverted()[0].map(at)
    # The picture stands on whole pixels of the screen.
    one = canvas.video_size[0] / canvas.target().width()
    canvas.zoom_at(4.0, at)
    after = canvas.to_widget().inverted()[0].map(at)
    assert canvas.zoom == 4
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=one)
    # Further out than the whole picture there is nothing to see.
    canvas.zoom_at(0.01, at)
    assert canvas.zoom == 1
    canvas.zoom_to(QRectF(100, 50, 64, 36))
    centre = canvas.to_widget().map(QPointF(132, 68))
    assert (centre.x(), centre.y()) == pytest.approx((canvas.width() / 2, canvas.height() / 2), abs=0.5)
