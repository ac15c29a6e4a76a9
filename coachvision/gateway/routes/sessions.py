"""`/v1/sessions`, `/v1/changes`, `/api/analysis/sessions`: for signed-in users. The work is in `gateway.sessions`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from coachvision.gateway import sessions
from coachvision.gateway.calls import PLACE_OF_TWO, PathId, User
from coachvision.web.problems import problems
from coachvision.wire.gateway import PAGE, Changes, Code, SessionList, SessionManifest, SessionState

router = APIRouter(tags=["sessions"])
_ASKED: tuple[Code, ...] = ("token_invalid", "forbidden")

Seen = Annotated[
    str,
    Header(alias="If-Match", pattern=r'^"?(0|[1-9][0-9]{0,17})"?$', description="the revision last seen, 0 for none"),
]
Device = Annotated[str, Header(alias="Device-Id", max_length=200, description="who deletes it")]
ChangesCursor = Annotated[str | None, Query(pattern=r"^([0-9a-f]{0,32}\.[0-9]{1,18})?$")]
Cursor = Annotated[str | None, Query(pattern=PLACE_OF_TWO)]
Limit = Annotated[int, Query(ge=1, le=PAGE)]


@router.put("/v1/sessions/{session_id}", responses=problems(*_ASKED, "not_found", "rev_conflict", "state_conflict"))
def put(session_id: PathId, body: SessionManifest, if_match: Seen, call: User, response: Response) -> SessionState:
    """Store a session's manifest over the revision last seen."""
    return _tagged(sessions.put(call, session_id, body, _rev(if_match)), response)


@router.delete("/v1/sessions/{session_id}", responses=problems(*_ASKED, "not_found", "rev_conflict"))
def delete(session_id: PathId, if_match: Seen, call: User, response: Response, device_id: Device = "") -> SessionState:
    """Leave a tombstone."""
    return _tagged(sessions.delete(call, session_id, _rev(if_match), device_id), response)


@router.get("/v1/sessions/{session_id}", responses=problems(*_ASKED, "not_found"))
def get(session_id: PathId, call: User, response: Response) -> SessionState:
    """What is held of one session."""
    return _tagged(sessions.get(call, session_id), response)


@router.get("/v1/changes", responses=problems(*_ASKED))
def changes(call: User, cursor: ChangesCursor = None, limit: Limit = PAGE) -> Changes:
    """What changed after the cursor."""
    return sessions.changes(call, cursor, limit)


@router.get("/api/analysis/sessions", responses=problems(*_ASKED))
def listed(call: User, cursor: Cursor = None, limit: Limit = PAGE) -> SessionList:
    """The signed-in user's sessions, newest first."""
    return sessions.listed(call, cursor, limit)


def _rev(if_match: str) -> int:
    return int(if_match.strip('"'))


def _tagged(state: SessionState, response: Response) -> SessionState:
    response.headers["ETag"] = f'"{state.rev}"'
    return state
