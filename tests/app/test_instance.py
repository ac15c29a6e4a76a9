"""A second start hands its videos to the first window and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtNetwork import QLocalServer, QLocalSocket
from pytestqt.qtbot import QtBot

from coachvision.app.door import may_be_open, name_of
from coachvision.app.instance import FirstInstance, hand_over
from tests.app.conftest import PATIENCE_MS

_SECOND = (
    "import sys\n"
    "from pathlib import Path\n"
    "from coachvision.app.main import run\n"
    "sys.exit(run([Path(p) for p in sys.argv[2:]], Path(sys.argv[1])))"
)


def test_second_start_hands_its_videos_over_and_ends(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstInstance(tmp_path / "library")
    told: list[list[Path]] = []
    first.asked.connect(told.append)
    clips = [tmp_path / "squat.mp4", tmp_path / "long jump, ä.mp4"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", _SECOND, str(tmp_path / "library"), *map(str, clips)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE_MS)
        assert second.returncode == 0, second.stderr.read() if second.stderr else b""
    assert told == [clips]
    first.close()


def test_nobody_listens_nobody_takes(qtbot: QtBot, tmp_path: Path) -> None:
    assert not may_be_open(tmp_path / "library")
    assert hand_over(tmp_path / "library", []) is False
    first = FirstInstance(tmp_path / "library")
    assert may_be_open(tmp_path / "library")
    first.close()


def test_each_library_has_a_window_of_its_own(tmp_path: Path) -> None:
    assert name_of(tmp_path / "one") != name_of(tmp_path / "two")


def test_socket_of_a_killed_process_does_not_keep_the_next_from_listening(qtbot: QtBot, tmp_path: Path) -> None:
    killed = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "application = QCoreApplication([])\n"
        "from coachvision.app.instance import FirstInstance\n"
        "first = FirstInstance(Path(sys.argv[1]))\n"
        "assert first.listening\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", killed, str(tmp_path / "library")], check=False)
    assert ended.returncode == -9
    assert hand_over(tmp_path / "library", []) is False
    first = FirstInstance(tmp_path / "library")
    assert first.listening
    first.close()


def test_nonsense_from_another_program_is_ignored(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstInstance(tmp_path / "library")
    told: list[object] = []
    first.asked.connect(told.append)
    for nonsense in (b"{}\n", b"[1]\n", b"\xff\xfe\n"):
        socket = QLocalSocket()
        socket.connectToServer(name_of(tmp_path / "library"))
        assert socket.waitForConnected(1000)
        with qtbot.waitSignal(socket.disconnected, timeout=PATIENCE_MS):
            socket.write(nonsense)
            socket.flush()
    assert told == []
    first.close()
    assert not QLocalServer().isListening()
