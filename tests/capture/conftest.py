"""A camera that is closed again, and a list of what happened with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from coachvision.capture.camera import Camera, Happened
from coachvision.capture.sources import stream
from tests.support.mjpeg_server import MjpegServer
from tests.support.rtsp_server import RtspServer

Server = MjpegServer | RtspServer

PATIENCE_S = 30.0


@dataclass
class Filmed:
    """A camera and what it told; `until` waits for something of it."""

    camera: Camera
    told: list[Happened]
    changed: threading.Condition = field(default_factory=threading.Condition)

    def until(self, wanted: Callable[[list[Happened]], object]) -> None:
        """Wait until that holds of what was told."""
        end = time.monotonic() + PATIENCE_S
        with self.changed:
            while not wanted(self.told):
                left = end - time.monotonic()
                assert left > 0, f"not told: {self.told[-5:]}"
                self.changed.wait(left)


@pytest.fixture(params=[MjpegServer, RtspServer], ids=["mjpeg", "rtsp"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    kind: type[MjpegServer] | type[RtspServer] = request.param
    with kind() as made:
        yield made


@pytest.fixture
def film() -> Iterator[Callable[[Server], Filmed]]:
    opened: list[Filmed] = []

    def open_one(server: Server) -> Filmed:
        told: list[Happened] = []
        changed = threading.Condition()

        def heard(what: Happened) -> None:
            with changed:
                told.append(what)
                changed.notify_all()

        filmed = Filmed(Camera(stream(server.address), heard), told, changed)
        opened.append(filmed)
        return filmed

    yield open_one
    for filmed in opened:
        filmed.camera.close()
