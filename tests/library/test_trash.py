"""What a coach deletes waits in the trash for a month, and what is the coach's own file is never removed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from coachvision.core.results import Result
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import VideoRow
from tests.library.conftest import SetClock
from tests.library.samples import FACTS, TIMELINE


def test_a_deleted_session_can_be_brought_back_whole(library: Library, session: str, result: Result) -> None:
    library.save_run(session, "pose", "1", {}, result, TIMELINE)
    library.trash(session)
    assert library.sessions() == []
    assert library.sessions("kniebeuge") == []
    assert [row.id for row in library.sessions(trashed=True)] == [session]
    assert library.session(session).trashed_at is not None
    library.untrash(session)
    assert [row.id for row in library.sessions("kniebeuge")] == [session]
    assert library.result(session, "pose").metrics[0] == result.metrics[0]


def test_the_trash_is_emptied_after_a_month_and_leaves_a_tombstone(
    library: Library, session: str, video: VideoRow, result: Result, clock: SetClock
) -> None:
    library.save_run(session, "pose", "1", {}, result, TIMELINE)
    folder = library.folder(session)
    library.trash(session)
    clock.time += timedelta(days=29)
    assert library.purge_trash().sessions == ()
    clock.time += timedelta(days=2)
    gone = library.purge_trash()
    assert (gone.sessions, gone.videos) == ((session,), (video.sha256,))
    assert not folder.exists()
    assert not video.path.exists()
    with pytest.raises(LibraryError, match="No such session"):
        library.session(session)
    assert ("session", session) in [(t.entity, t.entity_id) for t in library.outbox.tombstones()]
    assert library.outbox.waiting()[-1].operation == "delete"


def test_a_video_stays_while_another_session_shows_it(library: Library, session: str, video: VideoRow) -> None:
    other = library.create_session(video)
    library.trash(session)
    assert library.purge_trash(older_than_days=0).videos == ()
    assert library.session(other).video is not None
    assert video.path.is_file()


def test_a_referenced_video_is_never_removed(library: Library, source: Path) -> None:
    session = library.create_session(library.add_video(source, FACTS, copy=False))
    library.trash(session)
    assert len(library.purge_trash(older_than_days=0).videos) == 1
    assert source.is_file()
