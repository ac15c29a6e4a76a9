"""A playlist of clips from several films becomes one film with titles: whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coachvision.core.tagging import Clip
from coachvision.errors import Cancelled, CoachVisionError
from coachvision.library import Library
from coachvision.services.export.titles import strength, title_over
from coachvision.services.import_video import import_video
from coachvision.services.playlists import export_playlist, playlist_clips
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from tests.support.clips import write_clip


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def sessions(library: Library, tmp_path: Path) -> tuple[str, str]:
    """A film 320 x 240 at 30 frames a second and an upright one at 25."""
    wide = write_clip(tmp_path / "wide.mp4", frames=60, size=(320, 240))
    upright = write_clip(tmp_path / "upright.mp4", frames=30, fps=25, size=(120, 240))
    one = import_video(library, wide, athlete="Anna").session_id
    return one, import_video(library, upright).session_id


def pts_of(library: Library, session: str, *frames: int) -> list[int]:
    line = library.session_timeline(session)
    return [int(line.pts[frame]) for frame in frames]


def a_playlist(library: Library, sessions: tuple[str, str]) -> str:
    clips = [
        Clip(sessions[0], *pts_of(library, sessions[0], 10, 29), "Low enough", "look at the hip"),
        Clip(sessions[1], *pts_of(library, sessions[1], 5, 14)),
    ]
    return library.playlists.add("Best of", clips)


def test_clips_follow_one_another_in_one_film(library: Library, sessions: tuple[str, str], tmp_path: Path) -> None:
    told: list[float] = []
    target = tmp_path / "new folder" / "reel.mp4"
    export_playlist(library, a_playlist(library, sessions), target, titles=False, progress=told.append)
    facts = probe_here(target)
    assert (facts.codec, facts.width, facts.height, len(facts.timeline)) == ("h264", 320, 240, 30)
    seconds = facts.timeline.seconds
    assert np.allclose(np.diff(seconds[:21]), 1 / 30, atol=1e-3)
    assert np.allclose(np.diff(seconds[20:]), 1 / 25, atol=1e-3)
    with VideoReader(target, facts) as reader:
        pictures = [frame.rgb.astype(int) for frame in reader.frames(0, 29)]
    # The square of frame 10 begins 20 pixels in; the upright film stands in the middle of black.
    assert pictures[0][120, 22:38].min() > 200
    assert pictures[0][120, 60:300].max() < 130
    assert pictures[20][:, :90].max() < 30
    assert pictures[20][120, 115:125].min() > 200  # frame 5, 10 pixels in, from pixel 100 on
    assert told == sorted(told)
    assert not list(tmp_path.rglob("*.part"))


def test_each_clip_has_its_title_at_its_foot(library: Library, sessions: tuple[str, str], tmp_path: Path) -> None:
    playlist = a_playlist(library, sessions)
    plain, titled = tmp_path / "plain.mp4", tmp_path / "titled.mp4"
    export_playlist(library, playlist, plain, titles=False)
    export_playlist(library, playlist, titled)
    with VideoReader(plain, probe_here(plain)) as one, VideoReader(titled, probe_here(titled)) as other:
        for index in (0, 25):
            changed = np.abs(one.frame_at(index).rgb.astype(int) - other.frame_at(index).rgb).max(axis=2) > 60
            assert changed[170:].sum() > 200
            assert changed[:120].sum() == 0


def test_a_cancelled_export_leaves_nothing(library: Library, sessions: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "reel.mp4").write_text("what was there")
    with pytest.raises(Cancelled):
        export_playlist(library, a_playlist(library, sessions), tmp_path / "reel.mp4", cancelled=lambda: True)
    assert (tmp_path / "reel.mp4").read_text() == "what was there"
    assert not list(tmp_path.glob("*.part"))


def test_a_clip_that_cannot_be_shown_is_named_and_stays_in_its_place(
    library: Library, sessions: tuple[str, str], tmp_path: Path
) -> None:
    playlist = a_playlist(library, sessions)
    library.trash(sessions[0])
    first, second = playlist_clips(library, library.playlists.get(playlist))
    assert (first.title, first.trouble) == ("Low enough", "Its session is in the trash.")
    assert (second.title, second.trouble) == ("upright.mp4", "")
    assert (second.start_s, second.end_s) == pytest.approx((5 / 25, 14 / 25))
    with pytest.raises(CoachVisionError, match="Clip 1, “Low enough”, cannot be shown"):
        export_playlist(library, playlist, tmp_path / "reel.mp4")
    library.purge_trash(older_than_days=-1)
    gone, _ = playlist_clips(library, library.playlists.get(playlist))
    assert gone.trouble == "Its session was deleted."
    assert not (tmp_path / "reel.mp4").exists()


def test_a_damaged_film_and_an_empty_playlist_are_told_plainly(
    library: Library, sessions: tuple[str, str], tmp_path: Path
) -> None:
    with pytest.raises(CoachVisionError, match="has no clips"):
        export_playlist(library, library.playlists.add("Empty"), tmp_path / "reel.mp4")
    playlist = a_playlist(library, sessions)
    video = library.session(sessions[1]).video
    assert video is not None
    video.path.write_bytes(b"\0" * video.size)
    with pytest.raises(CoachVisionError):
        export_playlist(library, playlist, tmp_path / "reel.mp4")
    assert not list(tmp_path.glob("reel*"))


def test_a_title_leaves_a_long_clip_and_stays_on_a_short_one() -> None:
    assert (strength(0, 60), strength(10, 60), strength(2, 3)) == (1, 0, 1)
    assert 0 < strength(3.8, 60) < 1
    picture = np.full((240, 320, 3), 90, np.uint8)
    np.testing.assert_array_equal(title_over(picture, "Title", shown=0), picture)
    wide = title_over(picture, "A title that is far too long for a picture of this width, by any means")
    assert (wide[:, 312:] == wide[0, 0]).mean() > 0.5
