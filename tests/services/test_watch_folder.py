"""New videos of a watched folder are told once, when they are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from coachvision.errors import CoachVisionError
from coachvision.services.watch_folder import WatchFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "card"
    made.mkdir()
    (made / "old.mp4").write_bytes(b"old")
    return made


def test_what_was_there_before_is_not_new(folder: Path) -> None:
    watched = WatchFolder(folder)
    assert [watched.look() for _ in range(3)] == [[], [], []]


def test_new_video_is_told_once_it_no_longer_grows(folder: Path) -> None:
    watched = WatchFolder(folder)
    watched.look()
    (folder / "new.MOV").write_bytes(b"half")
    (folder / "notes.txt").write_text("no video")
    (folder / ".hidden.mp4").write_bytes(b"half")
    assert watched.look() == []
    (folder / "new.MOV").write_bytes(b"half and more")
    assert watched.look() == []
    assert watched.look() == [folder / "new.MOV"]
    assert watched.look() == []


def test_empty_file_is_waited_for(folder: Path) -> None:
    watched = WatchFolder(folder)
    watched.look()
    (folder / "new.mp4").touch()
    assert [watched.look(), watched.look()] == [[], []]
    (folder / "new.mp4").write_bytes(b"now")
    assert [watched.look(), watched.look()] == [[], [folder / "new.mp4"]]


def test_what_came_while_the_program_was_closed_is_told_at_the_next_start(folder: Path) -> None:
    WatchFolder(folder).look()
    (folder / "new.mp4").write_bytes(b"new")
    again = WatchFolder(folder)
    assert [again.look(), again.look()] == [[], [folder / "new.mp4"]]
    third = WatchFolder(folder)
    assert [third.look(), third.look()] == [[], []]


def test_another_folder_begins_anew(folder: Path, tmp_path: Path) -> None:
    WatchFolder(folder).look()
    other = tmp_path / "other"
    other.mkdir()
    (other / "there.mp4").write_bytes(b"there")
    watched = WatchFolder(other)
    assert [watched.look(), watched.look()] == [[], []]


def test_folder_that_is_gone_is_told_and_comes_back(folder: Path) -> None:
    watched = WatchFolder(folder)
    watched.look()
    folder.rename(folder.with_name("away"))
    with pytest.raises(CoachVisionError, match="cannot be read"):
        watched.look()
    folder.with_name("away").rename(folder)
    assert watched.look() == []
