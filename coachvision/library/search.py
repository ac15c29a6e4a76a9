"""Full-text search over titles, notes, file names, athletes, teams and tags, as one types. Library room only.

SQLite's FTS5, with accents folded. A row's text is rewritten in the transaction of the change (`index`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database as Tables

_TEXT = """
INSERT INTO session_fts (rowid, title, note, source_name, athlete, teams, tags)
SELECT s.seq, s.title, s.note, s.source_name, coalesce(a.name, ''),
  coalesce((SELECT group_concat(team.name, ' ') FROM athlete_team JOIN team ON team.id = athlete_team.team_id
            WHERE athlete_team.athlete_id = s.athlete_id AND team.trashed_at IS NULL), ''),
  coalesce((SELECT group_concat(tag.name, ' ') FROM session_tag JOIN tag ON tag.id = session_tag.tag_id
            WHERE session_tag.session_id = s.id AND tag.trashed_at IS NULL), '')
FROM session s LEFT JOIN athlete a ON a.id = s.athlete_id AND a.trashed_at IS NULL
"""

# The sessions `s` whose text a name is in, by what the name is of.
SESSIONS_OF = {
    "athlete": "s.athlete_id = ?",
    "team": "s.athlete_id IN (SELECT athlete_id FROM athlete_team WHERE team_id = ?)",
    "tag": "s.id IN (SELECT session_id FROM session_tag WHERE tag_id = ?)",
}


def index(db: Tables, where: str = "1", parameters: Sequence[Any] = ()) -> None:
    """Rewrite the searchable text of the sessions `s` that a condition of ours names, within the open transaction."""
    db.execute(f"DELETE FROM session_fts WHERE rowid IN (SELECT s.seq FROM session s WHERE {where})", parameters)  # noqa: S608
    db.execute(f"{_TEXT} WHERE {where}", parameters)


def forget(db: Tables, session_id: str) -> None:
    """Drop a session's text; call it before the session's row goes."""
    db.execute("DELETE FROM session_fts WHERE rowid IN (SELECT seq FROM session WHERE id = ?)", [session_id])


def match(typed: str) -> str | None:
    """What was typed as an FTS5 expression: every word must begin a word of the session. None if there is no word.

    Each word is quoted, so that nothing in it can be an operator or a column name.
    """
    words = [word.replace('"', "") for word in unicodedata.normalize("NFC", typed).replace("\0", " ").split()]
    return " ".join(f'"{word}"*' for word in words if any(c.isalnum() for c in word)) or None
