"""Which pictures a folder or pattern has, in which order, and what they look like."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from coachvision.errors import VideoError
from coachvision.video.numbering import unbroken
from coachvision.video.sequence import pictures_in, read_picture
from tests.video.clips import numbered_picture


def _pictures(folder: Path, count: int = 12) -> Path:
    folder.mkdir()
    for index in range(count):
        # Numbers without leading zeros: 10 must come after 9.
        cv2.imwrite(str(folder / f"run_{index}.png"), cv2.cvtColor(numbered_picture(index), cv2.COLOR_RGB2BGR))
    return folder


def test_pictures_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "p")
    (folder / "notes.txt").write_text("not a picture")
    (folder / ".run_3.png").write_bytes(b"the system's own")
    files = pictures_in(folder)
    assert [path.name for path in files] == [f"run_{index}.png" for index in range(12)]
    np.testing.assert_array_equal(read_picture(files[5]), numbered_picture(5))


def test_a_pattern_and_its_limits(tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "p")
    assert [path.name for path in pictures_in(folder / "run_1*.png")] == ["run_1.png", "run_10.png", "run_11.png"]
    with pytest.raises(VideoError, match="no pictures"):
        pictures_in(folder / "walk_*.png")


@pytest.mark.parametrize("data", [b"", b"\x89PNG nothing"])
def test_a_damaged_picture_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "run_2.png").write_bytes(data)
    with pytest.raises(VideoError, match="run_2"):
        read_picture(tmp_path / "run_2.png")


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
