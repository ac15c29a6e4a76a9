"""A network camera: seen at once, seen later, recorded; unplugged, killed and closed in the middle, nothing is lost."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from coachvision.capture.camera import Camera, Filling, Happened, Live, Pictured, Recorded, Recording, Trouble, left_in
from coachvision.capture.sources import stream
from coachvision.errors import VideoError
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from tests.capture.conftest import Filmed, Server
from tests.support.mjpeg_server import MjpegServer, number_in
from tests.support.rtsp_server import RtspServer

Film = Callable[[Server], Filmed]


def of(told: list[Happened], kind: type) -> list[Happened]:
    return [one for one in told if isinstance(one, kind)]


def number_shown(one: Happened) -> int:
    assert isinstance(one, Pictured)
    return number_in(float(one.pixels[20:100, 20:140, :3].mean()))


def recorded_for(seconds: float) -> Callable[[list[Happened]], bool]:
    return lambda told: any(isinstance(one, Recording) and one.seconds >= seconds for one in told)


def recordings(told: list[Happened]) -> list[Path]:
    return [one.path for one in told if isinstance(one, Recorded)]


def numbers_in(path: Path) -> list[int]:
    with VideoReader(path, probe_here(path)) as reader:
        return [number_in(float(np.mean(frame.rgb))) for frame in reader.frames()]


def test_pictures_are_seen_in_order_and_soon(film: Film, server: Server) -> None:
    filmed = film(server)
    filmed.until(lambda told: len(of(told, Pictured)) >= 20)
    assert of(filmed.told, Live) == [Live(160, 120)]
    shown = [number_shown(one) for one in of(filmed.told, Pictured)][:20]
    assert all((after - before) % 32 < 16 for before, after in itertools.pairwise(shown))
    ages = sorted(one.age_s for one in filmed.told if isinstance(one, Pictured))
    assert ages[len(ages) // 2] < 0.1


def test_stream_without_lengths_is_read_as_well(film: Film) -> None:
    with MjpegServer(with_length=False) as server:
        filmed = film(server)
        filmed.until(lambda told: len(of(told, Pictured)) >= 10)


def test_delayed_picture_is_as_old_as_asked(film: Film, server: Server) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.delay(1.0)
    filmed.until(lambda told: of(told, Filling))
    # First the time that is not filmed yet, counted down; then pictures of one second ago.
    filmed.until(lambda told: sum(one.age_s >= 1.0 for one in told if isinstance(one, Pictured)) >= 10)
    old = [one.age_s for one in filmed.told if isinstance(one, Pictured) and one.age_s >= 1.0]
    # A picture in 20 ms, shown thirty times a second, on a machine that does other things, too.
    assert sorted(old)[len(old) // 2] < 1.2
    waited = [one.seconds for one in filmed.told if isinstance(one, Filling)]
    assert waited[0] <= 1.0
    assert waited == sorted(waited, reverse=True)


def test_recording_holds_the_pictures_with_their_times(film: Film, server: Server, tmp_path: Path) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.record(tmp_path / "captures" / "one.mkv")
    filmed.until(recorded_for(0.6))
    filmed.camera.stop()
    filmed.until(recordings)
    assert recordings(filmed.told) == [tmp_path / "captures" / "one.mkv"]
    facts = probe_here(recordings(filmed.told)[0])
    assert (facts.width, facts.height) == (160, 120)
    assert 0.6 <= facts.duration_s < 3.0
    seen = numbers_in(recordings(filmed.told)[0])
    assert len(seen) > 8
    # The greys survive H.264 within a level; the numbers wrap at 32.
    steps = [(after - before) % 32 for before, after in itertools.pairwise(seen)]
    assert all(1 <= step < 20 for step in steps), str(seen)


def test_unplugging_keeps_the_recording_and_the_camera_comes_back(film: Film, server: Server, tmp_path: Path) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.record(tmp_path / "one.mkv")
    filmed.until(recorded_for(0.4))
    server.unplug()
    filmed.until(lambda told: recordings(told) and of(told, Trouble))
    trouble = of(filmed.told, Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert trouble.lost
    assert "127.0.0.1" in trouble.error.title
    assert len(numbers_in(tmp_path / "one.mkv")) > 5
    before = len(filmed.told)
    server.plug()
    filmed.until(lambda told: of(told[before:], Live) and of(told[before:], Pictured))


def test_killed_child_loses_at_most_the_last_moment(film: Film, server: Server, tmp_path: Path) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.record(tmp_path / "one.mkv")
    filmed.until(recorded_for(2.0))
    os.kill(filmed.camera.pid, signal.SIGKILL)
    filmed.until(lambda told: of(told, Trouble))
    assert recordings(filmed.told) == [tmp_path / "one.mkv"]
    assert probe_here(tmp_path / "one.mkv").duration_s > 1.0
    last = of(filmed.told, Trouble)[-1]
    assert isinstance(last, Trouble)
    assert last.lost is False


def test_a_disk_that_takes_no_more_is_told_and_what_was_recorded_is_kept(
    film: Film, server: Server, tmp_path: Path
) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.record(tmp_path / "one.mkv")
    filmed.until(recorded_for(1.0))
    part = tmp_path / "one.mkv.part"
    _, hard = resource.prlimit(filmed.camera.pid, resource.RLIMIT_FSIZE)
    # The system's own refusal to let a file grow.
    resource.prlimit(filmed.camera.pid, resource.RLIMIT_FSIZE, (part.stat().st_size + 2000, hard))
    filmed.until(lambda told: recordings(told) and of(told, Trouble))
    trouble = of(filmed.told, Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert "could not be written" in trouble.error.title
    assert "one.mkv" in trouble.error.message
    assert len(numbers_in(tmp_path / "one.mkv")) > 5
    # The camera goes on, and another recording is possible once there is room.
    resource.prlimit(filmed.camera.pid, resource.RLIMIT_FSIZE, (hard, hard))
    filmed.camera.record(tmp_path / "two.mkv")
    filmed.until(lambda told: isinstance(told[-1], Recording) and told[-1].seconds > 0.3)
    filmed.camera.stop()
    filmed.until(lambda told: len(recordings(told)) == 2)
    assert len(numbers_in(tmp_path / "two.mkv")) > 3


def test_no_room_in_shared_memory_is_a_plain_error_and_leaves_nothing(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(VideoError, match="too little memory"):
            Camera(stream(server.address), lambda _: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_closing_in_the_middle_finishes_the_recording(film: Film, server: Server, tmp_path: Path) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.record(tmp_path / "one.mkv")
    filmed.until(recorded_for(0.4))
    filmed.camera.close()
    assert left_in(tmp_path) == [tmp_path / "one.mkv"]
    assert len(numbers_in(tmp_path / "one.mkv")) > 5


def test_recording_of_a_killed_program_is_found_at_the_next_start(film: Film, server: Server, tmp_path: Path) -> None:
    filmed = film(server)
    filmed.until(lambda told: of(told, Pictured))
    filmed.camera.record(tmp_path / "one.mkv")
    filmed.until(recorded_for(1.2))
    # What a killed window leaves: the file under its growing name.
    half = (tmp_path / "one.mkv.part").read_bytes()
    left = tmp_path / "left"
    left.mkdir()
    (left / "one.mkv.part").write_bytes(half)
    (left / "empty.mkv.part").touch()
    assert left_in(left) == [left / "one.mkv"]
    assert probe_here(left / "one.mkv").duration_s > 0.3


def test_camera_that_refuses_says_so(film: Film, server: Server) -> None:
    server.status = 401
    filmed = film(server)
    filmed.until(lambda told: of(told, Trouble))
    trouble = of(filmed.told, Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert "401" in trouble.error.message


@pytest.mark.parametrize("kind", [MjpegServer, RtspServer], ids=["mjpeg", "rtsp"])
def test_a_camera_from_which_nothing_ever_came_does_not_answer(
    film: Film, kind: type[MjpegServer] | type[RtspServer]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = kind()
        mute.port = silent.getsockname()[1]
        filmed = film(mute)
        filmed.until(lambda told: of(told, Trouble))
        filmed.camera.close()
    trouble = of(filmed.told, Trouble)[0]
    assert isinstance(trouble, Trouble)
    assert "it does not answer" in trouble.error.message


def test_a_password_in_the_address_is_seen_by_nobody_else_on_the_computer(film: Film, server: Server) -> None:
    given = server.address.replace("127.0.0.1", "coach:secret@127.0.0.1")
    camera = Camera(stream(given), lambda _: None)
    try:
        assert "secret" not in " ".join(psutil.Process(camera.pid).cmdline())
    finally:
        camera.close()


def test_address_without_a_stream_or_without_a_camera_says_which(film: Film) -> None:
    told = []
    with RtspServer() as server:
        server.status = 404
        filmed = film(server)
        filmed.until(lambda all_told: of(all_told, Trouble))
        told.append(of(filmed.told, Trouble)[0])
        filmed.camera.close()
    filmed = film(server)
    filmed.until(lambda all_told: of(all_told, Trouble))
    told.append(of(filmed.told, Trouble)[0])
    no_stream, no_camera = (one.error.message for one in told if isinstance(one, Trouble))
    assert "404" in no_stream
    assert "cannot be reached" in no_camera
