"""Times that files tell badly (negative, cut, doubled, missing, hidden) are those of the frames that decode."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from coachvision.video.index import BestEffort
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from tests.video.clips import decoded_times, number_of, write_numbered


def _numbers(path: Path) -> list[int]:
    facts = probe_here(path)
    with VideoReader(path, facts) as reader:
        return [number_of(frame.gray) for frame in reader.frames()]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov", "ts"])
def test_variable_rate_with_b_frames(tmp_path: Path, suffix: str) -> None:
    path = write_numbered(tmp_path / f"v.{suffix}", 40, time_of=lambda k: k * 33 + (k % 5) * 4)
    facts = probe_here(path)
    assert facts.timeline.pts.tolist() == decoded_times(path)
    expected = [(k * 33 + (k % 5) * 4) / 1000 for k in range(40)]
    assert facts.timeline.seconds.tolist() == pytest.approx(expected, abs=1.1e-3)  # MP4 keeps milliseconds here
    assert facts.variable_frame_rate
    assert _numbers(path) == list(range(40))


def test_frames_that_an_edit_list_cuts_away_are_no_frames(tmp_path: Path) -> None:
    # Times below zero make the MP4 muxer write an edit list that begins at zero.
    path = write_numbered(tmp_path / "cut.mp4", 40, shift=-10 * 33)
    facts = probe_here(path)
    assert facts.timeline.pts.tolist() == decoded_times(path)
    assert _numbers(path) == list(range(10, 40))
    with VideoReader(path, facts) as reader:
        assert number_of(reader.frame_at(3).gray) == 13


def test_a_clip_that_starts_late_keeps_its_times(tmp_path: Path) -> None:
    mkv = write_numbered(tmp_path / "offset.mkv", 20, shift=500)
    facts = probe_here(mkv)
    assert int(facts.timeline.pts[0]) == 500
    assert facts.timeline.seconds[0] == 0
    assert facts.timeline.pts.tolist() == decoded_times(mkv)


def test_frames_that_share_their_time_are_shown_once(tmp_path: Path) -> None:
    # Matroska keeps milliseconds: two frames a tenth of one apart become one time.
    path = write_numbered(
        tmp_path / "double.mkv", 20, b_frames=0, time_base=Fraction(1, 10000), time_of=lambda k: (k // 2) * 330 + k % 2
    )
    facts = probe_here(path)
    assert facts.timeline.pts.tolist() == sorted(set(decoded_times(path)))
    assert len(facts.timeline) == 10
    assert any("share their time" in warning or "no time of their own" in warning for warning in facts.warnings)
    assert _numbers(path) == list(range(0, 20, 2))


def test_hidden_reference_frames_of_vp8_are_no_frames(tmp_path: Path) -> None:
    path = write_numbered(
        tmp_path / "hidden.webm", 60, codec="libvpx", options={"auto-alt-ref": "1", "lag-in-frames": "16", "b": "200k"}
    )
    facts = probe_here(path)
    assert facts.timeline.pts.tolist() == decoded_times(path)
    assert len(facts.timeline) == 60
    assert not facts.counted


@pytest.mark.parametrize("cut", [0.4, 0.75])
@pytest.mark.parametrize("suffix", ["mkv", "ts", "avi"])
def test_a_copy_that_broke_off_is_read_as_far_as_it_decodes(tmp_path: Path, suffix: str, cut: float) -> None:
    path = write_numbered(tmp_path / f"broken.{suffix}", 60, b_frames=0, time_base=Fraction(1, 30), time_of=lambda k: k)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    facts = probe_here(path)
    times = decoded_times(path)
    assert facts.timeline.pts.tolist() == times
    assert 60 * cut * 0.5 < len(times) < 60
    # The last frame may be half there: FFmpeg shows it, mended from the one before.
    assert _numbers(path)[:-1] == list(range(len(times) - 1))


def test_a_raw_stream_is_counted(shared_data: Path) -> None:
    facts = probe_here(shared_data / "robust" / "raw.h264")
    assert facts.counted
    assert len(facts.keyframes) == 6


def test_best_effort_prefers_pts_until_it_proves_worse() -> None:
    best = BestEffort()
    assert [best.time(p, d) for p, d in [(0, 0), (1, 1), (None, 2), (3, None)]] == [0, 1, 2, 3]
    backwards = BestEffort()
    times = [backwards.time(p, d) for p, d in [(10, 0), (5, 1), (4, 2)]]
    assert times == [10, 1, 2]
    assert BestEffort().time(None, None) is None
