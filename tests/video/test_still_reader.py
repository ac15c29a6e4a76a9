"""Single frames: always the right one, whole, however the coach jumps and steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coachvision.errors import Cancelled, VideoError
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from coachvision.video.still_reader import StillReader
from tests.support.barcode import frame_number
from tests.video.clips import number_of, write_numbered

# One of each way in which frames are ordered, referred to and timed.
_BARCODED = (
    "fragmented.mp4", "h264_longgop_bframes.mp4", "hevc10.mkv", "hevc8_hvc1.mp4", "mpeg2_tff.ts", "mpeg4_bframes.avi",
    "raw.h264", "rot90.mp4", "start_offset_1p5s.mp4", "vfr_phone_like.mp4", "vp9.webm", "wmv2.wmv",
)  # fmt: skip


@pytest.mark.parametrize("name", _BARCODED)
def test_bar_codes_under_jumps_and_steps_both_ways(shared_data: Path, name: str) -> None:
    path = shared_data / "robust" / name
    facts = probe_here(path)
    count = len(facts.timeline)
    chance = np.random.default_rng(len(name))
    jumps = [count - 1, 0, *chance.integers(count, size=4).tolist()]
    middle = count // 2
    steps = [*range(middle, min(middle + 4, count)), *range(middle, max(middle - 4, -1), -1)]
    reader = StillReader(path, facts)
    for index in (*jumps, *steps):
        frame = reader.frame_at(index)
        assert (frame.index, frame_number(frame.gray), frame.pts) == (index, index, int(facts.timeline.pts[index]))
    reader.close()


def test_jumped_to_frame_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "long.mp4", 120, gop=120, b_frames=3)
    facts = probe_here(path)
    stills = StillReader(path, facts)
    with VideoReader(path, facts) as reader:
        whole = {frame.index: frame.gray.copy() for frame in reader.frames()}
    for index in (117, 3, 60, 61, 95, 59, 58, 119):
        np.testing.assert_array_equal(stills.frame_at(index).gray, whole[index])
    stills.close()


def test_steps_back_after_the_first_are_there_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coachvision.video.still_reader._KEPT_BYTES", 40 * 160 * 90 * 3 // 2)
    path = write_numbered(tmp_path / "long.mp4", 200, gop=200)
    stills = StillReader(path, probe_here(path))
    asked = 0

    def counting() -> bool:
        nonlocal asked
        asked += 1
        return False

    assert number_of(stills.frame_at(180).gray) == 180
    for index in range(179, 140, -1):
        assert number_of(stills.frame_at(index, counting).gray) == index
    # The way from the keyframe was gone once more, not forty times.
    assert asked < 2 * 200
    assert stills.near(145)
    assert not stills.near(60)
    stills.close()


def test_way_to_a_frame_can_be_given_up_and_gone_again(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "long.mp4", 100, gop=100)
    stills = StillReader(path, probe_here(path))
    with pytest.raises(Cancelled):
        stills.frame_at(90, lambda: True)
    assert number_of(stills.frame_at(40).gray) == 40
    assert number_of(stills.frame_at(90).gray) == 90
    stills.close()


def test_file_that_went_away_is_told_unless_it_is_open_already(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "long.mp4", 100, gop=50)
    facts = probe_here(path)
    stills = StillReader(path, facts)
    assert number_of(stills.frame_at(10).gray) == 10
    path.rename(tmp_path / "elsewhere.mp4")
    assert number_of(stills.frame_at(90).gray) == 90
    stills.close()
    with pytest.raises(VideoError, match="no such file"):
        StillReader(path, facts).frame_at(90)


def test_frame_that_the_file_only_promises_is_told(shared_data: Path) -> None:
    facts = probe_here(shared_data / "robust" / "h264_30.mp4")
    stills = StillReader(shared_data / "robust" / "truncated_faststart.mp4", facts)
    with pytest.raises(VideoError, match="cannot be shown"):
        stills.frame_at(80)
    assert frame_number(stills.frame_at(30).gray) == 30
    stills.close()
