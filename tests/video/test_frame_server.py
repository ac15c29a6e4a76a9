"""The player's decoder: the right frame by number, soon, in order; whatever ends either side is mended or told."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
import pytest

from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.frame_server import REST_S
from coachvision.video.frame_server_client import Callbacks, FrameClient, ServerProcess
from coachvision.video.frame_server_desk import AHEAD
from coachvision.video.frame_server_slots import Picture
from coachvision.video.probe import probe_here
from coachvision.video.proxy import ProxyWriter
from coachvision.video.reader import VideoReader
from tests.video.clips import number_of, write_numbered

# A server's start takes most of a second here, several on a busy machine.
_PATIENCE_S = 30.0


class Viewer:
    """Collects what a client tells, for any thread to wait on."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self.ended: list[int] = []
        self.errors: list[VideoError] = []
        self._change = threading.Condition()

    def callbacks(self) -> Callbacks:
        return Callbacks(self._on(self.pictures), self._on(self.ended), self._on(self.errors))

    def _on(self, kept: list[object]) -> Callable[[object], None]:  # type: ignore[misc] # lists of three kinds
        def take(item: object) -> None:
            with self._change:
                kept.append(item)
                self._change.notify_all()

        return take

    def wait(self, true: Callable[[], object]) -> None:
        with self._change:
            assert self._change.wait_for(true, _PATIENCE_S), f"{len(self.pictures)} pictures, {self.errors}"

    def keep_up(self, client: FrameClient, serial: int) -> None:
        """Be a clock that never waits, to the end of what is played."""
        seen = 0
        while not self.ended:
            self.wait(lambda n=seen: self.ended or len(self.pictures) > n)
            seen = len(self.pictures)
            if self.pictures:
                client.due(serial, self.pictures[-1].index)

    def exact(self, serial: int) -> Picture:
        def found() -> list[Picture]:
            return [p for p in self.pictures if p.serial == serial and p.exact]

        self.wait(found)
        return found()[0]


@contextmanager
def opened(
    path: Path, facts: VideoFacts | None = None, *, proxy: Path | None = None
) -> Iterator[tuple[FrameClient, Viewer]]:
    viewer = Viewer()
    client = FrameClient(path, facts or probe_here(path), viewer.callbacks(), proxy=proxy)
    try:
        yield client, viewer
    finally:
        client.close()


def _number(picture: Picture) -> int:
    return number_of(picture.pixels[:, :, 1])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_numbered(tmp_path_factory.mktemp("clip") / "numbered.mp4", 90, gop=45, size=(320, 180))


@pytest.fixture(scope="module")
def proxy(clip: Path) -> Path:
    folder = clip.parent / "proxy"
    facts = probe_here(clip)
    with VideoReader(clip, facts) as reader, ProxyWriter(folder, facts) as writer:
        for frame in reader.frames():
            writer.feed(frame)
    return folder


def test_any_frame_asked_for_arrives_exactly(clip: Path) -> None:
    with opened(clip) as (client, viewer):
        for index in (0, 89, 31, 32, 33, 32, 7):
            picture = viewer.exact(client.show(index))
            assert (picture.index, _number(picture)) == (index, index)
            assert picture.pixels.shape == (180, 320, 4)


def test_the_exact_frame_has_the_colours_of_the_video(clip: Path) -> None:
    with VideoReader(clip, probe_here(clip)) as reader:
        wanted = reader.frame_at(20).rgb.astype(int)
    with opened(clip) as (client, viewer):
        shown = viewer.exact(client.show(20)).pixels
    assert (shown[:, :, 3] == 255).all()
    # Two ways of rounding, and of placing chroma between pixels at the edges of the cells.
    assert np.abs(shown[:, :, 2::-1] - wanted).mean() < 3


def test_the_proxy_answers_first_at_the_size_looked_at_and_the_video_itself_after(clip: Path, proxy: Path) -> None:
    with opened(clip, proxy=proxy) as (client, viewer):
        viewer.exact(client.show(0))
        client.view(160, 160)
        serial = client.show(70)
        exact = viewer.exact(serial)
        of_it = [p for p in viewer.pictures if p.serial == serial]
    assert [p.exact for p in of_it] == [False, True]
    assert [_number(p) for p in of_it] == [70, 70]
    assert of_it[0].pixels.shape == (90, 160, 4)
    assert exact.pixels.shape == (180, 320, 4)


