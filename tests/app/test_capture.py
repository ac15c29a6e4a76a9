"""The capture screen with a network camera: seen, delayed, recorded on a key, analyzed by itself; nothing is lost."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.capture_view import CaptureView
from coachvision.app.window import Window
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.mjpeg_server import MjpegServer
from tests.support.rtsp_server import RtspServer

Server = MjpegServer | RtspServer
BOTH = pytest.mark.parametrize("server", [MjpegServer, RtspServer], ids=["mjpeg", "rtsp"], indirect=True)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    kind: type[MjpegServer] | type[RtspServer] = getattr(request, "param", MjpegServer)
    with kind() as made:
        yield made


def capture(window: Window) -> CaptureView:
    window.go("capture")
    view = window.shown("capture")
    assert isinstance(view, CaptureView)
    return view


def filming(window: Window, qtbot: QtBot, server: Server, address: str = "") -> CaptureView:
    view = capture(window)
    qtbot.waitUntil(lambda: view.source.count() >= 2, timeout=PATIENCE_MS)
    view.source.setCurrentIndex(view.source.count() - 1)
    view.source.activated.emit(view.source.count() - 1)
    qtbot.keyClicks(view.address, address or server.address)
    qtbot.keyClick(view.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.stage.pictures > 3, timeout=PATIENCE_MS)
    view.stage.setFocus()
    return view


def record_for(view: CaptureView, qtbot: QtBot, pictures: int) -> None:
    qtbot.keyClick(view.stage, Qt.Key.Key_R)
    before = view.stage.pictures
    qtbot.waitUntil(lambda: view.stage.pictures > before + pictures, timeout=PATIENCE_MS)


def wait_for_sessions(window: Window, qtbot: QtBot, count: int) -> None:
    def there() -> bool:
        cards = window.library.model.cards
        return len(cards) == count and all(card.analyzed for card in cards) and not window.tasks.shown

    window.go("library")
    qtbot.waitUntil(there, timeout=PATIENCE_MS)


@BOTH
def test_recording_on_a_key_is_named_imported_and_analyzed_by_itself(
    open_window: Open, qtbot: QtBot, server: Server, counter_alone: str
) -> None:
    window = open_window()
    view = filming(window, qtbot, server)
    view.athlete.setEditText("Kim")
    record_for(view, qtbot, 20)
    assert view.record.text() == "Stop recording"
    qtbot.keyClick(view.stage, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not view.recording, timeout=PATIENCE_MS)
    wait_for_sessions(window, qtbot, 1)
    assert window.library.model.cards[0].athlete == "Kim"
    # The library has it: no second copy is left.
    assert list(window.actions_.recordings.iterdir()) == []


def test_unplugging_in_the_middle_keeps_what_was_recorded(
    open_window: Open, qtbot: QtBot, server: Server, counter_alone: str
) -> None:
    window = open_window()
    view = filming(window, qtbot, server)
    record_for(view, qtbot, 15)
    server.unplug()
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert "No picture from" in window.messages.text
    assert not view.record.isEnabled()
    assert view.stage.words.startswith("No picture from")
    server.plug()
    qtbot.waitUntil(view.record.isEnabled, timeout=PATIENCE_MS)
    assert not window.messages.isVisible()
    wait_for_sessions(window, qtbot, 1)


def test_closing_the_window_in_the_middle_keeps_what_was_recorded(
    open_window: Open, qtbot: QtBot, server: Server, counter_alone: str
) -> None:
    window = open_window()
    record_for(filming(window, qtbot, server), qtbot, 15)
    window.close()
    again = open_window()
    wait_for_sessions(again, qtbot, 1)


@BOTH
def test_delay_counts_down_then_shows_the_past_and_is_remembered(
    open_window: Open, qtbot: QtBot, server: Server
) -> None:
    window = open_window()
    view = filming(window, qtbot, server)
    qtbot.keyClick(view.stage, Qt.Key.Key_Up)
    assert view.delay.value() == 1
    qtbot.waitUntil(lambda: view.stage.words.startswith("In "), timeout=PATIENCE_MS)
    before = view.stage.pictures
    qtbot.waitUntil(lambda: view.stage.pictures > before + 5, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: settings.load().whole("capture.delay_s") == 1, timeout=PATIENCE_MS)
    window.close()
    again = capture(open_window())
    qtbot.waitUntil(lambda: again.delay.value() == 1, timeout=PATIENCE_MS)
    # The camera of the last time is opened by itself.
    qtbot.waitUntil(lambda: again.stage.live, timeout=PATIENCE_MS)


@BOTH
@pytest.mark.usefixtures("ring")
def test_a_cameras_password_is_known_the_next_time_and_stands_in_no_file(
    open_window: Open, qtbot: QtBot, server: Server, tmp_path: Path
) -> None:
    scheme, _, place = server.address.partition("://")
    window = open_window()
    view = filming(window, qtbot, server, f"{scheme}://coach:winter-2026@{place}")
    kept = f"{scheme}://coach@{place}"
    # Nor does whoever looks on see it; connected again, it is that camera with its password.
    assert view.address.text() == kept
    qtbot.keyClick(view.address, Qt.Key.Key_Return)
    assert view._wanted == f"{scheme}://coach:winter-2026@{place}"
    qtbot.waitUntil(lambda: settings.load().text("capture.source") == kept, timeout=PATIENCE_MS)
    window.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"winter-2026" in path.read_bytes()] == []
    again = capture(open_window())
    qtbot.waitUntil(lambda: again.stage.live, timeout=PATIENCE_MS)
    assert again.address.text() == kept
    assert again._wanted == f"{scheme}://coach:winter-2026@{place}"


def test_where_the_password_is_not_given_the_address_without_it_and_the_delay_are_there(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As a keyring that stays locked for who is signed in: a folder is no file of secrets.
    monkeypatch.setenv("COACHVISION_TOKEN_FILE", str(tmp_path))
    settings.save("capture.source", "rtsp://coach@127.0.0.1/stream")
    settings.save("capture.delay_s", 5)
    window = open_window()
    view = capture(window)
    qtbot.waitUntil(view.address.isVisible, timeout=PATIENCE_MS)
    assert view.address.text() == "rtsp://coach@127.0.0.1/stream"
    assert view.delay.value() == 5
    assert window.messages.isVisible()
    assert view.camera is None


def test_leaving_lets_the_camera_go_unless_it_records(
    open_window: Open, qtbot: QtBot, server: Server, counter_alone: str
) -> None:
    window = open_window()
    view = filming(window, qtbot, server)
    record_for(view, qtbot, 5)
    window.go("library")
    assert view.camera is not None
    window.go("capture")
    qtbot.keyClick(view.stage, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: not view.recording, timeout=PATIENCE_MS)
    window.go("library")
    assert view.camera is None


def test_no_room_in_shared_memory_is_told_and_the_camera_opens_once_there_is(
    open_window: Open, qtbot: QtBot, server: Server
) -> None:
    window = open_window()
    view = capture(window)
    qtbot.waitUntil(lambda: view.source.count() >= 2, timeout=PATIENCE_MS)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system's own refusal: memory for pictures is a file to it.
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, hard))
    try:
        view.connect_to(server.address)
        qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "too little memory" in window.messages.text
    assert view.camera is None
    assert not view.record.isEnabled()
    qtbot.mouseClick(window.messages._act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.stage.pictures > 3, timeout=PATIENCE_MS)


def test_the_address_of_the_camera_that_is_shown_is_read_in_its_field(
    open_window: Open, qtbot: QtBot, server: Server
) -> None:
    view = capture(open_window())
    view.connect_to(server.address)
    qtbot.waitUntil(lambda: view.stage.live, timeout=PATIENCE_MS)
    assert view.address.isVisible()
    assert view.address.text() == server.address


def test_of_a_camera_chosen_again_before_it_is_open_one_is_kept(
    open_window: Open, qtbot: QtBot, server: Server
) -> None:
    view = capture(open_window())
    for _ in range(3):
        view.connect_to(server.address)
    # That the others are let go is seen after every test: no thread and no process is left.
    qtbot.waitUntil(lambda: view.stage.live, timeout=PATIENCE_MS)


def test_address_that_is_none_is_told(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window()
    capture(window).connect_to("camera")
    assert window.messages.text.startswith("This is no address of a network camera")
