"""F7, F9: files that change, end early or vanish while they are sent; disks that are full."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from coachvision.errors import LibraryError
from coachvision.library.records import VideoRow
from coachvision.services.sync_now import Halt
from coachvision.sync.database import SyncError
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

SIZE = (20 << 20) + 1000


def video_of(laptop: Laptop, session: str) -> VideoRow:
    with laptop.library() as library:
        video = library.session(session).video
    assert video is not None
    return video


def edit(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(SIZE - 5000)
        file.write(b"edited")


def edit_unseen(path: Path) -> None:
    """As a tool does that puts the time back."""
    before = path.stat()
    edit(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def cut_short(path: Path) -> None:
    os.truncate(path, 7 << 20)


def vanish(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        pytest.param(edit, "Failed because the file was changed after it was added", marks=pytest.mark.soak),
        (edit_unseen, "Failed because the file was changed after it was added"),
        pytest.param(cut_short, "Failed because the file was changed after it was added", marks=pytest.mark.soak),
        (vanish, "Failed because the file is not where it was"),
    ],
)
def test_f7_bytes_of_two_versions_of_a_film_never_become_one(
    laptop: Laptop, cloud: Cloud, happens: Callable[[Path], None], words: str
) -> None:
    session = laptop.add_session(size=SIZE, copy=False)
    path = video_of(laptop, session).path
    original = path.read_bytes()
    # Half of it is sent, then the network is gone; meanwhile the film changes.
    cloud.storage.configure(cut_after=11 << 20)
    laptop.sync()
    cloud.storage.configure(offline=False, cut_after=None)
    happens(path)
    laptop.sync()
    laptop.hurry()
    laptop.sync()
    assert [key for key in cloud.keys(str(laptop.user_id)) if key.endswith(".mp4")] == []
    assert laptop.state(session).words == words
    assert laptop.state(session).hint != ""
    # The numbers are in the cloud all the same; and with the film as it was, it follows.
    assert len([key for key in cloud.keys(str(laptop.user_id)) if key.endswith(".npz")]) == 1
    path.write_bytes(original)
    laptop.until_done()
    (film,) = [key for key in cloud.keys(str(laptop.user_id)) if key.endswith(".mp4")]
    assert cloud.body(film) == original
    assert cloud.uploads(str(laptop.user_id)) == []
    assert laptop.state(session).words == "In the cloud"


def test_f7_a_film_that_changes_between_two_parts_is_noticed(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=SIZE, copy=False)
    path = video_of(laptop, session).path
    cloud.storage.fail({"kind": "stall", "path": "partNumber=3"})
    running = threading.Thread(target=laptop.sync)
    running.start()
    while not cloud.storage.requests("PUT", "partNumber=3"):
        threading.Event().wait(0.02)
    edit(path)
    cloud.storage.fail()
    running.join(60)
    laptop.sync()
    assert [key for key in cloud.keys(str(laptop.user_id)) if key.endswith(".mp4")] == []
    assert laptop.state(session).kind == "failed"


def test_f7_a_file_that_lost_all_its_bytes_holds_nothing_else_up(laptop: Laptop, cloud: Cloud) -> None:
    session, other = laptop.add_session(size=100_000), laptop.add_session("Other", size=100_000, seed=2)
    with laptop.library() as library:
        (run,) = library.session(session).runs
        path = library.folder(session) / run.file
    whole = path.read_bytes()
    # As a laptop leaves it whose power went while it wrote.
    path.write_bytes(b"")
    assert [one.partition(": ")[2] for one in laptop.sync().failed] == [f"{path.name} is empty."]
    assert laptop.state(session).words == "Failed because the file was changed after it was added"
    assert laptop.state(other).words == "In the cloud"
    path.write_bytes(whole)
    laptop.hurry()
    assert laptop.sync().failed == []
    assert laptop.state(session).words == "In the cloud"
    assert whole in [cloud.body(key) for key in cloud.keys(str(laptop.user_id)) if session in key]


def test_stopping_is_at_once_and_the_next_run_goes_on(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=SIZE)
    cloud.storage.configure(rate=4_000_000)
    halt = Halt()
    running = threading.Thread(target=lambda: laptop.sync(halt=halt))
    running.start()
    while cloud.storage.passed()[0] < 6_000_000:
        threading.Event().wait(0.02)
    halt.ask()
    running.join(20)
    assert not running.is_alive()
    assert laptop.state(session).kind in ("uploading", "waiting")
    cloud.storage.configure(rate=None)
    assert laptop.sync().failed == []
    assert laptop.state(session).words == "In the cloud"


def test_stopping_does_not_wait_for_a_server_that_is_silent(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=SIZE)
    cloud.storage.fail({"kind": "stall", "path": "partNumber=2"})
    halt = Halt()
    running = threading.Thread(target=lambda: laptop.sync(halt=halt))
    running.start()
    while not cloud.storage.requests("PUT", "partNumber=2"):
        threading.Event().wait(0.02)
    halt.ask()
    # Far sooner than the thirty seconds after which a silent connection is given up.
    running.join(10)
    assert not running.is_alive()
    assert laptop.state(session).kind in ("uploading", "waiting")
    cloud.storage.fail()
    assert laptop.sync().failed == []
    assert laptop.state(session).words == "In the cloud"


def test_f9_a_full_disk_while_restoring_leaves_nothing_half_written(
    make_laptop: MakeLaptop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make_laptop("one"), make_laptop("two")
    session = one.add_session(size=SIZE)
    one.sync()
    real = os.fsync

    def full(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink()
        if name.is_relative_to(two.root) and os.fstat(handle).st_size > 10 << 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SyncError, match="The disk is full"):
        two.sync(follow=True)
    assert not list(two.root.rglob("*.part"))
    monkeypatch.setattr(os, "fsync", real)
    assert two.sync(follow=True).failed == []
    with two.library() as library:
        assert [row.id for row in library.sessions()] == [session]
        assert library.check(deep=True) == []


def test_f9_a_disk_without_room_is_told_before_anything_is_fetched(
    make_laptop: MakeLaptop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    one, two = make_laptop("one"), make_laptop("two")
    one.add_session(size=SIZE)
    one.sync()
    with two.library():
        pass
    cloud.storage.reset()
    usage = shutil.disk_usage(two.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10 << 20))
    with pytest.raises(LibraryError, match="disk is full"):
        two.sync(follow=True)
    assert cloud.storage.requests("GET") == []