def test_of_many_requests_the_last_is_decoded_in_full_and_others_only_where_they_stood_still(
    clip: Path, proxy: Path
) -> None:
    with opened(clip, proxy=proxy) as (client, viewer):
        viewer.exact(client.show(0))
        begun = time.monotonic()
        serials = []
        for index in range(88, 8, -2):
            serials.append(client.show(index))
            # As a mouse tells of its way: long enough to decode a frame of this clip, too short to stand still.
            threading.Event().wait(0.008)
        assert viewer.exact(serials[-1]).index == 10
        elapsed = time.monotonic() - begun
        exact = [p.serial for p in viewer.pictures if p.exact]
    assert (exact[0], exact[-1]) == (1, serials[-1])
    # A busy machine holds requests up on their way; each one decoded in full had to stand still for that long.
    assert len(exact) - 2 <= elapsed / REST_S


def test_playing_hands_out_frames_in_order_and_no_further_ahead_than_there_are_slots(clip: Path, proxy: Path) -> None:
    for folder, first, last, speed in ((None, 20, 60, 1.0), (proxy, 20, 60, 1.0), (None, 60, 20, -1.0)):
        with opened(clip, proxy=folder) as (client, viewer):
            serial = client.play(first, last, speed)
            step = 1 if last > first else -1
            viewer.wait(lambda: len(viewer.pictures) >= AHEAD)
            for due in range(first, last + step, step):
                viewer.wait(lambda due=due: any(p.index == due for p in viewer.pictures))
                # The frame that is due, and those ahead of it.
                assert len(viewer.pictures) <= abs(due - first) + AHEAD + 1
                client.due(serial, due)
            viewer.wait(lambda: viewer.ended)
        assert [p.index for p in viewer.pictures] == list(range(first, last + step, step))
        assert all(_number(p) == p.index for p in viewer.pictures)


def test_fast_playing_leaves_out_what_no_screen_could_show(clip: Path) -> None:
    with opened(clip) as (client, viewer):
        # 30 frames a second at four times the speed: every other one is enough for 60 a second.
        serial = client.play(0, 80, 4.0)
        viewer.keep_up(client, serial)
    indices = [p.index for p in viewer.pictures]
    assert indices[-1] == 80
    assert {b - a for a, b in pairwise(indices)} == {2}


def test_late_frames_are_left_out(clip: Path, proxy: Path) -> None:
    with opened(clip, proxy=proxy) as (client, viewer):
        serial = client.play(0, 89, 1.0)
        viewer.wait(lambda: len(viewer.pictures) >= AHEAD)
        client.due(serial, 60)
        viewer.wait(lambda: any(p.index >= 60 for p in viewer.pictures))
    # At most those ahead already, the one that waited for a slot, and one because nothing was shown for a while.
    assert len([p for p in viewer.pictures if p.index < 60]) <= AHEAD + 2


def test_a_killed_server_is_started_again_and_answers(clip: Path) -> None:
    with opened(clip) as (client, viewer):
        viewer.exact(client.show(5))
        first = client.pid
        assert first is not None
        viewer.pictures.clear()
        os.kill(first, signal.SIGKILL)
        assert viewer.exact(1).index == 5
        assert client.pid != first
    assert not viewer.errors


def test_a_server_that_dies_twice_on_a_frame_is_told_and_other_frames_still_come(clip: Path) -> None:
    with opened(clip) as (client, viewer):
        serial = client.show(5)
        for _ in range(2):
            viewer.exact(serial)
            viewer.pictures.clear()
            assert client.pid is not None
            os.kill(client.pid, signal.SIGKILL)
        viewer.wait(lambda: viewer.errors)
        assert "0.17 s" in viewer.errors[0].message
        assert viewer.errors[0].hint
        assert viewer.exact(client.show(40)).index == 40


