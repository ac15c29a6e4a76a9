"""What a coach is told of a file before it plays: sound facts, or a plain sentence."""

from __future__ import annotations

import json
import os
import signal
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coachvision.errors import VideoError
from coachvision.video import probe as probing
from coachvision.video.facts import VideoFacts, from_bytes, to_bytes
from coachvision.video.probe import probe, probe_here
from tests.support.clips import write_clip
from tests.video.clips import decoded_times, write_numbered

# file: (width, height, rotation, frames, codec) as INDEX.json tells them; sizes are those of a correct viewer.
_READABLE = {
    "anim.gif": (480, 270, 0, 12, "gif"),
    "av1.mp4": (480, 270, 0, 90, "av1"),
    "fps120.mp4": (480, 270, 0, 90, "h264"),
    "hevc10_hdr_pq.mp4": (480, 270, 0, 90, "hevc"),
    "it's 100% #1 & co.mp4": (480, 270, 0, 90, "h264"),
    "mjpeg.avi": (480, 270, 0, 45, "mjpeg"),
    "mpeg2_tff.ts": (480, 270, 0, 90, "mpeg2video"),
    "no_duration.mkv": (480, 270, 0, 90, "h264"),
    "no_extension": (480, 270, 0, 90, "hevc"),
    "odd_321x181_vp9.webm": (321, 181, 0, 90, "vp9"),
    "one_frame.mp4": (480, 270, 0, 1, "h264"),
    "prores.mov": (480, 270, 0, 24, "prores"),
    "raw.h264": (480, 270, 0, 90, "h264"),
    "real_indeo4_flame.avi": (256, 240, 0, 110, "indeo4"),
    "real_nasa_13013_many_streams.mp4": (320, 180, 0, 325, "h264"),
    "rot180.mov": (480, 270, 180, 90, "h264"),
    "rot90.mp4": (480, 270, 270, 90, "h264"),
    "sar_anamorphic.mp4": (480, 270, 0, 90, "h264"),
    "two_video_one_audio.mkv": (480, 270, 0, 90, "h264"),
    "uhd8k_3frames.mp4": (7680, 4320, 0, 3, "h264"),
    "wmv2.wmv": (480, 270, 0, 90, "wmv2"),
    "Übung – Kniebeuge 深蹲 (1).mp4": (480, 270, 0, 90, "h264"),
}


@pytest.mark.parametrize("name", _READABLE)
def test_size_as_shown_turn_and_number_of_frames(shared_data: Path, name: str) -> None:
    facts = probe_here(shared_data / "robust" / name)
    assert (facts.width, facts.height, facts.rotation, len(facts.timeline), facts.codec) == _READABLE[name]


def test_every_readable_file_has_the_times_of_its_decoded_frames(shared_data: Path) -> None:
    checked = 0
    for path in sorted((shared_data / "robust").iterdir()):
        if path.name == "raw.h264":  # has no times; see its own test
            continue
        try:
            facts = probe_here(path)
        except VideoError:
            continue
        assert facts.timeline.pts.tolist() == decoded_times(path), path.name
        checked += 1
    assert checked >= 34


def test_a_stream_without_times_gets_those_of_the_rate_it_was_encoded_at(shared_data: Path) -> None:
    facts = probe_here(shared_data / "robust" / "raw.h264")
    np.testing.assert_allclose(facts.timeline.seconds, np.arange(90) / 30, atol=1e-6)
    assert any("holds no times" in warning for warning in facts.warnings)


def test_true_times_of_a_phone_that_films_at_a_variable_rate(shared_data: Path) -> None:
    facts = probe_here(shared_data / "robust" / "vfr_phone_like.mp4")
    assert facts.variable_frame_rate
    records = json.loads((shared_data / "INDEX.json").read_text())
    told = next(r for r in records if r["file"] == "robust/vfr_phone_like.mp4")["known_answers"]["truth"]
    true_ms = json.loads(told[told.index("[") :])
    # The truth is rounded to milliseconds, the file to 1/16 of one.
    assert facts.timeline.seconds * 1000 == pytest.approx(true_ms, abs=0.6)


def test_length_counts_the_last_frame(shared_data: Path) -> None:
    assert probe_here(shared_data / "robust" / "h264_30.mp4").duration_s == pytest.approx(3.0, abs=1e-3)
    assert probe_here(shared_data / "robust" / "mpeg2_tff.ts").duration_s == pytest.approx(3.6, abs=1e-3)
    assert probe_here(shared_data / "robust" / "one_frame.mp4").duration_s == pytest.approx(1 / 30, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "frames", "where"),
    [("corrupt_middle.mp4", 86, "the first at 1.47 s"), ("truncated_faststart.mp4", 48, "all from 1.60 s on")],
)
def test_a_damaged_file_says_how_much_is_missing(shared_data: Path, name: str, frames: int, where: str) -> None:
    facts = probe_here(shared_data / "robust" / name)
    assert facts.damaged
    assert len(facts.timeline) == frames
    assert facts.warnings == (f"The file is damaged: {90 - frames} of 90 frames are missing, {where}.",)


