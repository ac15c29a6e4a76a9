"""The library's tables, as migrations: append-only, each in a transaction, plain SQL, never importing live code.

Only `database` applies them. Once released a migration is never edited: add another. The rules of the tables:
root tables (session, athlete, team, tag, board, playlist) have a UUID, the account they belong to (NULL: guest) and a
revision;
`outbox` and `tombstone` are what sync reads; `pending` is file work owed for a committed change (see `pending.py`).
Times are kept twice: as pts (ticks, exact) and as real seconds from the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("library")

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE athlete (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', height_m REAL
);
CREATE INDEX athlete_by_name ON athlete (user_id, name_key);

CREATE TABLE team (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL
);
CREATE INDEX team_by_name ON team (user_id, name_key);

CREATE TABLE tag (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL
);
CREATE INDEX tag_by_name ON tag (user_id, name_key);

CREATE TABLE athlete_team (
  athlete_id TEXT NOT NULL REFERENCES athlete (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  PRIMARY KEY (athlete_id, team_id)
) WITHOUT ROWID;
CREATE INDEX athlete_team_by_team ON athlete_team (team_id);

CREATE TABLE video (
  sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, copied INTEGER NOT NULL, size INTEGER NOT NULL, created TEXT NOT NULL,
  container TEXT NOT NULL, codec TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
  rotation INTEGER NOT NULL, frames INTEGER NOT NULL, duration_s REAL NOT NULL, fps REAL NOT NULL,
  variable_frame_rate INTEGER NOT NULL, capture_fps REAL, has_audio INTEGER NOT NULL, warnings TEXT NOT NULL
);

CREATE TABLE timeline (
  video_sha256 TEXT PRIMARY KEY REFERENCES video (sha256) ON DELETE CASCADE,
  numerator INTEGER NOT NULL, denominator INTEGER NOT NULL, time_scale REAL NOT NULL, pts BLOB NOT NULL
);

CREATE TABLE session (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1,
  created TEXT NOT NULL, updated TEXT NOT NULL, trashed_at TEXT,
  title TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', source_name TEXT NOT NULL DEFAULT '',
  athlete_id TEXT REFERENCES athlete (id) ON DELETE SET NULL,
  video_sha256 TEXT REFERENCES video (sha256),
  time_scale REAL, options TEXT NOT NULL DEFAULT '{}', warnings TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX session_live ON session (user_id, created DESC, seq DESC) WHERE trashed_at IS NULL;
CREATE INDEX session_trashed ON session (user_id, trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX session_by_athlete ON session (athlete_id, created DESC);
CREATE INDEX session_by_video ON session (video_sha256);

CREATE TABLE session_tag (
  session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  tag_id TEXT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (session_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX session_tag_by_tag ON session_tag (tag_id);

CREATE TABLE run (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  analyzer TEXT NOT NULL, version TEXT NOT NULL, parameters TEXT NOT NULL, warnings TEXT NOT NULL, error TEXT,
  created TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
  UNIQUE (session_id, analyzer)
);

CREATE TABLE subject (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, number INTEGER NOT NULL,
  first_pts INTEGER NOT NULL, last_pts INTEGER NOT NULL, first_s REAL NOT NULL, last_s REAL NOT NULL,
  of_interest INTEGER NOT NULL
);
CREATE INDEX subject_by_run ON subject (run_id);
CREATE INDEX subject_by_session ON subject (session_id);

CREATE TABLE event (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, kind TEXT NOT NULL,
  subject INTEGER NOT NULL, start_pts INTEGER NOT NULL, end_pts INTEGER, start_s REAL NOT NULL, end_s REAL,
  label TEXT NOT NULL, "values" TEXT NOT NULL
);
CREATE INDEX event_by_run ON event (run_id);
CREATE INDEX event_by_session ON event (session_id, start_pts);

CREATE TABLE metric (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, name TEXT NOT NULL,
  subject INTEGER NOT NULL, value REAL, unit TEXT NOT NULL, uncertainty REAL, method TEXT NOT NULL, label TEXT NOT NULL
);
CREATE INDEX metric_by_run ON metric (run_id);
CREATE INDEX metric_by_session ON metric (session_id);
CREATE INDEX metric_by_name ON metric (name, session_id);

CREATE TABLE series (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, name TEXT NOT NULL,
  subject INTEGER NOT NULL, unit TEXT NOT NULL, label TEXT NOT NULL, samples INTEGER NOT NULL
);
CREATE INDEX series_by_run ON series (run_id);
CREATE INDEX series_by_session ON series (session_id, name);

CREATE TABLE track (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, name TEXT NOT NULL,
  subject INTEGER NOT NULL, unit TEXT NOT NULL, samples INTEGER NOT NULL, landmarks TEXT NOT NULL
);
CREATE INDEX track_by_run ON track (run_id);
CREATE INDEX track_by_session ON track (session_id);

CREATE TABLE drawing (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  created TEXT NOT NULL, updated TEXT NOT NULL, trashed_at TEXT,
  kind TEXT NOT NULL, start_pts INTEGER NOT NULL, end_pts INTEGER, shape TEXT NOT NULL
);
CREATE INDEX drawing_by_session ON drawing (session_id, start_pts);

CREATE TABLE calibration (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  created TEXT NOT NULL, updated TEXT NOT NULL, trashed_at TEXT,
  kind TEXT NOT NULL, homography TEXT NOT NULL, relative_uncertainty REAL NOT NULL, frame INTEGER NOT NULL
);
CREATE INDEX calibration_by_session ON calibration (session_id, created);

CREATE TABLE correction (
  session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE, analyzer TEXT NOT NULL, track TEXT NOT NULL,
  subject INTEGER NOT NULL, landmark TEXT NOT NULL, pts INTEGER NOT NULL, x REAL NOT NULL, y REAL NOT NULL,
  created TEXT NOT NULL,
  PRIMARY KEY (session_id, analyzer, track, subject, landmark, pts)
) WITHOUT ROWID;

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, entity_id TEXT NOT NULL, operation TEXT NOT NULL,
  rev INTEGER NOT NULL, user_id TEXT, device_id TEXT NOT NULL, created TEXT NOT NULL
);

CREATE TABLE tombstone (
  entity TEXT NOT NULL, entity_id TEXT NOT NULL, user_id TEXT, rev INTEGER NOT NULL, device_id TEXT NOT NULL,
  created TEXT NOT NULL, PRIMARY KEY (entity, entity_id)
) WITHOUT ROWID;

CREATE TABLE pending (kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;

CREATE VIRTUAL TABLE session_fts USING fts5 (
  title, note, source_name, athlete, teams, tags, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
);
"""


