"""Previews of what came from the cloud: written where they are missing, taken up where a window closed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coachvision import settings
from coachvision.analysis.progress import Progress
from coachvision.errors import Cancelled
from coachvision.library import Library
from coachvision.services import previews, unfinished
from coachvision.services.import_video import film_of, import_video
from coachvision.services.session import IMPORTED_FILM
from tests.support import sessions
from tests.support.clips import write_clip
from tests.support.weeks import FILM, LINE


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def write(library: Library, ids: list[str], *, cancel: bool = False, closing: bool = False) -> list[str]:
    told: list[str] = []
    shares: list[Progress] = []
    previews.write(
        library, ids, told=told.append, progress=shares.append, cancelled=lambda: cancel, closing=lambda: closing
    )
    assert [one.done for one in shares] == sorted(one.done for one in shares)
    return told


def test_only_films_that_are_here_and_have_none_get_one(library: Library, tmp_path: Path) -> None:
    measured = sessions.keep(library, tmp_path / "squat.mp4")
    numbers = library.create_session(None, timeline=LINE, options={IMPORTED_FILM: FILM})
    assert previews.missing(library, [measured, numbers, measured]) == [measured]
    assert write(library, [measured]) == [measured]
    assert film_of(library, measured).whole
    assert previews.missing(library, [measured, numbers]) == []
    assert unfinished.left(library) == []


def test_whoever_wants_no_previews_gets_none(library: Library, tmp_path: Path) -> None:
    settings.save("import.proxy", False)
    assert previews.missing(library, [sessions.keep(library, tmp_path / "squat.mp4")]) == []


def test_a_closed_window_leaves_them_for_the_next_start_and_a_coach_who_cancels_does_not(
    library: Library, tmp_path: Path
) -> None:
    measured = sessions.keep(library, tmp_path / "squat.mp4")
    with pytest.raises(Cancelled):
        write(library, [measured], cancel=True)
    assert unfinished.left(library) == []
    with pytest.raises(Cancelled):
        write(library, [measured], cancel=True, closing=True)
    left = [session for session, _ in unfinished.left(library)]
    assert left == [measured]
    # What is being imported is measured after its preview; it did not come from the cloud.
    imported = import_video(library, write_clip(tmp_path / "jump.mp4", frames=9)).session_id
    assert previews.came(library, [*left, imported]) == [measured]


def test_a_film_that_is_damaged_keeps_the_others_from_nothing(library: Library, tmp_path: Path) -> None:
    damaged = import_video(library, write_clip(tmp_path / "jump.mp4", frames=9)).session_id
    whole = sessions.keep(library, tmp_path / "squat.mp4")
    assert previews.missing(library, [damaged, whole]) == [damaged, whole]
    video = library.session(damaged).video
    assert video is not None
    size = video.path.stat().st_size
    video.path.chmod(0o644)
    video.path.write_bytes(video.path.read_bytes()[:100] + bytes(size - 100))
    write(library, [damaged, whole])
    assert film_of(library, whole).whole
    assert unfinished.left(library) == []
