"""A folder of pictures as a video, where the coach asks for it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from coachvision.errors import VideoError
from coachvision.video.numbering import unbroken
from coachvision.video.sequence import open_sequence
from tests.video.clips import number_of, numbered_picture


def _pictures(folder: Path, count: int = 12) -> Path:
    folder.mkdir()
    for index in range(count):
        # Numbers without leading zeros: 10 must come after 9.
        cv2.imwrite(str(folder / f"run_{index}.png"), cv2.cvtColor(numbered_picture(index), cv2.COLOR_RGB2BGR))
    return folder


def test_pictures_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "p")
    (folder / "notes.txt").write_text("not a picture")
    with open_sequence(folder, 50) as reader:
        assert [number_of(frame.gray) for frame in reader.frames()] == list(range(12))
        assert [frame.index for frame in reader.frames_backward(3, 6)] == [6, 5, 4, 3]
        assert [frame.index for frame in reader.frames(9)] == [9, 10, 11]
        assert reader.frame_at(5).time_s == pytest.approx(0.1)
        assert reader.facts.duration_s == pytest.approx(12 / 50)
        assert (reader.facts.width, reader.facts.height) == (160, 90)
        np.testing.assert_array_equal(reader.frame_at(5).rgb, numbered_picture(5))
        with pytest.raises(IndexError):
            reader.frame_at(12)


def test_a_pattern_and_its_limits(tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "p")
    with open_sequence(folder / "run_1*.png", 29.97) as reader:
        assert [number_of(frame.gray) for frame in reader.frames()] == [1, 10, 11]
    with pytest.raises(VideoError, match="no pictures"):
        open_sequence(folder / "walk_*.png", 30)
    with pytest.raises(ValueError, match="frames a second"):
        open_sequence(folder, 0)


def test_a_damaged_picture_is_left_out_and_told(tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "p", 5)
    (folder / "run_2.png").write_bytes(b"\x89PNG nothing")
    cv2.imwrite(str(folder / "run_3.png"), np.zeros((40, 50, 3), np.uint8))
    with open_sequence(folder, 30) as reader:
        frames = list(reader.frames())
        assert [frame.index for frame in frames] == [0, 1, 3, 4]
        assert {(frame.width, frame.height) for frame in frames} == {(160, 90)}
        assert len(reader.warnings) == 1
        assert "run_2.png" in reader.warnings[0]
        with pytest.raises(VideoError, match="run_2"):
            reader.frame_at(2)


def test_every_second_picture_is_a_series_and_a_missing_one_is_named(tmp_path: Path) -> None:
    files = [tmp_path / f"cam1_{number}.jpg" for number in (8, 10, 12, 14)]
    assert unbroken(files[::-1]) == files
    with pytest.raises(VideoError, match=r"cam1_8.jpg. and .cam1_12.jpg. pictures are missing"):
        unbroken([files[0], files[2], files[3], tmp_path / "cam1_16.jpg"])
    with pytest.raises(VideoError, match="one number"):
        unbroken([*files, tmp_path / "cam1_08.jpg"])


def test_two_series_in_one_folder_are_not_mixed(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="not of one series"):
        unbroken([tmp_path / name for name in ("left_1.jpg", "left_2.jpg", "right_1.jpg")])
    with pytest.raises(VideoError, match="not of one series"):
        unbroken([tmp_path / name for name in ("cam1_1.jpg", "cam1_2.jpg", "cam2_1.jpg", "cam2_2.jpg")])
    named = [tmp_path / name for name in ("down.jpg", "start.jpg", "up.jpg")]
    assert unbroken(named[::-1]) == named
