"""A root record (session, athlete, team, tag, board, playlist) as a document that another laptop can take in.

Library room; sync reads it through services as `library.portable`. The document is opaque to the cloud. Its `digest` is
over what the coach would call the content: revisions, times of change and this laptop's paths are not in it, so that
two laptops with the same record tell the same digest. `intake` is the reverse.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coachvision.library import videos
from coachvision.library.database import known_steps
from coachvision.library.mirror import SESSION_TABLES
from coachvision.library.records import MetricRow, VideoRow
from coachvision.library.store import ROOTS, Store

# Told apart from the content: whose it is and how often it changed here are this laptop's own.
NOT_CONTENT = frozenset({"seq", "user_id", "rev", "updated", "trashed_at"})
# Of a video, where it lies and when it was added.
_VIDEO_OWN = frozenset({"path", "copied", "created"})


@dataclass(frozen=True, slots=True)
class PortableFile:
    """A file of a session. name: "video" or "runs/<id>.npz". ext: without the dot. sha256: where it is known."""

    kind: str
    name: str
    ext: str
    path: Path
    size: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Portable:
    """A root record to be copied. The fields beside `document` are what lists show without reading it."""

    entity: str
    id: str
    digest: str
    trashed: bool
    document: dict[str, Any]
    created: str
    updated: str
    title: str = ""
    athlete: str | None = None
    exercise: str = ""
    duration_s: float | None = None
    metrics: tuple[MetricRow, ...] = ()
    files: tuple[PortableFile, ...] = ()


def schema_steps() -> int:
    """How many steps of the schema this version knows: a document of a later one is not taken in."""
    return len(known_steps())


def tell(store: Store, entity: str, root_id: str) -> Portable | None:
    """The record as it is now, in one consistent look; None where this account has none of that id."""
    with store.db.snapshot():
        return read(store, entity, root_id)


def read(store: Store, entity: str, root_id: str) -> Portable | None:
    """As `tell`, within an open transaction."""
    if entity != "session" and entity not in ROOTS:
        raise ValueError(f"{entity} is no root record")
    sql = f"SELECT * FROM {entity} WHERE id = ? AND user_id IS ?"  # noqa: S608 - our own table names
    rows = store.db.dicts(sql, (root_id, store.user_id))
    if not rows:
        return None
    return _session(store, rows[0]) if entity == "session" else _person(store, entity, rows[0])


def _person(store: Store, entity: str, row: dict[str, Any]) -> Portable:
    content: dict[str, Any] = {entity: own(row)}
    people: dict[str, Any] = {}
    if entity == "athlete":
        teams = store.db.dicts(
            "SELECT t.* FROM athlete_team at JOIN team t ON t.id = at.team_id WHERE at.athlete_id = ?", (row["id"],)
        )
        content["teams"] = sorted(team["id"] for team in teams)
        people["team"] = [own(team) for team in teams]
    return _portable(entity, row, content, {"people": people}, title=row.get("name") or row.get("title") or "")


def _session(store: Store, row: dict[str, Any]) -> Portable:
    session_id = row["id"]
    children = {}
    for table in SESSION_TABLES:
        sql = f"SELECT * FROM {table} WHERE session_id = ?"  # noqa: S608 - our own table names
        children[table] = sorted(store.db.dicts(sql, (session_id,)), key=_canonical)
    athletes = store.db.dicts("SELECT * FROM athlete WHERE id = ?", (row["athlete_id"],))
    tags = store.db.dicts(
        "SELECT t.* FROM session_tag st JOIN tag t ON t.id = st.tag_id WHERE st.session_id = ?", (session_id,)
    )
    video = videos.find(store, row["video_sha256"]) if row["video_sha256"] else None
    beside = {
        "people": {"athlete": [own(one) for one in athletes], "tag": [own(one) for one in tags]},
        "video": _video(store, video),
    }
    metrics = store.db.rows(
        "SELECT r.analyzer, m.name, m.subject, m.value, m.unit, m.uncertainty, m.method, m.label FROM metric m"
        " JOIN run r ON r.id = m.run_id WHERE m.session_id = ? ORDER BY m.rowid",
        (session_id,),
    )
    options = json.loads(row["options"])
    return _portable(
        "session", row, {"session": own(row), "children": children}, beside,
        title=row["title"] or row["source_name"],
        athlete=athletes[0]["name"] if athletes else None,
        exercise=str(options.get("exercise") or ""),
        duration_s=video.duration_s if video else None,
        metrics=tuple(MetricRow(*metric) for metric in metrics),
        files=(*_files(video), *(_run_file(store, session_id, run) for run in children["run"])),
    )  # fmt: skip


def own(row: dict[str, Any]) -> dict[str, Any]:
    """A root row without what is this laptop's own."""
    return {key: value for key, value in row.items() if key not in NOT_CONTENT}


def _video(store: Store, video: VideoRow | None) -> dict[str, Any] | None:
    if video is None:
        return None
    rows = store.db.dicts("SELECT * FROM video WHERE sha256 = ?", (video.sha256,))
    timelines = store.db.dicts("SELECT * FROM timeline WHERE video_sha256 = ?", (video.sha256,))
    for timeline in timelines:
        timeline["pts"] = base64.b64encode(timeline["pts"]).decode()
    row = {key: value for key, value in rows[0].items() if key not in _VIDEO_OWN}
    return {"row": row, "timeline": timelines, "extension": video.path.suffix.lower()}


def _files(video: VideoRow | None) -> tuple[PortableFile, ...]:
    if video is None:
        return ()
    return (PortableFile("video", "video", video.path.suffix.lower()[1:], video.path, video.size, video.sha256),)


def _run_file(store: Store, session_id: str, run: dict[str, Any]) -> PortableFile:
    return PortableFile("run", run["file"], "npz", store.session_folder(session_id) / run["file"], run["size"], None)


def _portable(
    entity: str, row: dict[str, Any], content: dict[str, Any], beside: dict[str, Any], **shown: Any
) -> Portable:
    digest = hashlib.sha256(_canonical(content).encode()).hexdigest()
    document = {
        "schema": schema_steps(), "digest": digest, "trashed_at": row["trashed_at"], "content": content, **beside,
    }  # fmt: skip
    return Portable(
        entity, row["id"], digest, row["trashed_at"] is not None, document, row["created"], row["updated"], **shown
    )


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
