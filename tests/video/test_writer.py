"""A written clip has the pictures, times, sound and size it was given, tells nothing else, and is whole or absent."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from coachvision.core.frames import Frame
from coachvision.errors import VideoError
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from coachvision.video.writer import VideoWriter
from tests.support.sounding import write_sounding
from tests.video.clips import number_of, numbered_picture, write_numbered


def _write(path: Path, count: int = 12, size: tuple[int, int] = (160, 90), **how: Any) -> Path:
    with VideoWriter(path, *size, **how) as writer:
        for index in range(count):
            writer.write(numbered_picture(index, *size), index * 3003)
    return path


def test_pictures_times_and_length(tmp_path: Path) -> None:
    path = _write(tmp_path / "out.mp4")
    facts = probe_here(path)
    assert (facts.codec, facts.pixel_format, facts.width, facts.height) == ("h264", "yuv420p", 160, 90)
    np.testing.assert_allclose(facts.timeline.seconds, np.arange(12) * 3003 / 90000, atol=1e-9)
    assert facts.duration_s == pytest.approx(12 * 3003 / 90000, abs=1e-4)
    with VideoReader(path, facts) as reader:
        assert [number_of(frame.gray) for frame in reader.frames()] == list(range(12))


@pytest.mark.parametrize("size", [(161, 90), (160, 91), (161, 91), (17, 33)])
def test_odd_sizes_gain_one_repeated_line(tmp_path: Path, size: tuple[int, int]) -> None:
    facts = probe_here(_write(tmp_path / "odd.mp4", 3, size))
    assert (facts.width, facts.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)


@pytest.mark.parametrize("height", [240, 720])
def test_colours_come_back(tmp_path: Path, height: int) -> None:
    colours = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (128, 128, 128), (255, 255, 255), (0, 0, 0)]
    picture = np.zeros((height, 480, 3), np.uint8)
    for at, colour in enumerate(colours):
        picture[:, at * 80 : (at + 1) * 80] = colour
    path = tmp_path / "colours.mp4"
    with VideoWriter(path, 480, height, crf=10) as writer:
        writer.write(Frame(0, 0, 0.0, rgb=picture), 0)
    with VideoReader(path, probe_here(path)) as reader:
        rgb = reader.frame_at(0).rgb
    for at, colour in enumerate(colours):
        # Two roundings to 8 bits of limited range and a strong but lossy coding.
        np.testing.assert_allclose(rgb[height // 2, at * 80 + 40], colour, atol=6)


def test_the_index_comes_first_so_that_it_can_be_streamed(tmp_path: Path) -> None:
    data = _write(tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_no_metadata_goes_along(tmp_path: Path) -> None:
    source = write_numbered(tmp_path / "source.mp4", 6, metadata={"title": "Secret", "location": "+47.3-122.5/"})
    path = _write(tmp_path / "out.mp4", audio_from=source)
    with av.open(str(path)) as container:
        assert set(container.metadata) <= {"major_brand", "minor_version", "compatible_brands"}
    data = path.read_bytes()
    assert b"Secret" not in data
    assert b"47.3" not in data
    assert b"Lavf" not in data


def test_sound_of_a_span_goes_along(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "robust" / "two_video_one_audio.mkv"
    facts = probe_here(source)
    path = tmp_path / "part.mp4"
    with (
        VideoReader(source, facts) as reader,
        VideoWriter(
            path, 480, 270, time_base=facts.timeline.time_base, audio_from=source, start_s=1.128, end_s=2.128
        ) as writer,
    ):
        for frame in reader.frames(30, 59):
            writer.write(frame, frame.pts - int(facts.timeline.pts[30]))
    with av.open(str(path)) as container:
        sound = container.streams.audio[0]
        assert sound.codec_context.name == "aac"
        assert sound.duration is not None
        assert sound.time_base is not None
        # AAC comes in blocks of 1024 samples: one before, one after.
        assert float(sound.duration * sound.time_base) == pytest.approx(1.0, abs=2 * 1024 / 48000)
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(sound)])
        assert float(np.sqrt(np.mean(samples**2))) > 0.01
    assert probe_here(path).has_audio


def test_spans_of_sound_lie_where_they_are_put(tmp_path: Path) -> None:
    source = write_sounding(tmp_path / "beeps.mp4", seconds=3)
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 160, 90, time_base=Fraction(1, 10), sound=True) as writer:
        for index in range(30):
            writer.write(numbered_picture(index), index)
        writer.add_sound(source, 0.95, 1.15, 5)
        writer.add_sound(source, 1.95, 2.15, 20)
        writer.add_sound(write_numbered(tmp_path / "mute.mp4", 6), 0.0, 0.2, 25)
    with av.open(str(path)) as container:
        level = np.concatenate([np.abs(frame.to_ndarray()[0]) for frame in container.decode(audio=0)])
    loud = np.flatnonzero(level > 0.1)
    # Beeps are 0.1 s long, of a tone that is quiet for less than a millisecond.
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-48000) > 2400)] / 48000
    # The block before a sudden tone may be disturbed by it.
    np.testing.assert_allclose(starts, [0.55, 2.05], atol=1024 / 48000)
    assert len(level) / 48000 == pytest.approx(3.0, abs=2 * 1024 / 48000)


def test_sound_for_a_writer_without_a_track_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="without sound"),
        VideoWriter(tmp_path / "out.mp4", 160, 90) as writer,
    ):
        writer.add_sound(tmp_path / "any.mp4", 0.0, 1.0, 0)


def test_a_source_without_sound_is_no_error(tmp_path: Path) -> None:
    source = write_numbered(tmp_path / "mute.mp4", 6)
    assert not probe_here(_write(tmp_path / "out.mp4", audio_from=source)).has_audio


def test_nothing_is_left_of_a_clip_that_was_not_finished(tmp_path: Path) -> None:
    def fail() -> None:
        with VideoWriter(tmp_path / "out.mp4", 160, 90) as writer:
            writer.write(numbered_picture(0), 0)
            writer.write(numbered_picture(1)[:10], 1)

    with pytest.raises(ValueError, match="160 x 10"):
        fail()
    with pytest.raises(ValueError, match="without a picture"), VideoWriter(tmp_path / "none.mp4", 160, 90):
        pass
    assert list(tmp_path.iterdir()) == []


def test_times_must_rise(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", 160, 90) as writer:
        writer.write(numbered_picture(0), 5)
        with pytest.raises(ValueError, match="pts 5 after 5"):
            writer.write(numbered_picture(1), 5)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "out.mp4.part").symlink_to("/dev/full")
    noise = np.random.default_rng(0).integers(0, 255, (30, 240, 320, 3), dtype=np.uint8)

    def fill() -> None:
        with VideoWriter(tmp_path / "out.mp4", 320, 240) as writer:
            for index, picture in enumerate(noise):
                writer.write(picture, index * 3000)

    with pytest.raises(VideoError) as caught:
        fill()
    assert caught.value.title == "The disk is full"
    assert "out.mp4" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="folder does not exist"):
        VideoWriter(tmp_path / "none" / "out.mp4", 160, 90)


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = _write(tmp_path / "out.mp4", 3)
    before = path.read_bytes()
    with VideoWriter(path, 160, 90, time_base=Fraction(1, 30)) as writer:
        writer.write(numbered_picture(7), 0)
        assert path.read_bytes() == before
    assert path.read_bytes() != before
