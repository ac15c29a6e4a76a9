"""When a film was taken goes with it to the account's other laptop; a document that says nonsense is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coachvision.errors import LibraryError
from coachvision.library import Library
from tests.library.samples import Facts

TAKEN = "2026-03-02T17:00:00+00:00"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "other") as opened:
        yield opened


def carried(library: Library, other: Library, source: Path, moment: str | None) -> str:
    """A session of a film taken in March, taken in by the other library as if its film was taken at `moment`."""
    session = library.create_session(library.add_video(source, Facts(recorded=TAKEN)))
    told = library.portable.tell("session", session)
    assert told is not None
    told.document["video"]["row"]["recorded"] = moment
    file = other.scratch / "video"
    shutil.copy(source, file)
    assert other.portable.take_in("session", session, told.document, told.updated, {"video": file}, None)
    (summary,) = other.sessions()
    return summary.recorded


def test_it_goes_to_the_other_laptop(library: Library, other: Library, source: Path) -> None:
    assert carried(library, other, source, TAKEN) == TAKEN


def test_where_the_file_does_not_say_it_is_when_the_session_was_made(
    library: Library, other: Library, source: Path
) -> None:
    assert carried(library, other, source, None) == library.sessions()[0].created


def test_the_last_filmed_comes_first_whenever_it_was_added(library: Library, tmp_path: Path) -> None:
    made = {}
    for day in ("2020-03-01T23:00:00+00:00", "2020-03-16T17:00:00+00:00", "2020-03-01T23:30:00+00:00", None):
        film = tmp_path / "film.mp4"
        film.write_text(str(day), "utf-8")
        made[day] = library.create_session(library.add_video(film, Facts(recorded=day)))
    earliest, latest, second, unsaid = made.values()
    assert library.session_ids() == [unsaid, latest, second, earliest]
    assert [row.id for row in library.sessions(limit=2, offset=1)] == [latest, second]
    assert [one.session.id for one in library.digests(list(made.values()))] == [unsaid, latest, second, earliest]
    assert library.session_ids(since="2020-03-01T23:15:00.000Z", until="2020-03-16T17:00:00.000Z") == [second]


# The last two tell no time zone: nobody can order them among others, and of year 1 there is no such moment.
@pytest.mark.parametrize("moment", ["last week", "2026-03-02T17:00:00", "0001-01-01T00:00:00"])
def test_what_is_no_moment_is_refused(library: Library, other: Library, source: Path, moment: str) -> None:
    with pytest.raises(LibraryError):
        carried(library, other, source, moment)
    assert other.sessions() == []
