"""A video is taken in once by its content, or left where it lies; a cancelled or failed copy leaves nothing."""

from __future__ import annotations

import hashlib
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from coachvision.errors import Cancelled, LibraryError
from coachvision.library import Library
from coachvision.library.records import VideoRow
from tests.library.samples import FACTS, PTS


def files_in(library: Library) -> list[str]:
    """Everything below the library's folder but the database itself and the process's own lock."""
    return sorted(
        path.relative_to(library.root).as_posix()
        for path in library.root.rglob("*")
        if path.is_file() and not path.name.startswith("library.db") and path.name not in ("lock", "opening.lock")
    )


def test_a_video_is_copied_under_its_content_hash(library: Library, video: VideoRow, source: Path) -> None:
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    assert video.sha256 == sha256
    assert video.path == library.root / "videos" / sha256[:2] / f"{sha256}.mp4"
    assert video.path.read_bytes() == source.read_bytes()
    assert (video.width, video.height, video.rotation, video.frames) == (1280, 720, 90, len(PTS))
    assert video.warnings == ("its end is damaged",)


def test_the_same_content_under_another_name_is_the_same_video(
    library: Library, video: VideoRow, source: Path, tmp_path: Path
) -> None:
    other = tmp_path / "copy.mov"
    shutil.copy(source, other)
    before = files_in(library)
    again = library.add_video(other, FACTS)
    assert (again.sha256, again.path, again.source_name) == (video.sha256, video.path, "copy.mov")
    assert files_in(library) == before


def test_a_moved_library_finds_its_videos(library: Library, video: VideoRow, tmp_path: Path) -> None:
    library.close()
    shutil.move(tmp_path / "library", tmp_path / "elsewhere")
    with Library.open(tmp_path / "elsewhere") as moved:
        assert moved.video(video.sha256).path.is_file()
        assert moved.check(deep=True) == []


def test_a_referenced_video_stays_where_it_lies_until_it_is_copied(library: Library, source: Path) -> None:
    row = library.add_video(source, FACTS, copy=False)
    assert (row.path, row.copied) == (source, False)
    assert [name for name in files_in(library) if not name.endswith(".json")] == []
    copied = library.add_video(source, FACTS)
    assert copied.copied
    assert copied.path != source


def test_a_moved_referenced_video_is_found_again_by_its_content(library: Library, source: Path, tmp_path: Path) -> None:
    row = library.add_video(source, FACTS, copy=False)
    moved = source.rename(tmp_path / "moved.mp4")
    (finding,) = library.check()
    assert (finding.severity, finding.path) == ("warning", source)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"something else")
    library.add_video(other, FACTS, copy=False)
    assert library.video(row.sha256).path == source
    library.add_video(moved, FACTS, copy=False)
    assert library.video(row.sha256).path == moved
    assert library.check(deep=True) == []


def test_progress_runs_to_one_and_cancelling_leaves_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coachvision.library.files.CHUNK", 1000)
    source = tmp_path / "long.mp4"
    source.write_bytes(b"x" * 10_500)
    seen: list[float] = []
    with pytest.raises(Cancelled):
        library.add_video(source, FACTS, progress=seen.append, cancelled=lambda: len(seen) >= 3)
    assert len(seen) == 3
    assert files_in(library) == []
    seen.clear()
    library.add_video(source, FACTS, progress=seen.append)
    assert seen == sorted(seen)
    assert (len(seen), seen[-1]) == (11, 1.0)


def test_a_video_that_does_not_fit_is_refused_before_it_is_copied(
    library: Library, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 1_000_000))
    with pytest.raises(LibraryError, match="The disk is full") as error:
        library.add_video(source, FACTS)
    assert "1 MB are free" in error.value.message
    assert files_in(library) == []
    # Referencing it needs no room.
    library.add_video(source, FACTS, copy=False)


def test_a_recording_still_being_written_is_refused(library: Library, source: Path) -> None:
    def grow(_: float) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    with pytest.raises(LibraryError, match="still being written"):
        library.add_video(source, FACTS, progress=grow)
    assert files_in(library) == []


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_what_is_no_file_is_named(library: Library, tmp_path: Path, what: str) -> None:
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    with pytest.raises(LibraryError, match=what):
        library.add_video(path, FACTS)


def test_a_lost_copy_comes_back_when_the_video_is_added_again(library: Library, video: VideoRow, source: Path) -> None:
    session = library.create_session(video)
    video.path.unlink()
    assert [f.severity for f in library.check()] == ["error"]
    library.add_video(source, FACTS)
    assert library.check(deep=True) == []
    assert library.session(session).video == library.video(video.sha256)
