"""A playlist of clips from several films becomes one film with titles: whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
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
from tests.support.sounding import write_sounding


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


def onsets(lit: np.ndarray, seconds: np.ndarray) -> list[float]:
    """When it goes from off to on, and what is on at the start."""
    return [float(t) for t in seconds[np.flatnonzero(np.diff(lit.astype(int), prepend=0) == 1)]]


def beeps(path: Path) -> tuple[list[float], float]:
    """When beeps begin in a film, and when its sound ends; loud: a tenth of full scale within the last 5 ms."""
    with av.open(str(path)) as container:
        times, samples = [], []
        for frame in container.decode(audio=0):
            times.append(frame.time + np.arange(frame.samples) / frame.sample_rate)
            samples.append(np.abs(frame.to_ndarray()[0]))
        assert frame.sample_rate == 48_000
    seconds, level = np.concatenate(times), np.concatenate(samples)
    window = 240
    loud = np.convolve(level > 0.1, np.ones(window), "full")[: len(level)] > 0
    return onsets(loud, seconds), float(seconds[-1])


def test_each_clip_brings_its_sound_and_a_silent_one_silence(library: Library, tmp_path: Path) -> None:
    """Beeps with flashes; sound at another rate, sound that begins late, none: what flashes beeps."""
    films = [
        write_sounding(tmp_path / "phone.mp4", seconds=4),
        write_clip(tmp_path / "mute.mp4", frames=60, size=(320, 180)),
        write_sounding(tmp_path / "camera.mp4", seconds=4, fps=25, rate=22_050),
        write_sounding(tmp_path / "late.mp4", seconds=4, sound_from=Fraction(5, 2)),
    ]
    ids = [import_video(library, film).session_id for film in films]
    spans = [(15, 74), (0, 44), (40, 89), (45, 119)]  # 2 s, 1.5 s, 2 s, 2.5 s
    clips = [Clip(one, *pts_of(library, one, *span)) for one, span in zip(ids, spans, strict=True)]
    target = tmp_path / "reel.mp4"
    export_playlist(library, library.playlists.add("With sound", [*clips, clips[1]]), target, titles=False)
    facts = probe_here(target)
    with VideoReader(target, facts) as reader:
        bright = np.array([frame.gray.mean() > 150 for frame in reader.frames()])
    flashed = onsets(bright, facts.timeline.seconds)
    heard, end = beeps(target)
    # Of the late one the flash at 2 s has no beep; its clip begins at 5.5 s with 1.5 s of its film.
    np.testing.assert_allclose(flashed, [0.5, 1.5, 3.9, 4.9, 6.0, 7.0], atol=2e-3)
    np.testing.assert_allclose(heard, [t for t in flashed if t != flashed[4]], atol=0.04)
    # AAC comes in blocks of 1024 samples.
    assert end == pytest.approx(facts.duration_s, abs=2 * 1024 / 48_000)


def test_a_film_of_silent_clips_has_no_sound(library: Library, sessions: tuple[str, str], tmp_path: Path) -> None:
    export_playlist(library, a_playlist(library, sessions), tmp_path / "reel.mp4")
    assert not probe_here(tmp_path / "reel.mp4").has_audio


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
