"""A video is a session before it is analyzed: known by its content, playable at once, analyzed as often as wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coachvision import paths
from coachvision.errors import Cancelled, LibraryError, VideoError
from coachvision.library import Library
from coachvision.services.analyze_session import analyze_session
from coachvision.services.cards import session_cards
from coachvision.services.import_video import film_of, import_video, make_preview
from tests.support.clips import write_clip
from tests.support.plugins import write_frame_plugin

FRAMES = 20


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def test_imported_video_is_a_session_that_plays(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    imported = import_video(library, clip)
    film = film_of(library, imported.session_id)
    assert (imported.known, film.whole, len(film.facts.timeline)) == (False, False, FRAMES)
    (card,) = session_cards(library, [imported.session_id])
    assert (card.name, card.analyzed, card.sheet) == ("squat.mp4", False, None)
    make_preview(library, imported.session_id)
    assert film_of(library, imported.session_id).whole
    (card,) = session_cards(library, [imported.session_id])
    sheet = card.sheet
    assert sheet is not None
    assert sheet.place(0.0)[:2] == (0, 0)
    assert sheet.place(1.0) == sheet.place(0.999)


def test_film_is_known_again_without_being_examined(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = import_video(library, write_clip(tmp_path / "squat.mp4", frames=FRAMES))
    before = film_of(library, imported.session_id).facts
    monkeypatch.setattr("coachvision.services.import_video.probe", None)
    again = film_of(library, imported.session_id).facts
    assert np.array_equal(again.timeline.pts, before.timeline.pts)
    assert (again.width, again.height, again.fps) == (before.width, before.height, before.fps)


def test_the_same_content_is_the_session_there_is(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    first = import_video(library, clip)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    second = import_video(library, copy)
    assert (second.session_id, second.known) == (first.session_id, True)
    assert len(session_cards(library, library.session_ids())) == 1


def test_analysis_of_a_session_replaces_the_earlier_one(library: Library, tmp_path: Path) -> None:
    write_frame_plugin(paths.plugin_dir(), "one")
    imported = import_video(library, write_clip(tmp_path / "squat.mp4", frames=FRAMES))
    for _ in range(2):
        analyze_session(library, imported.session_id, analyzers=("one",))
    session = library.session(imported.session_id)
    assert [run.analyzer for run in session.runs] == ["one"]
    (card,) = session_cards(library, [imported.session_id])
    assert card.numbers == (("One frames", f"{FRAMES}"),)


def test_cancelled_import_and_analysis_leave_things_as_they_were(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    with pytest.raises(Cancelled):
        import_video(library, clip, cancelled=lambda: True)
    assert library.sessions() == []
    imported = import_video(library, clip)
    with pytest.raises(Cancelled):
        analyze_session(library, imported.session_id, cancelled=lambda: True)
    assert library.session(imported.session_id).runs == ()


def test_what_is_no_video_is_refused(library: Library, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("3 x 8")
    with pytest.raises(VideoError, match=r"notes\.mp4"):
        import_video(library, text)
    assert library.sessions() == []


def test_video_that_was_moved_away_is_told(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    imported = import_video(library, clip, copy=False)
    clip.rename(tmp_path / "elsewhere.mp4")
    with pytest.raises(LibraryError, match="not where it was"):
        film_of(library, imported.session_id)
