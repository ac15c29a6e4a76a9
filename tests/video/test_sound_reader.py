"""Sound: every sample at its time, from any moment, at any tempo with its pitch kept."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.probe import probe_here
from coachvision.video.sound_reader import RATE, SoundReader
from tests.support.sounding import BEEP_S, TONE_HZ, write_sounding


def _heard(path: Path, facts: VideoFacts, from_s: float = 0.0, tempo: float = 1.0) -> NDArray[np.float64]:
    """(n,) left channel, -1..1."""
    data = b"".join(piece for _, piece in SoundReader(path, facts).pieces(from_s, tempo))
    stereo = np.frombuffer(data, "<i2").reshape(-1, 2)
    return stereo[:, 0] / 32768


def _beeps(samples: NDArray[np.float64]) -> list[float]:
    """When each beep begins, seconds into the samples."""
    loud = np.abs(samples) > 0.1
    starts = np.flatnonzero(loud)
    begins = starts[np.diff(starts, prepend=-RATE) > RATE // 10]
    return (begins / RATE).tolist()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sounding(tmp_path_factory.mktemp("clip") / "beeps.mp4", seconds=5)


def test_beeps_are_heard_when_they_are_seen(clip: Path) -> None:
    assert _beeps(_heard(clip, probe_here(clip))) == pytest.approx([0, 1, 2, 3, 4], abs=0.01)


@pytest.mark.parametrize("from_s", [0.5, 2.0, 3.25])
def test_from_any_moment_to_the_millisecond(clip: Path, from_s: float) -> None:
    wanted = [second - from_s for second in range(5) if second + BEEP_S * 0.9 >= from_s]
    assert _beeps(_heard(clip, probe_here(clip), from_s)) == pytest.approx([max(w, 0) for w in wanted], abs=0.01)


@pytest.mark.parametrize("tempo", [0.5, 1.5, 2.0])
def test_at_another_tempo_the_beeps_come_so_much_sooner_at_the_same_pitch(clip: Path, tempo: float) -> None:
    samples = _heard(clip, probe_here(clip), 0.0, tempo)
    # atempo joins pieces of a few hundredths of a second where they fit best: in the video, less than 30 ms.
    assert [at * tempo for at in _beeps(samples)[1:]] == pytest.approx([1, 2, 3, 4], abs=0.03)
    second = samples[round(RATE / tempo) : round(RATE / tempo) + RATE // 20]
    spectrum = np.abs(np.fft.rfft(second * np.hanning(len(second)), 1 << 16))
    assert np.argmax(spectrum) * RATE / (1 << 16) == pytest.approx(TONE_HZ, rel=0.03)


def test_pieces_say_where_in_the_video_they_end(clip: Path) -> None:
    ends = [end for end, _ in SoundReader(clip, probe_here(clip)).pieces(1.0, 2.0)]
    assert ends == sorted(ends)
    assert ends[0] == pytest.approx(1.1, abs=0.001)
    assert ends[-1] == pytest.approx(5.0, abs=0.1)


def test_slow_motion_has_its_sound_in_stored_time(clip: Path) -> None:
    # Filmed at four times the rate at which it is stored: five stored seconds are one and a quarter.
    facts = probe_here(clip).at_capture_rate(120.0)
    samples = _heard(clip, facts, 0.5, 1.0)
    assert _beeps(samples)[:2] == pytest.approx([0, 1], abs=0.01)


def test_sound_that_begins_after_the_pictures_stays_in_its_place(tmp_path: Path) -> None:
    path = write_sounding(tmp_path / "late.mp4", seconds=4, sound_from=Fraction(2))
    assert _beeps(_heard(path, probe_here(path))) == pytest.approx([2, 3], abs=0.01)
    assert _beeps(_heard(path, probe_here(path), 1.5)) == pytest.approx([0.5, 1.5], abs=0.01)


def test_file_that_went_away_is_told(clip: Path, tmp_path: Path) -> None:
    facts = probe_here(clip)
    with pytest.raises(VideoError, match="no such file"):
        list(SoundReader(tmp_path / "gone.mp4", facts).pieces(0.0, 1.0))