@MIGRATIONS()
def m001_first(db: Database) -> None:
    """Everything the first release keeps."""
    # Statement by statement: `executescript` would commit the transaction that makes the migration all or nothing.
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            db.execute(statement)


_TAGGING = """
CREATE TABLE board (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, buttons TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX board_by_account ON board (user_id, created);

CREATE TABLE playlist (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, title TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', clips TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX playlist_by_account ON playlist (user_id, created);

CREATE TABLE moment (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  created TEXT NOT NULL, updated TEXT NOT NULL, trashed_at TEXT,
  category TEXT NOT NULL, start_pts INTEGER NOT NULL, end_pts INTEGER, colour TEXT NOT NULL,
  descriptors TEXT NOT NULL DEFAULT '[]', note TEXT NOT NULL DEFAULT '', lead_s REAL NOT NULL DEFAULT 0,
  lag_s REAL NOT NULL DEFAULT 0
);
CREATE INDEX moment_by_session ON moment (session_id, start_pts);
"""


@MIGRATIONS()
def m002_tagging(db: Database) -> None:
    """Boards, playlists, and the moments a coach tags in a session."""
    for statement in _TAGGING.split(";\n"):
        if statement.strip():
            db.execute(statement)


@MIGRATIONS()
def m003_recorded(db: Database) -> None:
    """When a film was taken. Of films that are there already it is not known: they count from when they were added."""
    db.execute("ALTER TABLE video ADD COLUMN recorded TEXT")
