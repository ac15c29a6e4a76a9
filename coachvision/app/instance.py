"""One window a library: a second start hands its videos to the first and ends. For `main`.

Which is the first, `door` decides by a lock. Over a local socket (a named pipe on Windows) that only this account may
open.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from coachvision.app.door import enter, is_mine, name_of

_PATIENCE_MS = 2000
_MOST = 1 << 20
# Until then a first start listens, even on a slow machine, and a window that was closed has ended.
_MEETING_S, _AGAIN_S = 20.0, 0.05


def come_second(library: Path, videos: Sequence[Path]) -> bool:
    """Another start came first: give it the videos as soon as it listens. True: it has them, and nothing is left to do.

    False: a window is opened here, for the other has ended meanwhile, or lives and never answers.
    """
    until = time.monotonic() + _MEETING_S
    while (left := until - time.monotonic()) > 0:
        # Who is met is waited for: given to a busy one twice, they would come in twice.
        if hand_over(library, videos, round(1000 * left)):
            return True
        if enter(library):
            return False
        time.sleep(_AGAIN_S)
    return False


def hand_over(library: Path, videos: Sequence[Path], patience_ms: int = _PATIENCE_MS) -> bool:
    """Give the videos to the window that is open on that library. False where there is none, or it does not answer.

    patience_ms: how long an answer is waited for.
    """
    name = name_of(library)
    if not is_mine(name):
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_PATIENCE_MS):
        return False
    told = json.dumps([str(path.absolute()) for path in videos]) + "\n"
    socket.write(QByteArray(told.encode()))
    socket.flush()
    taken = socket.waitForReadyRead(patience_ms) and bytes(socket.readAll().data()).startswith(b"taken")
    socket.disconnectFromServer()
    return taken


class FirstInstance(QObject):
    """Listens for later starts. asked: the videos one of them was given, as paths; none just shows the window."""

    asked = Signal(list)

    def __init__(self, library: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)
        name = name_of(library)
        if not self._server.listen(name):
            # A killed process leaves its socket's file; nobody answered there, or we would not be here.
            QLocalServer.removeServer(name)
            self._server.listen(name)

    @property
    def listening(self) -> bool:
        """Whether later starts are heard; without that each start has a window of its own."""
        return self._server.isListening()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _meet(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.readyRead.connect(lambda: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MOST:
                socket.abort()
            return
        try:
            told = json.loads(bytes(socket.readLine(_MOST).data()))
        except (ValueError, RecursionError):
            socket.abort()
            return
        if not isinstance(told, list) or not all(isinstance(path, str) for path in told):
            socket.abort()
            return
        socket.write(QByteArray(b"taken\n"))
        socket.flush()
        self.asked.emit([Path(path) for path in told])