_REFUSED = {
    "audio_only.mp4": "no video",
    "jpeg_named.mp4": "picture",
    "text_named.mp4": "not a video",
    "truncated_no_moov.mp4": "not complete",
    "zero_length.mp4": "empty",
}


@pytest.mark.parametrize("name", _REFUSED)
def test_what_is_no_video_is_refused_in_plain_words(shared_data: Path, name: str) -> None:
    with pytest.raises(VideoError) as caught:
        probe(shared_data / "robust" / name)
    error = caught.value
    assert _REFUSED[name] in error.title.lower()
    assert name in error.message
    assert error.hint
    assert error.path == shared_data / "robust" / name


def _plain(facts: VideoFacts) -> dict[str, object]:
    """Every field as something that can be compared."""
    line = facts.timeline
    times = (line.pts.tolist(), line.time_base, line.time_scale)
    return {**vars(facts), "timeline": times, "keyframes": facts.keyframes.tolist()}


def test_the_child_gives_the_same_facts(shared_data: Path) -> None:
    path = shared_data / "robust" / "rot90.mp4"
    there, here = probe(path), probe_here(path)
    assert _plain(there) == _plain(here)


def test_missing_folder_and_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VideoError, match="no such file"):
        probe(tmp_path / "gone.mp4")
    with pytest.raises(VideoError, match="folder"):
        probe(tmp_path)
    locked = tmp_path / "locked.mp4"
    locked.write_bytes(b"x")
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        # The superuser reads everything; the system's refusal is played instead.
        def refuse(self: Path, *_: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(VideoError, match="may not be read"):
        probe(locked)


def _child_that(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(probing, "_child_command", lambda: [sys.executable, "-c", code])


def test_a_child_that_crashes_or_hangs_takes_nothing_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=2)
    _child_that(monkeypatch, f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})")
    with pytest.raises(VideoError, match="cannot be read"):
        probe(path)
    _child_that(monkeypatch, "import threading; threading.Event().wait()")
    with pytest.raises(VideoError, match="too long"):
        probe(path, timeout_s=0.3)


def test_a_child_that_reaches_its_memory_limit_takes_nothing_down(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less than its libraries need: the limit is met wherever the child happens to be.
    code = "from coachvision.video import _probe_child as c; c._MEMORY = 150 << 20; c.main(sys.argv[1:])"
    _child_that(monkeypatch, f"import sys; {code}")
    with pytest.raises(VideoError, match="cannot be read"):
        probe(shared_data / "robust" / "uhd8k_3frames.mp4")


@pytest.mark.parametrize("answer", [b"", b"F", b"Fgarbage", b"E{}", b"E[1]", b"F\xff\xff\xff\xff{}", b"X" * 5000])
def test_a_child_that_answers_nonsense_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=2)
    _child_that(monkeypatch, f"import sys; sys.stdout.buffer.write({answer!r})")
    with pytest.raises(VideoError):
        probe(path)


def test_facts_survive_the_way_and_lies_do_not(tmp_path: Path) -> None:
    facts = probe_here(write_clip(tmp_path / "clip.mp4", frames=5))
    data = to_bytes(facts)
    assert _plain(from_bytes(data)) == _plain(facts)
    for lie in (
        data.replace(b'"width": 160', b'"width": "1"'),
        data.replace(b'"height": 120', b'"height":  -1'),
        data[:-20],
    ):
        with pytest.raises(ValueError, match=r"width|impossible|fewer|multiple"):
            from_bytes(lie)


def test_capture_rate_from_the_phones_own_tag(tmp_path: Path) -> None:
    slow = write_numbered(tmp_path / "slow.mp4", 12, metadata={"com.android.capture.fps": "240.000000"})
    usual = write_numbered(tmp_path / "usual.mp4", 12, metadata={"com.android.capture.fps": "30.0"})
    assert probe_here(slow).capture_fps == 240
    assert probe_here(usual).capture_fps is None
    real = probe_here(slow).at_capture_rate(240)
    assert real.timeline.seconds[-1] == pytest.approx(11 / 240, rel=1e-6)
    assert real.fps == pytest.approx(240, rel=1e-6)
    assert real.duration_s == pytest.approx(12 / 240, rel=1e-3)


def test_sample_aspect_beyond_belief_is_ignored(shared_data: Path) -> None:
    assert probe_here(shared_data / "robust" / "sar_anamorphic.mp4").sample_aspect == Fraction(4, 3)
