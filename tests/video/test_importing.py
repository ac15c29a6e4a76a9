"""One decode makes a video playable, browsable, and tells where something moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from coachvision.core.frames import Frame
from coachvision.errors import Cancelled, VideoError
from coachvision.video import filmstrip
from coachvision.video.activity import FILE, active_spans
from coachvision.video.filmstrip import FilmstripWriter, read_filmstrip
from coachvision.video.importing import import_pass
from coachvision.video.probe import probe_here
from coachvision.video.proxy_reader import ProxyReader
from tests.support.barcode import frame_number
from tests.support.clips import write_clip
from tests.video.clips import write_numbered


def test_everything_from_one_pass(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "robust" / "h264_30.mp4"
    facts = probe_here(path)
    told: list[float] = []
    assert import_pass(path, facts, tmp_path, progress=told.append) == ()
    assert told == sorted(told)
    assert told[-1] == 1.0
    with ProxyReader(tmp_path) as proxy:
        assert proxy.available == 90
    strip = read_filmstrip(tmp_path)
    assert strip is not None
    assert 10 <= len(strip.indices) <= 100
    assert strip.pictures.shape == (len(strip.indices), 144, 256, 3)
    for index, picture in zip(strip.indices, strip.pictures, strict=True):
        assert frame_number(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)) == index
    activity = json.loads((tmp_path / FILE).read_text())
    assert activity["pts"] == [int(facts.timeline.pts[k]) for k in activity["indices"]]
    # Fifteen a second of thirty: every other frame.
    assert activity["indices"][:4] == [0, 2, 4, 6]
    assert max(activity["values"]) > 0


def test_cancelling_is_heard_at_the_next_frame(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=60)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 5

    with pytest.raises(Cancelled):
        import_pass(path, probe_here(path), tmp_path / "s", cancelled=cancelled)
    assert len(asked) == 6
    assert not list((tmp_path / "s").glob("*.part"))


def test_a_damaged_file_is_imported_as_far_as_it_decodes(shared_data: Path, tmp_path: Path) -> None:
    facts = probe_here(shared_data / "robust" / "h264_30.mp4")
    warnings = import_pass(shared_data / "robust" / "truncated_faststart.mp4", facts, tmp_path)
    assert len(warnings) == 1
    with ProxyReader(tmp_path) as proxy:
        assert 44 <= proxy.available <= 48


def _still(index: int) -> Frame:
    return Frame(index, index * 3000, index / 30, rgb=np.full((90, 160, 3), index % 250, np.uint8))


@pytest.mark.parametrize(("promised", "came"), [(60, 60), (60, 7), (24, 3000), (5, 5), (3000, 2900)])
def test_a_filmstrip_fits_however_many_frames_come(tmp_path: Path, promised: int, came: int) -> None:
    facts = probe_here(write_clip(tmp_path / "clip.mp4", frames=promised if promised < 100 else 90))
    writer = FilmstripWriter(tmp_path / "s", facts)
    for index in range(came):
        writer.feed(_still(index))
    writer.close()
    strip = read_filmstrip(tmp_path / "s")
    assert strip is not None
    assert min(came, 2) <= len(strip.indices) <= 100
    assert len(set(np.diff(strip.indices).tolist())) <= 1
    assert strip.indices[0] == 0
    assert strip.indices[-1] >= came * 0.8 - 1
    for index, picture in zip(strip.indices, strip.pictures, strict=True):
        assert abs(int(picture.mean()) - index % 250) <= 3  # JPEG


def test_a_strip_of_nothing_is_nothing_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    facts = probe_here(write_clip(tmp_path / "clip.mp4", frames=2))
    FilmstripWriter(tmp_path / "s", facts).close()
    assert read_filmstrip(tmp_path / "s") is None
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / filmstrip.MANIFEST).write_text("{}")
    with pytest.raises(VideoError, match="filmstrip"):
        read_filmstrip(tmp_path / "s")


def test_activity_is_where_it_moves(tmp_path: Path) -> None:
    def time_of(index: int) -> int:
        return index * 33

    path = write_numbered(tmp_path / "clip.mp4", 60, time_of=time_of)
    import_pass(path, probe_here(path), tmp_path / "s")
    moving = json.loads((tmp_path / "s" / FILE).read_text())
    # A texture over half the picture, of which each step changes a quarter beyond the noise threshold.
    assert np.median(moving["values"][1:]) > 0.1
    still = write_clip(tmp_path / "still.mp4", frames=60, size=(640, 360))
    import_pass(still, probe_here(still), tmp_path / "t")
    quiet = json.loads((tmp_path / "t" / FILE).read_text())
    # A square of 20 of 640 x 360 pixels that moves by two.
    assert np.max(quiet["values"]) < 0.01


def test_active_spans_join_over_short_pauses() -> None:
    times = np.arange(0, 60, 0.1)
    values: Any = np.full(len(times), 0.01)
    values[(times >= 10) & (times < 15)] = 0.3
    values[(times >= 16.5) & (times < 18)] = 0.3
    values[(times >= 40) & (times < 45)] = 0.3
    spans = active_spans(times, values)
    np.testing.assert_allclose(spans, [(9.0, 18.9), (39.0, 45.9)], atol=0.11)
    assert active_spans(times, np.full(len(times), 0.02)) == []
    assert active_spans(np.zeros(0), np.zeros(0)) == []
