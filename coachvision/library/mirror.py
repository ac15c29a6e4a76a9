"""The small JSON files that retell the database: `session.json`, `library.json`, `videos/..json`.

Library room only. Nobody reads them while the database is whole; `rebuild` makes a new database from them.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from coachvision.library.files import write_json

if TYPE_CHECKING:
    from coachvision.library.store import Store

SCHEMA = 1
# Children that exist nowhere else; events, metrics, series and tracks are in the runs' own array files.
SESSION_TABLES = ("session_tag", "run", "drawing", "calibration", "correction", "moment")
PEOPLE_TABLES = ("athlete", "team", "tag", "athlete_team", "board", "playlist", "tombstone")


def write_session(store: Store, session_id: str) -> None:
    """Write a session's `session.json`; nothing if the session is gone."""
    rows = store.db.dicts("SELECT * FROM session WHERE id = ?", (session_id,))
    if not rows:
        return
    document: dict[str, Any] = {"schema": SCHEMA, "session": rows[0]}
    for table in SESSION_TABLES:
        sql = f"SELECT * FROM {table} WHERE session_id = ?"  # noqa: S608 - our own table names
        document[table] = store.db.dicts(sql, (session_id,))
    write_json(store.scratch, store.session_folder(session_id) / "session.json", document, "session_file")


def write_people(store: Store) -> None:
    """Write `library.json`: device, athletes, teams, tags, boards, playlists, tombstones."""
    document: dict[str, Any] = {"schema": SCHEMA, "device_id": store.device_id}
    for table in PEOPLE_TABLES:
        document[table] = store.db.dicts(f"SELECT * FROM {table}")  # noqa: S608 - our own table names
    write_json(store.scratch, store.root / "library.json", document, "people_file")


def write_video(store: Store, sha256: str) -> None:
    """Write a video's record and timeline; nothing if the video is gone."""
    rows = store.db.dicts("SELECT * FROM video WHERE sha256 = ?", (sha256,))
    if not rows:
        return
    timelines = store.db.dicts("SELECT * FROM timeline WHERE video_sha256 = ?", (sha256,))
    for timeline in timelines:
        timeline["pts"] = base64.b64encode(timeline["pts"]).decode()
    document = {"schema": SCHEMA, "video": rows[0], "timeline": timelines}
    write_json(store.scratch, store.root / "videos" / sha256[:2] / f"{sha256}.json", document, "video_file")
