"""The proxy: right frame by number, soon there, growing, whole segments or none."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.probe import probe_here
from coachvision.video.proxy import GOP, MANIFEST, ProxyWriter
from coachvision.video.proxy_reader import ProxyReader
from coachvision.video.reader import VideoReader
from tests.support.barcode import frame_number
from tests.video.clips import number_of, write_numbered


def _make(path: Path, folder: Path) -> VideoFacts:
    facts = probe_here(path)
    with VideoReader(path, facts) as reader, ProxyWriter(folder, facts) as writer:
        for frame in reader.frames():
            writer.feed(frame)
    return facts


@pytest.mark.parametrize("name", ["h264_longgop_bframes.mp4", "vp9.webm", "vfr_phone_like.mp4", "rot90.mp4"])
def test_any_frame_by_its_number(shared_data: Path, tmp_path: Path, name: str) -> None:
    _make(shared_data / "robust" / name, tmp_path / "proxy")
    with ProxyReader(tmp_path / "proxy") as reader:
        assert reader.complete
        assert reader.available == 90
        for index in [89, 0, *np.random.default_rng(1).integers(0, 90, 60).tolist(), *range(30, 50)]:
            frame = reader.frame(index)
            assert (frame.index, frame_number(frame.gray)) == (index, index)
            assert (frame.width, frame.height) == (480, 270)


def test_colours_are_those_of_the_source(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "robust" / "h264_30.mp4"
    facts = _make(path, tmp_path)
    with ProxyReader(tmp_path) as proxy, VideoReader(path, facts) as source:
        difference = np.abs(proxy.frame(33).rgb.astype(int) - source.frame_at(33).rgb)
    # A preview: a few levels lost to coding on average.
    assert difference.mean() < 8


def test_it_plays_from_its_first_half_second_while_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced = threading.Event()

    def heard(point: str) -> None:
        if point == "video.proxy.manifest.after_rename":
            announced.set()

    monkeypatch.setattr("coachvision.video.files.checkpoint", heard)
    path = write_numbered(tmp_path / "clip.mp4", 120)
    facts = probe_here(path)
    folder = tmp_path / "proxy"
    grown: list[int] = []
    with VideoReader(path, facts) as source, ProxyWriter(folder, facts) as writer, ProxyReader(folder) as reader:
        assert reader.available == 0
        with pytest.raises(KeyError):
            reader.frame(0)
        for frame in source.frames():
            writer.feed(frame)
            if frame.index == 40:
                # The encoder is at most its queue behind: frame 16 ends the first segment.
                assert announced.wait(10)
                grown.append(reader.available)
                assert number_of(reader.frame(7).gray) == 7
                with pytest.raises(KeyError):
                    reader.frame(119)
                # Whole segments, of whole groups of pictures.
                assert reader.frame(119, nearest=True).index % GOP == GOP - 1
    with ProxyReader(folder) as reader:
        assert 2 * GOP <= grown[0] <= 40
        assert reader.complete
        assert [number_of(reader.frame(k).gray) for k in range(0, 120, 7)] == list(range(0, 120, 7))


def test_frames_that_did_not_decode_leave_a_gap_in_the_numbers(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "clip.mp4", 60)
    facts = probe_here(path)
    with VideoReader(path, facts) as source, ProxyWriter(tmp_path / "p", facts) as writer:
        for frame in source.frames():
            if not 20 <= frame.index < 25:
                writer.feed(frame)
    with ProxyReader(tmp_path / "p") as reader:
        assert reader.available == 55
        assert [number_of(reader.frame(k).gray) for k in (19, 25, 59)] == [19, 25, 59]
        with pytest.raises(KeyError):
            reader.frame(22)
        assert reader.frame(21, nearest=True).index == 19
        assert reader.frame(24, nearest=True).index == 25


def test_cancelling_leaves_whole_segments_that_say_they_are_not_all(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "clip.mp4", 100)
    facts = probe_here(path)

    def interrupted() -> None:
        with VideoReader(path, facts) as source, ProxyWriter(tmp_path / "p", facts) as writer:
            for frame in source.frames():
                writer.feed(frame)
                if frame.index == 60:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list((tmp_path / "p").glob("*.part"))
    with ProxyReader(tmp_path / "p") as reader:
        assert not reader.complete
        assert 16 <= reader.available <= 61
        assert number_of(reader.frame(15).gray) == 15


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_stops_the_proxy_in_plain_words(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "clip.mp4", 60)
    facts = probe_here(path)
    folder = tmp_path / "p"

    def fill() -> None:
        with VideoReader(path, facts) as source, ProxyWriter(folder, facts) as writer:
            (folder / "proxy-00001.mp4.part").symlink_to("/dev/full")
            for frame in source.frames():
                writer.feed(frame)

    with pytest.raises(VideoError, match="disk is full"):
        fill()
    assert sorted(p.name for p in folder.iterdir()) == ["proxy-00000.mp4", MANIFEST]


def test_a_new_proxy_replaces_an_old_one(tmp_path: Path) -> None:
    _make(write_numbered(tmp_path / "long.mp4", 90), tmp_path / "p")
    _make(write_numbered(tmp_path / "short.mp4", 10), tmp_path / "p")
    with ProxyReader(tmp_path / "p") as reader:
        assert reader.available == 10
    assert len(list((tmp_path / "p").iterdir())) == 2


def test_a_damaged_proxy_is_told_and_reads_no_file_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    _make(write_numbered(tmp_path / "clip.mp4", 20), folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["segments"][0]["file"] = "../clip.mp4"
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with ProxyReader(folder) as reader, pytest.raises(VideoError, match="no such file"):
        reader.frame(0)
    for text in ("{", '{"version": 9, "gop": 1}', "[]", '{"version": 1, "gop": 8}'):
        (folder / MANIFEST).write_text(text)
        with pytest.raises(VideoError, match="damaged"):
            ProxyReader(folder)


def test_reader_stepping_back_decodes_nothing_twice_and_prepares_every_segment(tmp_path: Path) -> None:
    folder = tmp_path / "proxy"
    _make(write_numbered(tmp_path / "clip.mp4", 60), folder)
    with ProxyReader(folder) as proxy:
        prepared = 0
        while proxy.prepare():
            prepared += 1
        assert prepared == len(list(folder.glob("proxy-*.mp4")))
        last = proxy.preview(GOP * 5 - 1).decoded
        assert proxy.preview(GOP * 5 - 1).decoded is last
        assert [number_of(proxy.frame(index).gray) for index in range(59, 20, -1)] == list(range(59, 20, -1))


def test_reader_follows_a_proxy_that_is_written_anew(tmp_path: Path) -> None:
    folder = tmp_path / "proxy"
    seen = []
    for count in (40, 60):
        _make(write_numbered(tmp_path / f"clip{count}.mp4", count), folder)
        if count == 40:
            proxy = ProxyReader(folder)
            proxy.complete = False
        proxy.refresh()
        seen.append(number_of(proxy.frame(33).gray))
    proxy.close()
    assert seen == [33, 33]
