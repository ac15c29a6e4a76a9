"""What the coach tags is kept: moments in their session, boards and playlists for sync, all of it after a rebuild."""

from __future__ import annotations

import pytest

from coachvision.core.tagging import COLOURS, DEFAULT_BOARD, Board, Button, Clip, Moment
from coachvision.errors import LibraryError, UsageError
from coachvision.library import Library
from tests.library.samples import PTS

GOOD = Moment("Good", int(PTS[10]), int(PTS[40]), COLOURS[1], ("Timing", "Ünder\u200dstood"), "a note", 0.5, 0.25)
EARLY = Moment("Marker", int(PTS[2]))


def test_moments_come_back_in_order_of_time_changed_put_aside_and_brought_back(library: Library, session: str) -> None:
    good, early = library.moments.add(session, [GOOD, EARLY])
    assert [(row.id, row.moment) for row in library.moments.all(session)] == [(early, EARLY), (good, GOOD)]
    other = Moment("Good", int(PTS[11]), None, COLOURS[2])
    changed = library.moments.change(good, other)
    assert (changed.sessions, changed.moments) == ((session,), (good,))
    library.moments.trash([early])
    assert [row.moment for row in library.moments.all(session)] == [other]
    library.moments.untrash([early])
    assert [row.id for row in library.moments.all(session)] == [early, good]
    assert library.moments.categories() == (("Good", COLOURS[2], 1), ("Marker", COLOURS[0], 1))


def test_a_moment_is_a_change_of_its_session(library: Library, session: str) -> None:
    before = library.session(session).rev
    library.moments.add(session, [GOOD, EARLY])
    assert library.session(session).rev == before + 1
    assert library.outbox.waiting()[-1].entity == "session"
    assert library.moments.add(session, []) == ()
    assert library.session(session).rev == before + 1


def test_undo_and_redo_name_their_moments_themselves(library: Library, session: str) -> None:
    other = library.create_session(None, title="Other")
    library.moments.set(session, {"one": GOOD, "two": EARLY})
    library.moments.set(session, {"one": EARLY}, ["two", "never kept"])
    assert [(row.id, row.moment) for row in library.moments.all(session)] == [("one", EARLY)]
    library.moments.set(session, {"two": GOOD})
    assert [(row.id, row.moment) for row in library.moments.all(session)] == [("one", EARLY), ("two", GOOD)]
    for put, gone in (({"one": GOOD}, []), ({}, ["one"])):
        with pytest.raises(LibraryError, match="No such moment"):
            library.moments.set(other, put, gone)


def test_somebody_elses_moments_cannot_be_touched(library: Library, session: str) -> None:
    (good,) = library.moments.add(session, [GOOD])
    library.user_id = "another"
    for do in (lambda: library.moments.trash([good]), lambda: library.moments.change(good, EARLY)):
        with pytest.raises(LibraryError, match="No such moment"):
            do()
    assert library.moments.categories() == ()


def test_the_first_board_is_made_once_and_each_account_has_its_own(library: Library) -> None:
    first = library.boards.first()
    assert first.board == DEFAULT_BOARD
    assert library.boards.first() == first
    library.user_id = "coach"
    assert library.boards.all() == []
    with pytest.raises(LibraryError, match="No such board"):
        library.boards.trash(first.id)


def test_boards_are_changed_put_aside_and_in_the_outbox(library: Library) -> None:
    board = library.boards.add(Board("Rugby", (Button("Try", COLOURS[4], "t", 8, 4, descriptors=("Left", "Right")),)))
    renamed = Board("Rugby 7s", (Button("Scrum", two_clicks=True),))
    assert library.boards.change(board, renamed).boards == (board,)
    assert [(row.id, row.board) for row in library.boards.all()] == [(board, renamed)]
    library.boards.trash(board)
    assert library.boards.all() == []
    library.boards.untrash(board)
    rows = [(row.entity, row.entity_id, row.operation, row.rev) for row in library.outbox.waiting()]
    assert rows == [("board", board, "put", rev) for rev in (1, 2, 3, 4)]


def test_playlists_hold_clips_of_several_sessions_in_the_coachs_order(library: Library, session: str) -> None:
    other = library.create_session(None, title="Other")
    clips = (Clip(session, 10, 50, "First"), Clip(other, 0, 0, "", "look at the hip"))
    made = library.playlists.add("Best of", clips, "for Tuesday")
    (row,) = library.playlists.all()
    assert (row.id, row.title, row.note, row.clips) == (made, "Best of", "for Tuesday", clips)
    library.playlists.change(made, clips=clips[::-1])
    library.playlists.append(made, [Clip(session, 5, 6)])
    assert library.playlists.get(made[:8]).clips == (*clips[::-1], Clip(session, 5, 6))
    assert library.playlists.change(made, title="Best").playlists == (made,)
    assert library.outbox.waiting()[-1].entity == "playlist"
    with pytest.raises(UsageError, match="needs a name"):
        library.playlists.change(made, title=" \n")
    library.playlists.trash(made)
    assert library.playlists.all() == []
    with pytest.raises(LibraryError, match="No such playlist"):
        library.playlists.get(made)
    library.playlists.untrash(made)
    assert [row.id for row in library.playlists.all()] == [made]


def test_playlists_and_boards_are_purged_with_a_tombstone(library: Library) -> None:
    playlist, board = library.playlists.add("Old"), library.boards.add(DEFAULT_BOARD)
    library.playlists.trash(playlist)
    library.boards.trash(board)
    changes = library.purge_trash(older_than_days=-1)
    assert (changes.playlists, changes.boards) == ((playlist,), (board,))
    assert {(t.entity, t.entity_id) for t in library.outbox.tombstones()} == {("playlist", playlist), ("board", board)}


def test_a_rebuilt_library_has_moments_boards_and_playlists(library: Library, session: str) -> None:
    library.moments.add(session, [GOOD, EARLY])
    board = library.boards.first()
    made = library.playlists.add("Best of", [Clip(session, 10, 50)])
    library.close()
    (library.root / "library.db").write_bytes(b"\xaa" * 4000)
    (library.root / "library.db-wal").unlink(missing_ok=True)
    assert Library.rebuild(library.root).lost == ()
    with Library.open(library.root) as again:
        assert [row.moment for row in again.moments.all(session)] == [EARLY, GOOD]
        assert again.boards.all() == [board]
        assert again.playlists.get(made).clips == (Clip(session, 10, 50),)
        assert {row.entity for row in again.outbox.waiting()} >= {"board", "playlist", "session"}


def test_a_damaged_board_or_playlist_is_named(library: Library) -> None:
    board, playlist = library.boards.add(DEFAULT_BOARD), library.playlists.add("Best of")
    with library._store.db.transaction("test") as db:
        db.execute('UPDATE board SET buttons = \'[{"name": ""}]\' WHERE id = ?', [board])
        db.execute("UPDATE playlist SET clips = '[{}]' WHERE id = ?", [playlist])
    with pytest.raises(LibraryError, match="is damaged"):
        library.boards.all()
    with pytest.raises(LibraryError, match="Best of"):
        library.playlists.all()
