"""The size that an MP4 header claims is read, and an absurd one is refused before it bends the picture."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from coachvision.errors import VideoError
from coachvision.video.boxes import declared_sizes
from coachvision.video.probe import probe_here
from tests.support.clips import write_clip


def test_size_of_a_sound_file(tmp_path: Path) -> None:
    assert declared_sizes(write_clip(tmp_path / "clip.mp4", frames=3, size=(160, 120))) == [(160, 120)]


def test_header_of_65535_squared_is_refused_by_name(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=3, size=(160, 120))
    data = clip.read_bytes()
    honest = struct.pack(">HH", 160, 120)
    at = data.index(honest, data.index(b"stsd"))
    clip.write_bytes(data[:at] + struct.pack(">HH", 65535, 65535) + data[at + 4 :])
    with pytest.raises(VideoError, match=r"clip\.mp4.*65535 × 65535"):
        probe_here(clip)


@pytest.mark.parametrize(
    "junk", [b"", b"RIFF....AVI ", b"\x00\x00\x00\x01moov\x00\x00\x00\x00\x00\x00\x00\x04", b"\xff" * 64]
)
def test_other_files_declare_nothing(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "junk"
    path.write_bytes(junk)
    assert declared_sizes(path) == []
