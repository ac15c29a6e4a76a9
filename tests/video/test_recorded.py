"""When a film was taken, from the tags that phones and cameras write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coachvision.video.facts import from_bytes, to_bytes
from coachvision.video.probe import probe, probe_here
from coachvision.video.recorded import recorded
from tests.video.clips import write_numbered

APPLE = "com.apple.quicktime.creationdate"


@pytest.mark.parametrize(
    ("tags", "moment"),
    [
        ({"creation_time": "2025-03-02T16:40:01.000000Z"}, "2025-03-02T16:40:01+00:00"),
        ({APPLE: "2025-03-02T18:40:01+0200", "creation_time": "2025-04-01T08:00:00Z"}, "2025-03-02T16:40:01+00:00"),
        ({"COM.APPLE.QuickTime.CreationDate": "2025-03-02T18:40:01+02:00"}, "2025-03-02T16:40:01+00:00"),
        ({APPLE: "yesterday", "creation_time": "2025-03-02T16:40:01Z"}, "2025-03-02T16:40:01+00:00"),
        ({"DATE": "2025-03-02 16:40:01"}, "2025-03-02T16:40:01+00:00"),
        ({"date": "2025"}, None),
        ({"date": "2025-03-02"}, None),
        ({"creation_time": "1904-01-01T00:00:00Z"}, None),
        ({"creation_time": "1970-01-01T00:00:00Z"}, None),
        ({"creation_time": "0001-01-01T00:00:00+14:00"}, None),
        ({"creation_time": "\x00" * 40}, None),
        ({}, None),
    ],
)
def test_a_tag_counts_where_it_is_a_moment_that_can_be_true(tags: dict[str, str], moment: str | None) -> None:
    assert recorded(tags) == moment


def test_a_day_ahead_is_no_camera_s_clock() -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    assert recorded({"creation_time": ahead.isoformat()}) is None


@pytest.mark.parametrize("name", ["film.mp4", "film.mov"])
def test_a_film_s_own_tag_is_read_and_comes_through_the_probe_s_child(tmp_path: Path, name: str) -> None:
    told = {"creation_time": "2025-03-02T16:40:01.000000Z"}
    film = write_numbered(tmp_path / name, 12, metadata=told)
    assert probe(film).recorded == "2025-03-02T16:40:01+00:00"
    assert probe(write_numbered(tmp_path / f"silent-{name}", 12)).recorded is None


def test_what_is_no_text_is_refused_from_the_child(tmp_path: Path) -> None:
    data = to_bytes(probe_here(write_numbered(tmp_path / "film.mp4", 12)))
    lie = data.replace(b'"recorded": null', b'"recorded": 1234')
    assert lie != data
    with pytest.raises(ValueError, match="recorded"):
        from_bytes(lie)
