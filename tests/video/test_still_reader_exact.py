"""What is left out on the way to a frame changes no bit of it: every frame of every kind, against plain decoding."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from coachvision.video.convert import Converter
from coachvision.video.facts import VideoFacts
from coachvision.video.probe import probe_here
from coachvision.video.still_reader import StillReader
from tests.video.clips import write_numbered

_X265 = "log-level=none:pools=1:frame-threads=1"
_VP9 = {"auto-alt-ref": "1", "lag-in-frames": "16", "deadline": "realtime", "cpu-used": "8"}
# Encoder, container, its options; whether it makes frames that no other is made from.
_KINDS: dict[str, tuple[str, str, dict[str, Any], bool]] = {
    "h264, no B-frames": ("libx264", "mp4", {"b_frames": 0}, False),
    "h264, B-frames": ("libx264", "mp4", {"options": {"b-pyramid": "none"}}, True),
    "h264, B-pyramid": ("libx264", "mp4", {"b_frames": 5, "options": {"b-pyramid": "normal", "refs": "4"}}, True),
    "h264, open GOP": ("libx264", "mkv", {"b_frames": 3, "options": {"x264-params": "open-gop=1:scenecut=0"}}, True),
    "h264, several slices": ("libx264", "mp4", {"options": {"slices": "4"}}, True),
    "hevc, B-pyramid": ("libx265", "mp4", {"options": {"x265-params": f"bframes=5:b-pyramid=1:{_X265}"}}, True),
    "hevc, open GOP": ("libx265", "mkv", {"options": {"x265-params": f"bframes=3:open-gop=1:{_X265}"}}, True),
    "mpeg-4, B-frames": ("mpeg4", "mp4", {"time_base": Fraction(1, 30), "time_of": lambda k: k}, True),
    "mpeg-2, B-frames": ("mpeg2video", "mkv", {"time_base": Fraction(1, 30), "time_of": lambda k: k}, True),
    "vp9, hidden frames": ("libvpx-vp9", "webm", {"b_frames": 0, "options": _VP9}, False),
}  # fmt: skip
_FRAMES, _GOP = 70, 32


def _decoded(path: Path, skip: str = "DEFAULT") -> dict[int, av.VideoFrame]:
    """The peer: every frame by its pts, in order, in one thread."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = skip
        return {frame.pts: frame for frame in container.decode(stream) if frame.pts is not None}


def _whole(path: Path, facts: VideoFacts) -> list[NDArray[np.uint8]]:
    converter, decoded = Converter(facts), _decoded(path)
    return [converter.frame(decoded[int(pts)], 0, 0, 0.0).rgb for pts in facts.timeline.pts]


def _jumped(path: Path, facts: VideoFacts, wanted: list[int]) -> None:
    """Compare these frames, jumped to in that order, with plain decoding."""
    whole = _whole(path, facts)
    reader = StillReader(path, facts)
    for index in wanted:
        np.testing.assert_array_equal(reader.frame_at(index).rgb, whole[index], err_msg=f"frame {index}")
    reader.close()


@pytest.mark.parametrize("kind", _KINDS)
def test_every_frame_jumped_to_is_the_same_to_the_last_bit(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is remembered but the last frames, nothing is near, little is decoded whole before a frame.
    monkeypatch.setattr("coachvision.video.still_reader._KEPT_BYTES", 0)
    monkeypatch.setattr("coachvision.video.still_reader._NEAR", 1)
    monkeypatch.setattr("coachvision.video.still_reader._BEFORE", 0)
    codec, container, how, spared = _KINDS[kind]
    path = write_numbered(tmp_path / f"clip.{container}", _FRAMES, codec=codec, gop=_GOP, **how)
    facts = probe_here(path)
    assert len(facts.timeline) == _FRAMES
    assert not facts.counted
    # What is proved is worth something only where frames are left out.
    assert (len(_decoded(path, "NONREF")) < _FRAMES) == spared
    _jumped(path, facts, np.random.default_rng(5).permutation(_FRAMES).tolist())


@pytest.mark.parametrize("name", ["h264_longgop_bframes.mp4", "hevc10.mkv", "mpeg4_bframes.avi", "vp9.webm"])
def test_real_clips_jumped_to_are_the_same_to_the_last_bit(shared_data: Path, name: str) -> None:
    path = shared_data / "robust" / name
    facts = probe_here(path)
    _jumped(path, facts, np.random.default_rng(6).permutation(len(facts.timeline))[:12].tolist())
