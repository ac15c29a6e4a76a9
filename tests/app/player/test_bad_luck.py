"""What goes wrong while a coach watches: told once, in a bar, and the player goes on."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from coachvision.app.player.widget import PlayerWidget
from coachvision.errors import VideoError
from coachvision.video.probe import probe_here
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip
from tests.video.clips import write_numbered

_FRAMES = 60


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_numbered(tmp_path / "numbered.mp4", _FRAMES, size=(320, 180))


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[PlayerWidget]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 420)
    widget = PlayerWidget(window, sinks=lambda: None)
    widget.setGeometry(window.rect())
    window.show()
    yield widget
    widget.shut_down()


def _exact(player: PlayerWidget, index: int) -> bool:
    picture = player.canvas.picture
    return picture is not None and picture.exact and picture.index == index


def test_file_moved_while_it_is_open_is_told_when_it_is_missed_and_plays_once_it_is_back(
    qtbot: QtBot, player: PlayerWidget, clip: Path
) -> None:
    failures: list[VideoError] = []
    player.failed.connect(failures.append)
    player.open(clip, probe_here(clip))
    qtbot.waitUntil(lambda: _exact(player, 0), timeout=PATIENCE_MS)
    elsewhere = clip.with_name("elsewhere.mp4")
    clip.rename(elsewhere)
    # What is open can still be looked at.
    player.seek(40)
    qtbot.waitUntil(lambda: _exact(player, 40), timeout=PATIENCE_MS)
    assert not failures
    player.play()
    qtbot.waitUntil(lambda: bool(failures), timeout=PATIENCE_MS)
    assert "numbered.mp4" in str(failures[0])
    assert not player.playing
    elsewhere.rename(clip)
    player.play()
    qtbot.waitUntil(lambda: _exact(player, _FRAMES - 1), timeout=PATIENCE_MS)
    assert len(failures) == 1


def test_no_room_in_shared_memory_is_told_and_the_next_video_opens(
    qtbot: QtBot, player: PlayerWidget, clip: Path
) -> None:
    facts = probe_here(clip)
    failures: list[VideoError] = []
    player.failed.connect(failures.append)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system's own refusal: memory for pictures is a file to it.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        player.open(clip, facts)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [error.title for error in failures] == ["There is too little memory to play this video"]
    assert failures[0].retryable
    player.play()
    player.seek(3)
    assert not player.playing
    player.open(clip, facts)
    qtbot.waitUntil(lambda: _exact(player, 0), timeout=PATIENCE_MS)


def test_closed_in_the_middle_of_seeking_and_playing_nothing_stays(
    qtbot: QtBot, player: PlayerWidget, clip: Path
) -> None:
    facts = probe_here(clip)
    for _ in range(2):
        player.open(clip, facts)
        for index in range(0, _FRAMES, 7):
            player.seek(index)
        player.close_video()
    player.open(clip, facts)
    player.play()
    player.shut_down()
    assert player.canvas.picture is None
    # That no process, thread or log record is left is checked after every test.


def test_first_film_finds_its_decoder_running_and_a_window_without_one_leaves_none(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    def servers() -> list[int]:
        found = []
        for child in psutil.Process().children():
            # Ended a moment ago and not yet waited for: no server any more.
            with contextlib.suppress(psutil.NoSuchProcess):
                if "coachvision.video.frame_server" in child.cmdline():
                    found.append(child.pid)
        return found

    window = open_window()
    qtbot.waitUntil(lambda: len(servers()) == 1, timeout=PATIENCE_MS)
    (early,) = servers()
    window.add_videos([write_clip(tmp_path / "squat.mp4", frames=20)])
    qtbot.waitUntil(lambda: window.session.player is not None, timeout=PATIENCE_MS)
    player = window.session.player
    assert player is not None
    qtbot.waitUntil(lambda: player.canvas.picture is not None, timeout=PATIENCE_MS)
    assert player._playback.client is not None
    assert player._playback.client.pid == early
    window.close()
    qtbot.waitUntil(lambda: not servers(), timeout=PATIENCE_MS)
    again = open_window()
    qtbot.waitUntil(lambda: len(servers()) == 1, timeout=PATIENCE_MS)
    again.close()
    assert not servers()


def test_frame_server_killed_while_playing_is_one_bar_in_the_window_and_it_plays_on(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=240))
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    player = window.session.player
    assert player is not None
    qtbot.waitUntil(lambda: not window.tasks.shown and _exact(player, 0), timeout=PATIENCE_MS)
    window.messages.hide()
    player.set_speed(0.5)
    player.play()
    qtbot.waitUntil(lambda: player.index > 5, timeout=PATIENCE_MS)
    before = player.index
    client = player._playback.client
    assert client is not None
    assert client.pid is not None
    os.kill(client.pid, signal.SIGKILL)
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert "started again" in window.messages.text
    qtbot.waitUntil(lambda: player.index > before + 5, timeout=PATIENCE_MS)
    assert player.playing
    assert psutil.pid_exists(client.pid)