def test_the_server_leaves_when_its_parent_is_killed(clip: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from coachvision.video.frame_server_client import Callbacks, FrameClient\n"
        "from coachvision.video.probe import probe_here\n"
        "path = Path(sys.argv[1])\n"
        "tell = lambda p: print(client.pid, flush=True)\n"
        "client = FrameClient(path, probe_here(path), Callbacks(tell, print, print))\n"
        "client.show(0); time.sleep(60)\n"
    )
    before = set(Path("/dev/shm").iterdir())  # noqa: S108 - where the system keeps shared memory
    parent = subprocess.Popen([sys.executable, "-c", script, str(clip)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    server = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone, _ = psutil.wait_procs([server], timeout=_PATIENCE_S)
    assert gone
    assert set(Path("/dev/shm").iterdir()) <= before  # noqa: S108


def test_too_little_shared_memory_is_said_before_anything_is_mapped(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int, _start: int, _size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(VideoError, match="too little memory") as told:
        FrameClient(clip, probe_here(clip), Viewer().callbacks())
    assert told.value.retryable


def test_a_file_that_went_away_is_told_and_nothing_crashes(clip: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    gone.write_bytes(clip.read_bytes())
    facts = probe_here(gone)
    gone.unlink()
    with opened(gone, facts) as (client, viewer):
        client.show(3)
        viewer.wait(lambda: viewer.errors)
        pid = client.pid
        client.show(4)
        viewer.wait(lambda: len(viewer.errors) == 2)
        assert client.pid == pid


def test_a_file_cut_short_shows_what_is_there_and_says_what_is_not(shared_data: Path) -> None:
    path = shared_data / "robust" / "truncated_faststart.mp4"
    facts = probe_here(path)
    with opened(path, facts) as (client, viewer):
        assert viewer.exact(client.show(10)).index == 10
        last = len(facts.timeline) - 1
        serial = client.play(max(0, last - 40), last, 1.0)
        viewer.keep_up(client, serial)
        assert viewer.ended == [serial]


def test_a_proxy_that_is_not_there_yet_is_taken_up_when_it_is(clip: Path, proxy: Path, tmp_path: Path) -> None:
    growing = tmp_path / "growing"
    with opened(clip, proxy=growing) as (client, viewer):
        first = client.show(50)
        viewer.exact(first)
        proxy.rename(growing)
        try:
            second = client.show(10)
            viewer.exact(second)
        finally:
            growing.rename(proxy)
    assert [(p.serial, p.exact) for p in viewer.pictures] == [(first, True), (second, False), (second, True)]


def test_a_server_started_early_serves_the_video_it_is_given(clip: Path) -> None:
    early = ServerProcess()
    viewer = Viewer()
    client = FrameClient(clip, probe_here(clip), viewer.callbacks(), server=early)
    try:
        assert client.pid == early.pid
        assert _number(viewer.exact(client.show(77))) == 77
    finally:
        client.close()


def test_an_early_server_that_was_never_used_leaves_nothing() -> None:
    early = ServerProcess()
    early.close()
    assert not psutil.pid_exists(early.pid)


@pytest.mark.parametrize("name", ["rot90.mp4", "sar_anamorphic.mp4", "hevc10_hdr_pq.mp4", "tiny_16x16.mp4"])
def test_awkward_videos_stand_upright_in_their_own_colours(shared_data: Path, name: str) -> None:
    path = shared_data / "robust" / name
    facts = probe_here(path)
    with VideoReader(path, facts) as reader:
        wanted = reader.frame_at(2).rgb.astype(int)
    with opened(path, facts) as (client, viewer):
        shown = viewer.exact(client.show(2)).pixels
    assert shown.shape == (facts.height, facts.width, 4)
    # As above; at 16 pixels edges are most of the picture.
    assert np.abs(shown[:, :, 2::-1] - wanted).mean() < 5


def test_the_window_s_side_imports_no_decoder() -> None:
    code = (
        "import sys, coachvision.video.frame_server_client;"
        "print([m for m in ('av', 'cv2', 'scipy', 'PySide6') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
