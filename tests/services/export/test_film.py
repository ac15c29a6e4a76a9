"""The overlay as a film and as a picture, read in a child process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from coachvision.core.frames import Image
from coachvision.errors import Cancelled, CoachVisionError, VideoError
from coachvision.library import Library
from coachvision.services.export.film import stills
from coachvision.services.export.mp4 import export_mp4
from coachvision.services.export.png import export_png
from coachvision.services.session import Film, read_session
from tests.support import sessions


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, str]]:
    folder = tmp_path_factory.mktemp("film")
    with Library.open(folder / "lib") as library:
        yield library, sessions.keep(library, folder / "squat.mp4")


def frames_of(path: Path) -> list[tuple[float, Image]]:
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def test_the_film_plays_at_its_own_times_with_the_skeleton_on_it(kept: tuple[Library, str], tmp_path: Path) -> None:
    told: list[float] = []
    export_mp4(*kept, tmp_path / "out.mp4", progress=told.append)
    drawn = frames_of(tmp_path / "out.mp4")
    assert [t for t, _ in drawn] == pytest.approx(sessions.timeline().seconds.tolist(), abs=1e-4)
    assert drawn[0][1].shape == (sessions.HEIGHT, sessions.WIDTH, 3)
    plain = frames_of(read_session(*kept).film.path or Path())
    # Labels, clock and skeleton change a good share of the picture; the rest is the same but for a second encoding.
    changed = np.mean(np.abs(drawn[15][1].astype(int) - plain[15][1]).max(axis=2) > 60)
    assert 0.02 < changed < 0.4
    assert told == sorted(told)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_a_part_begins_at_nought(kept: tuple[Library, str], tmp_path: Path) -> None:
    export_mp4(*kept, tmp_path / "out.mp4", start_s=0.5, end_s=1.0)
    times = [t for t, _ in frames_of(tmp_path / "out.mp4")]
    assert len(times) == 16
    assert times[0] == 0


def test_cancelling_leaves_nothing(kept: tuple[Library, str], tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(Cancelled):
        export_mp4(*kept, tmp_path / "out.mp4", cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - started < 10  # not the length of the work: the child is ended


def test_a_folder_that_may_not_be_written_is_told_plainly(kept: tuple[Library, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CoachVisionError, match="could not be written"):
        export_mp4(*kept, tmp_path / "file" / "out.mp4")


def test_the_picture_is_the_deepest_moment_of_the_first_repetition(kept: tuple[Library, str], tmp_path: Path) -> None:
    export_png(*kept, tmp_path / "key.png")
    export_png(*kept, tmp_path / "same.png", at_s=0.5)
    export_png(*kept, tmp_path / "start.png", at_s=0)
    with pytest.raises(CoachVisionError, match=r"lasts 2\.000 s"):
        export_png(*kept, tmp_path / "after.png", at_s=99)
    with pytest.raises(CoachVisionError, match=r"lasts 2\.000 s"):
        export_mp4(*kept, tmp_path / "after.mp4", start_s=99)
    key, same, start = (cv2.imread(str(tmp_path / f"{name}.png")) for name in ("key", "same", "start"))
    assert key.shape == (sessions.HEIGHT, sessions.WIDTH, 3)
    np.testing.assert_array_equal(key, same)
    assert (key != start).mean() > 0.05


def test_a_missing_film_is_told_plainly(kept: tuple[Library, str], tmp_path: Path) -> None:
    film = read_session(*kept).film
    gone = Film(**{**vars(film), "path": tmp_path / "gone.mp4"})
    with pytest.raises(VideoError, match=r"gone\.mp4” cannot be found"):
        stills(gone, [0])


def test_a_film_that_is_no_film_is_told_by_the_child(kept: tuple[Library, str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"not a film at all" * 100)
    with pytest.raises(VideoError) as caught:
        stills(Film(**{**vars(read_session(*kept).film), "path": bad}), [0])
    assert "bad.mp4" in str(caught.value)
    assert caught.value.hint
