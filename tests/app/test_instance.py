"""A second start hands its videos to the first window and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from pytestqt.qtbot import QtBot

from coachvision.app import instance
from coachvision.app.door import enter, leave, name_of
from coachvision.app.instance import FirstInstance, come_second, hand_over
from tests.app.conftest import PATIENCE_MS

_SECOND = (
    "import sys\n"
    "from pathlib import Path\n"
    "from coachvision.app.main import run\n"
    "sys.exit(run([Path(p) for p in sys.argv[2:]], Path(sys.argv[1])))"
)


def test_second_start_hands_its_videos_over_and_ends(qtbot: QtBot, tmp_path: Path) -> None:
    assert enter(tmp_path / "library")
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
    leave(tmp_path / "library")


def test_nobody_listens_nobody_takes(qtbot: QtBot, tmp_path: Path) -> None:
    assert hand_over(tmp_path / "library", []) is False


@pytest.mark.logs_expected
def test_what_another_account_put_there_is_given_nothing_and_keeps_nobody_out(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library"
    monkeypatch.setenv("LOGNAME", "kim")
    assert enter(library)
    first = FirstInstance(library)
    told: list[object] = []
    first.asked.connect(told.append)
    # What is there was put there by this account; whoever asks now is another.
    with monkeypatch.context() as another:
        another.setattr(os, "getuid", lambda: -1)
        assert hand_over(library, [tmp_path / "squat.mp4"]) is False
        assert enter(library)
    assert told == []
    assert not enter(library)
    first.close()
    leave(library)


def test_an_account_without_a_name_has_its_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: -1)
    assert name_of(tmp_path / "one") != name_of(tmp_path / "two")


def test_only_one_may_open_a_window_until_it_leaves(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert enter(library)
    assert not enter(library)
    assert enter(tmp_path / "another")
    leave(library)
    assert enter(library)
    leave(library)
    leave(tmp_path / "another")


def test_where_the_first_has_ended_the_second_opens_a_window(qtbot: QtBot, tmp_path: Path) -> None:
    assert enter(tmp_path / "library")
    leave(tmp_path / "library")
    assert come_second(tmp_path / "library", []) is False
    assert not enter(tmp_path / "library")
    leave(tmp_path / "library")


def test_a_first_window_that_is_busy_gets_the_videos_once(qtbot: QtBot, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert enter(library)
    server = QLocalServer()
    assert server.listen(name_of(library))
    second = (
        "import sys\n"
        "from pathlib import Path\n"
        "from coachvision.app.instance import come_second\n"
        "sys.exit(0 if come_second(Path(sys.argv[1]), [Path('squat.mp4')]) else 1)"
    )
    with subprocess.Popen([sys.executable, "-c", second, str(library)]) as process:
        qtbot.waitUntil(server.hasPendingConnections, timeout=PATIENCE_MS)
        met = server.nextPendingConnection()
        qtbot.waitUntil(met.canReadLine, timeout=PATIENCE_MS)
        # Longer than a window that is there is given to answer by itself.
        qtbot.wait(instance._PATIENCE_MS + 500)
        assert not server.hasPendingConnections()
        met.write(b"taken\n")
        met.flush()
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=PATIENCE_MS)
        assert process.returncode == 0
    server.close()
    leave(library)


_AT_ONCE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from coachvision.app import main, window
class Counted(window.Window):
    given = 0
    def __init__(self, root):
        super().__init__(root)
        print("window", flush=True)
    def receive(self, videos):
        print(*(video.name for video in videos), flush=True)
        self.given += 1
        if self.given == 2:
            QTimer.singleShot(0, self.end)
    def end(self):
        # Asked whether it shall give up what it takes in: yes.
        self.close() or self.close()
main.Window = Counted
sys.exit(main.run([Path(path) for path in sys.argv[2:]], Path(sys.argv[1])))
"""


def test_of_starts_at_once_one_has_a_window_and_gets_what_the_others_were_given(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", _AT_ONCE, str(tmp_path / "library")]
    started = [
        subprocess.Popen([*command, str(tmp_path / f"{name}.mp4")], env=environment, stdout=subprocess.PIPE, text=True)
        for name in "abc"
    ]
    try:
        told = [one.communicate(timeout=PATIENCE_MS / 1000)[0].split() for one in started]
    finally:
        for one in started:
            one.kill()
            one.wait()
    [window] = [words for words in told if words]
    number = told.index(window)
    assert window[0] == "window"
    assert sorted(window[1:]) == [f"{name}.mp4" for at, name in enumerate("abc") if at != number]
    assert [one.returncode for one in started] == [0, 0, 0]


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
    for nonsense in (b"{}\n", b"[1]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"):
        socket = QLocalSocket()
        socket.connectToServer(name_of(tmp_path / "library"))
        assert socket.waitForConnected(1000)
        with qtbot.waitSignal(socket.disconnected, timeout=PATIENCE_MS):
            socket.write(nonsense)
            socket.flush()
    assert told == []
    first.close()
    assert not QLocalServer().isListening()
