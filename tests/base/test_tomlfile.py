"""A TOML file is whole, the old or the new one, whatever happens while it is written."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from coachvision import tomlfile
from coachvision.errors import CoachVisionError


def test_what_is_written_is_read(tmp_path: Path):
    path = tmp_path / "deep" / "er" / "a.toml"
    tomlfile.write(path, {"a": {"b": [1, "é"]}})
    assert tomlfile.read(path) == {"a": {"b": [1, "é"]}}
    assert [one.name for one in path.parent.iterdir()] == ["a.toml"]


def test_a_missing_file_is_empty_and_a_byte_order_mark_is_no_damage(tmp_path: Path):
    assert tomlfile.read(tmp_path / "a.toml") == {}
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfa = 1")
    assert tomlfile.read(tmp_path / "a.toml") == {"a": 1}


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str):
    path = tmp_path / "a.toml"
    tomlfile.write(path, {"a": 1})
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(os if step == "fsync" else Path, step, full)
        with pytest.raises(CoachVisionError, match=r"a\.toml cannot be written: .*No space left") as caught:
            tomlfile.write(path, {"a": 2})
    assert caught.value.retryable
    assert caught.value.hint
    assert tomlfile.read(path) == {"a": 1}
    assert [one.name for one in tmp_path.glob("*a.toml*")] == ["a.toml"]


def test_a_file_that_cannot_be_read_or_moved_is_an_error_not_a_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.toml"
    path.mkdir()
    with pytest.raises(CoachVisionError, match=r"a\.toml cannot be read: .*it is a folder, device or pipe"):
        tomlfile.read(path)
    path.rmdir()
    path.write_text("= damaged")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CoachVisionError, match="cannot be moved aside"):
        tomlfile.read(path)
    assert path.read_text() == "= damaged"


def test_what_would_never_end_to_be_read_is_told(tmp_path: Path):
    path = tmp_path / "a.toml"
    os.mkfifo(path)
    with pytest.raises(CoachVisionError, match="it is a folder, device or pipe"):
        tomlfile.read(path)
    path.unlink()
    with path.open("wb") as file:
        file.truncate(tomlfile.MOST_BYTES + 1)
    with pytest.raises(CoachVisionError, match="it is larger than 16 MB"):
        tomlfile.read(path)
    assert path.stat().st_size == tomlfile.MOST_BYTES + 1


@pytest.mark.parametrize(
    "key", ["a" + ".a" * 40_000, "x = {" + ".".join(['"a"'] * 40_000), "[" + ".".join("a" * 40_000)]
)
def test_a_key_that_would_keep_the_parser_busy_is_refused(key: str):
    with pytest.raises(ValueError, match="more than 200 dots"):
        tomlfile.parse(f"{key} = 1\n")


def test_many_file_names_on_one_line_are_no_such_key():
    names = [f"{number}.mp4" for number in range(500)]
    assert tomlfile.parse(f"videos = {names!r}") == {"videos": names}


def test_a_reader_never_sees_a_part(tmp_path: Path):
    path = tmp_path / "a.toml"
    big = {str(number): "x" * 1000 for number in range(100)}
    tomlfile.write(path, big)
    done = threading.Event()

    def rewrite() -> None:
        for _ in range(30):
            tomlfile.write(path, big)
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    reads = 0
    while not done.is_set() or reads == 0:
        assert tomlfile.read(path) == big
        reads += 1
    writer.join()
