"""The frame that is asked for is the frame that is shown, whatever the file, in every direction."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import numpy as np
import pytest

from coachvision.errors import VideoError
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from tests.support.barcode import frame_number
from tests.support.clips import write_clip
from tests.video.clips import number_of, write_numbered

_BARCODED = [
    "anim.gif", "av1.mp4", "fps120.mp4", "fragmented.mp4", "h264_30.mp4", "h264_longgop_bframes.mp4", "hevc10.mkv",
    "hevc10_hdr_pq.mp4", "hevc8_hvc1.mp4", "it's 100% #1 & co.mp4", "mjpeg.avi", "mpeg2_tff.ts", "mpeg4_bframes.avi",
    "no_duration.mkv", "no_extension", "odd_321x181_vp9.webm", "one_frame.mp4", "prores.mov", "raw.h264", "rot180.mov",
    "rot90.mp4", "sar_anamorphic.mp4", "start_offset_1p5s.mp4", "truncated_faststart.mp4", "two_video_one_audio.mkv",
    "uhd8k_3frames.mp4", "vfr_phone_like.mp4", "vp9.webm", "webm_named.avi", "wmv2.wmv",
]  # fmt: skip


@pytest.mark.parametrize("name", _BARCODED)
def test_bar_codes_in_order_and_under_random_seeks(shared_data: Path, name: str) -> None:
    path = shared_data / "robust" / name
    facts = probe_here(path)
    count = len(facts.timeline)
    chance = np.random.default_rng(len(name))
    with VideoReader(path, facts) as reader:
        forward = [(frame.index, frame_number(frame.gray), frame.pts) for frame in reader.frames()]
        assert forward == [(k, k, int(facts.timeline.pts[k])) for k in range(count)]
        for index in [count - 1, 0, *(chance.integers(count, size=6).tolist())]:
            frame = reader.frame_at(index)
            assert (frame.index, frame_number(frame.gray)) == (index, index)
            assert (frame.width, frame.height) == (facts.width, facts.height)
        assert reader.warnings == []


def test_behind_a_damaged_stretch_every_frame_keeps_its_time(shared_data: Path) -> None:
    path = shared_data / "robust" / "corrupt_middle.mp4"
    facts = probe_here(path)
    with VideoReader(path, facts) as reader:
        for frame in reader.frames():
            # The bar code is the number in the sound file, 512 ticks a frame.
            if frame.pts < 40 * 512 or frame.pts > 56 * 512:
                assert frame_number(frame.gray) == frame.pts // 512
        assert frame_number(reader.frame_at(60).gray) == int(facts.timeline.pts[60]) // 512


def test_parts_and_backwards(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "long.mp4", 70, gop=25)
    facts = probe_here(path)
    with VideoReader(path, facts) as reader:
        assert [number_of(f.gray) for f in reader.frames(30, 41)] == list(range(30, 42))
        assert [number_of(f.gray) for f in reader.frames(65)] == list(range(65, 70))
        assert [number_of(f.gray) for f in reader.frames_backward(20, 60)] == list(range(60, 19, -1))
        assert [f.index for f in reader.frames(0, 10_000)][-1] == 69
        assert list(reader.frames(70)) == []
        with pytest.raises(IndexError):
            reader.frame_at(70)


def test_backwards_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_numbered(tmp_path / "long.mp4", 40, gop=40)
    facts = probe_here(path)
    monkeypatch.setattr("coachvision.video.reader._BACKWARD_BYTES", 7 * 160 * 90 * 3 // 2)
    with VideoReader(path, facts) as reader:
        assert [number_of(f.gray) for f in reader.frames_backward(0, 39)] == list(range(39, -1, -1))


def test_what_a_promised_frame_missing_means(shared_data: Path) -> None:
    whole = shared_data / "robust" / "h264_30.mp4"
    facts = probe_here(whole)
    with VideoReader(shared_data / "robust" / "truncated_faststart.mp4", facts) as reader:
        seen = [frame.index for frame in reader.frames()]
        assert seen == list(range(len(seen)))
        assert 44 <= len(seen) <= 48
        assert reader.warnings == [
            f"The file is damaged: it can be read up to {len(seen) / 30:.2f} s of 3.00 s.",
        ]
        with pytest.raises(VideoError, match="cannot be shown"):
            reader.frame_at(80)
    with VideoReader(shared_data / "robust" / "corrupt_middle.mp4", facts) as reader:
        seen = [frame.index for frame in reader.frames()]
        assert len(seen) == 86
        assert seen[-1] == 89
        assert reader.warnings == ["The file is damaged: 4 frames from 1.47 s on cannot be decoded."]


def test_nothing_runs_on_behind_a_reader_left_early(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=40)
    facts = probe_here(path)
    before = set(threading.enumerate())
    with VideoReader(path, facts) as reader:
        frames = reader.frames()
        next(frames)
        assert set(threading.enumerate()) - before
    assert not set(threading.enumerate()) - before
    assert list(frames) == []

    reader = VideoReader(path, facts)
    for frame in reader.frames():
        if frame.index == 3:
            break
    gc.collect()
    assert not set(threading.enumerate()) - before

    with pytest.raises(ZeroDivisionError), VideoReader(path, facts) as reader:
        next(frame.index // 0 for frame in reader.frames())
    assert not set(threading.enumerate()) - before


def test_a_file_that_vanished_is_told_by_name(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=5)
    facts = probe_here(path)
    path.unlink()
    with VideoReader(path, facts) as reader, pytest.raises(VideoError, match="no such file"):
        list(reader.frames())


def test_decoding_runs_ahead_by_no_more_than_a_few_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=60)
    facts = probe_here(path)
    made = []
    original = VideoReader._frame

    def counted(self: VideoReader, *args: object) -> object:
        made.append(args[1])
        return original(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(VideoReader, "_frame", counted)
    with VideoReader(path, facts) as reader:
        for frame in reader.frames():
            # Four in the queue and one in the making.
            assert len(made) <= frame.index + 1 + 6
