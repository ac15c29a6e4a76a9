"""The trash: what the coach deletes is put aside for a month; only `purge` removes it. Library room only."""

from __future__ import annotations

from datetime import timedelta

from coachvision.clock import iso
from coachvision.library import search
from coachvision.library.records import Changes
from coachvision.library.store import ROOTS, Store, Write, placeholders


def put(store: Store, given: str) -> Changes:
    """Put a session into the trash; its files stay where they are."""
    return _set(store, given, store.now())


def back(store: Store, given: str) -> Changes:
    """Take a session out of the trash."""
    return _set(store, given, None)


def _set(store: Store, given: str, trashed_at: str | None) -> Changes:
    session_id = store.session_id(given)
    with store.write("trash") as write:
        write.db.execute("UPDATE session SET trashed_at = ? WHERE id = ?", [trashed_at, session_id])
        write.touched("session", session_id)
    return Changes(sessions=(session_id,))


def purge(store: Store, older_than_days: float) -> Changes:
    """Delete for good what has been in the trash that long, and the library's copies of videos no session needs."""
    before = iso(store.clock.now() - timedelta(days=older_than_days))
    with store.write("purge") as write:
        gone = {kind: _expired(store, kind, before) for kind in ("session", *ROOTS)}
        for session_id in gone["session"]:
            write.deleted("session", session_id)
            search.forget(write.db, session_id)
            write.owe("purge_session", session_id)
        used = _videos_of(store, gone["session"])
        for kind, ids in gone.items():
            if kind != "session":
                for given in ids:
                    write.deleted(kind, given)
            write.db.execute(f"DELETE FROM {kind} WHERE id IN ({placeholders(ids)})", ids)  # noqa: S608
        videos = _purge_videos(write, used)
    return Changes(
        sessions=tuple(gone["session"]),
        athletes=tuple(gone["athlete"]),
        teams=tuple(gone["team"]),
        tags=tuple(gone["tag"]),
        boards=tuple(gone["board"]),
        playlists=tuple(gone["playlist"]),
        videos=videos,
    )


def _expired(store: Store, kind: str, before: str) -> list[str]:
    sql = f"SELECT id FROM {kind} WHERE user_id IS ? AND trashed_at <= ?"  # noqa: S608 - our own table names
    return [row[0] for row in store.db.rows(sql, (store.user_id, before))]


def _videos_of(store: Store, sessions: list[str]) -> list[str]:
    sql = f"SELECT DISTINCT video_sha256 FROM session WHERE id IN ({placeholders(sessions)}) AND video_sha256 NOT NULL"  # noqa: S608
    return [row[0] for row in store.db.rows(sql, sessions)]


def _purge_videos(write: Write, candidates: list[str]) -> tuple[str, ...]:
    # Whoever's session still shows the video keeps it; a file referenced in place is the coach's and is never removed.
    unused = [
        sha256
        for sha256 in candidates
        if write.store.db.row("SELECT 1 FROM session WHERE video_sha256 = ?", (sha256,)) is None
    ]
    for sha256 in unused:
        write.db.execute("DELETE FROM video WHERE sha256 = ?", [sha256])
        write.owe("purge_video", sha256)
    return tuple(unused)
