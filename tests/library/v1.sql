-- A library as the first release makes it, with one analyzed session; never edited: old files look like this.
BEGIN;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE athlete (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', height_m REAL
);
CREATE TABLE team (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL
);
CREATE TABLE tag (
  id TEXT PRIMARY KEY, user_id TEXT, rev INTEGER NOT NULL DEFAULT 1, created TEXT NOT NULL, updated TEXT NOT NULL,
  trashed_at TEXT, name TEXT NOT NULL, name_key TEXT NOT NULL
);
CREATE TABLE athlete_team (
  athlete_id TEXT NOT NULL REFERENCES athlete (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  PRIMARY KEY (athlete_id, team_id)
) WITHOUT ROWID;
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
CREATE TABLE session_tag (
  session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  tag_id TEXT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (session_id, tag_id)
) WITHOUT ROWID;
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
CREATE TABLE event (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, kind TEXT NOT NULL,
  subject INTEGER NOT NULL, start_pts INTEGER NOT NULL, end_pts INTEGER, start_s REAL NOT NULL, end_s REAL,
  label TEXT NOT NULL, "values" TEXT NOT NULL
);
CREATE TABLE metric (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, name TEXT NOT NULL,
  subject INTEGER NOT NULL, value REAL, unit TEXT NOT NULL, uncertainty REAL, method TEXT NOT NULL, label TEXT NOT NULL
);
CREATE TABLE series (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, name TEXT NOT NULL,
  subject INTEGER NOT NULL, unit TEXT NOT NULL, label TEXT NOT NULL, samples INTEGER NOT NULL
);
CREATE TABLE track (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, session_id TEXT NOT NULL, name TEXT NOT NULL,
  subject INTEGER NOT NULL, unit TEXT NOT NULL, samples INTEGER NOT NULL, landmarks TEXT NOT NULL
);
CREATE TABLE drawing (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  created TEXT NOT NULL, updated TEXT NOT NULL, trashed_at TEXT,
  kind TEXT NOT NULL, start_pts INTEGER NOT NULL, end_pts INTEGER, shape TEXT NOT NULL
);
CREATE TABLE calibration (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  created TEXT NOT NULL, updated TEXT NOT NULL, trashed_at TEXT,
  kind TEXT NOT NULL, homography TEXT NOT NULL, relative_uncertainty REAL NOT NULL, frame INTEGER NOT NULL
);
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
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX athlete_by_name ON athlete (user_id, name_key);
CREATE INDEX team_by_name ON team (user_id, name_key);
CREATE INDEX tag_by_name ON tag (user_id, name_key);
CREATE INDEX athlete_team_by_team ON athlete_team (team_id);
CREATE INDEX session_live ON session (user_id, created DESC, seq DESC) WHERE trashed_at IS NULL;
CREATE INDEX session_trashed ON session (user_id, trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX session_by_athlete ON session (athlete_id, created DESC);
CREATE INDEX session_by_video ON session (video_sha256);
CREATE INDEX session_tag_by_tag ON session_tag (tag_id);
CREATE INDEX subject_by_run ON subject (run_id);
CREATE INDEX subject_by_session ON subject (session_id);
CREATE INDEX event_by_run ON event (run_id);
CREATE INDEX event_by_session ON event (session_id, start_pts);
CREATE INDEX metric_by_run ON metric (run_id);
CREATE INDEX metric_by_session ON metric (session_id);
CREATE INDEX metric_by_name ON metric (name, session_id);
CREATE INDEX series_by_run ON series (run_id);
CREATE INDEX series_by_session ON series (session_id, name);
CREATE INDEX track_by_run ON track (run_id);
CREATE INDEX track_by_session ON track (session_id);
CREATE INDEX drawing_by_session ON drawing (session_id, start_pts);
CREATE INDEX calibration_by_session ON calibration (session_id, created);
INSERT INTO _sqlite_migrations ("id","migration_set","name","applied_at") VALUES (1, 'library', 'm001_first', '2026-01-31 12:00:00.000000+00:00');
INSERT INTO meta ("key","value") VALUES ('device_id', '11111111-1111-4111-8111-111111111111');
INSERT INTO athlete ("id","user_id","rev","created","updated","trashed_at","name","name_key","note","height_m") VALUES ('33333333-3333-4333-8333-333333333333', NULL, 1, '2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z', NULL, 'Änna', 'änna', '', NULL);
INSERT INTO tag ("id","user_id","rev","created","updated","trashed_at","name","name_key") VALUES ('44444444-4444-4444-8444-444444444444', NULL, 1, '2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z', NULL, 'technique', 'technique');
INSERT INTO video ("sha256","path","copied","size","created","container","codec","width","height","rotation","frames","duration_s","fps","variable_frame_rate","capture_fps","has_audio","warnings") VALUES ('abababababababababababababababababababababababababababababababab', 'videos/ab/abababababababababababababababababababababababababababababababab.mp4', 1, 1000, '2026-01-31T12:00:00.000Z', 'mov', 'h264', 1280, 720, 0, 3, 0.1, 30.0, 0, NULL, 1, '[]');
INSERT INTO timeline ("video_sha256","numerator","denominator","time_scale","pts") VALUES ('abababababababababababababababababababababababababababababababab', 1, 600, 1.0, X'789C6360800011282D0AA5010200002A');
INSERT INTO session ("seq","id","user_id","rev","created","updated","trashed_at","title","note","source_name","athlete_id","video_sha256","time_scale","options","warnings") VALUES (1, '22222222-2222-4222-8222-222222222222', NULL, 1, '2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z', NULL, 'First squats', '', 'clip.mp4', '33333333-3333-4333-8333-333333333333', 'abababababababababababababababababababababababababababababababab', 1.0, '{}', '[]');
INSERT INTO session_tag ("session_id","tag_id") VALUES ('22222222-2222-4222-8222-222222222222', '44444444-4444-4444-8444-444444444444');
INSERT INTO run ("id","session_id","analyzer","version","parameters","warnings","error","created","file","size") VALUES ('55555555-5555-4555-8555-555555555555', '22222222-2222-4222-8222-222222222222', 'reps', '1.0.0', '{}', '[]', NULL, '2026-01-31T12:00:00.000Z', 'runs/55555555-5555-4555-8555-555555555555.npz', 1000);
INSERT INTO event ("run_id","session_id","kind","subject","start_pts","end_pts","start_s","end_s","label","values") VALUES ('55555555-5555-4555-8555-555555555555', '22222222-2222-4222-8222-222222222222', 'rep', 1, 612, 1440, 1.02, 2.4, 'squat', '{}');
INSERT INTO metric ("run_id","session_id","name","subject","value","unit","uncertainty","method","label") VALUES ('55555555-5555-4555-8555-555555555555', '22222222-2222-4222-8222-222222222222', 'reps.count', 1, 9.0, '1', 0.0, 'counted', 'squat');
INSERT INTO session_fts ("rowid","title","note","source_name","athlete","teams","tags") VALUES (1, 'First squats', '', 'clip.mp4', 'Änna', '', 'technique');
COMMIT;
