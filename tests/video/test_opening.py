"""Files that try to be something else: playlists, references to other files, sizes that would eat the memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coachvision.errors import VideoError
from coachvision.video import opening
from coachvision.video.probe import probe, probe_here
from tests.support.clips import write_clip

_PLAYLISTS = {
    "ffconcat": "ffconcat version 1.0\nfile inner.mp4\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1.0,\ninner.mp4\n#EXT-X-ENDLIST\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
}


@pytest.mark.parametrize("kind", _PLAYLISTS)
def test_a_disguised_playlist_opens_no_file_beside_it(tmp_path: Path, kind: str) -> None:
    write_clip(tmp_path / "inner.mp4", frames=3)
    disguised = tmp_path / "disguised.mp4"
    disguised.write_text(_PLAYLISTS[kind])
    with pytest.raises(VideoError) as caught:
        probe_here(disguised)
    assert "disguised.mp4" in caught.value.message


def test_a_pipe_and_a_link_to_itself_are_named_for_what_they_are(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(VideoError, match=r"pipe\.mp4” is a device or pipe"):
        probe_here(tmp_path / "pipe.mp4")
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    with pytest.raises(VideoError, match=r"loop\.mp4” is a link that leads back to itself"):
        probe_here(tmp_path / "loop.mp4")


def test_a_name_that_looks_like_an_address_or_pattern_is_a_name(tmp_path: Path) -> None:
    for name in ("concat:a.mp4|b.mp4", "http:x.mp4", "clip%03d.mp4", "-i.mp4"):
        path = write_clip(tmp_path / "plain.mp4", frames=3).rename(tmp_path / name)
        assert len(probe_here(path).timeline) == 3


def test_an_impossible_size_is_refused_in_plain_words(tmp_path: Path, shared_data: Path) -> None:
    data = (shared_data / "robust" / "anim.gif").read_bytes()
    huge = tmp_path / "huge.gif"
    huge.write_bytes(data[:6] + b"\xff\xff\xff\xff" + data[10:])
    with pytest.raises(VideoError, match="huge"):
        probe(huge)


def test_a_size_beyond_the_limit_is_refused_before_a_frame_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=3)
    monkeypatch.setattr(opening, "MAX_PIXELS", 160 * 120 - 1)
    with pytest.raises(VideoError) as caught:
        probe_here(path)
    assert "160 × 1" in caught.value.message
    assert "clip.mp4" in caught.value.message


def test_a_header_without_length_is_read_by_its_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "zero.mp4", frames=10)
    data = bytearray(path.read_bytes())
    for box, offset in ((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24)):
        at = data.index(box) + offset
        data[at : at + 4] = bytes(4)
    path.write_bytes(data)
    facts = probe_here(path)
    assert len(facts.timeline) == 10
    assert facts.duration_s == pytest.approx(10 / 30, abs=1e-3)
