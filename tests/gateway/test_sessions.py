"""Sessions between laptops: revisions, tombstones, the feed of changes, and the list that older clients know."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from coachvision.wire.gateway import Changes, SessionList, SessionState
from tests.gateway.conftest import World
from tests.support.gateway_client import GatewayClient


def manifest(title: str = "Squat", **change: Any) -> dict[str, Any]:
    return {
        "device_id": "laptop-1", "created": "2026-01-31T12:00:00.000Z", "updated": "2026-01-31T12:30:00.000Z",
        "title": title, "document": {"session": {"note": "deep \u0000 é"}}, **change,
    }  # fmt: skip


def put(user: GatewayClient, session: str, body: dict[str, Any], seen: int) -> httpx.Response:
    return user.http.put(f"/v1/sessions/{session}", json=body, headers={"If-Match": f'"{seen}"'})


def feed(user: GatewayClient, cursor: str | None = None, limit: int = 200) -> Changes:
    asked = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
    return Changes.model_validate(user.http.get("/v1/changes", params=asked).raise_for_status().json())


def test_a_change_is_told_to_the_other_laptop_and_a_stale_one_is_shown_what_is_held(world: World) -> None:
    user, session = world.user(), str(uuid.uuid4())
    assert feed(user).changes == []
    made = put(user, session, manifest(), 0)
    assert (made.status_code, made.headers["etag"]) == (200, '"1"')
    state = SessionState.model_validate(made.json())
    assert state.manifest is not None
    assert state.manifest.document == manifest()["document"]
    assert put(user, session, manifest("Jump"), 1).json()["rev"] == 2
    stale = put(user, session, manifest("Throw"), 1)
    assert (stale.status_code, stale.json()["code"]) == (412, "rev_conflict")
    assert stale.json()["current"]["manifest"]["title"] == "Jump"
    told = feed(user)
    assert [(change.id, change.rev) for change in told.changes] == [(session, 2)]
    assert feed(user, told.cursor).changes == []


def test_a_change_whose_reply_was_lost_can_be_sent_again(world: World) -> None:
    user, session = world.user(), str(uuid.uuid4())
    first = put(user, session, manifest(), 0).json()
    again = put(user, session, manifest(), 0)
    assert (again.status_code, again.json()) == (200, first)
    gone = [user.http.delete(f"/v1/sessions/{session}", headers={"If-Match": "1"}) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 200]
    assert gone[0].json() == gone[1].json()
    assert len(feed(user).changes) == 1


def test_a_deleted_session_is_a_tombstone_that_only_its_reader_can_undo(world: World) -> None:
    user, session = world.user(), str(uuid.uuid4())
    put(user, session, manifest(), 0)
    path = f"/v1/sessions/{session}"
    gone = user.http.delete(path, headers={"If-Match": '"1"', "Device-Id": "laptop-2"}).json()
    assert (gone["rev"], gone["deleted"], gone["manifest"], gone["device_id"]) == (2, True, None, "laptop-2")
    assert user.http.get("/api/analysis/sessions").json()["sessions"] == []
    assert put(user, session, manifest("edited offline"), 1).status_code == 412
    assert put(user, session, manifest("restored"), 2).json()["rev"] == 3
    assert [one["title"] for one in user.http.get("/api/analysis/sessions").json()["sessions"]] == ["restored"]


def test_the_feed_comes_in_pages_and_names_each_session_once(world: World) -> None:
    user, ids = world.user(), [str(uuid.uuid4()) for _ in range(5)]
    for session in ids:
        put(user, session, manifest(), 0)
    put(user, ids[0], manifest("later"), 1)
    seen, cursor, more = [], None, True
    while more:
        page = feed(user, cursor, limit=2)
        seen += [change.id for change in page.changes]
        cursor, more = page.cursor, page.more
    assert seen == [*ids[1:], ids[0]]
    for wrong in ("x", "1.2.x", "abc.-1", "." + "9" * 30, "é.1"):
        assert user.http.get("/v1/changes", params={"cursor": wrong}).status_code == 400


def test_the_list_has_the_newest_first_and_only_sessions(world: World) -> None:
    user = world.user()
    for number in range(3):
        created = f"2026-01-0{number + 1}T00:00:00.000Z"
        metric = {"name": "jump_height", "subject": 1, "value": 0.31, "unit": "m", "uncertainty": None}
        body = manifest(f"S{number}", created=created, duration_s=3.5, athlete="Ada", metrics=[metric])
        put(user, str(uuid.uuid4()), body, 0)
    put(user, str(uuid.uuid4()), manifest("Ada", kind="athlete"), 0)
    first = SessionList.model_validate(user.http.get("/api/analysis/sessions", params={"limit": 2}).json())
    assert [(one.title, one.metrics[0].value) for one in first.sessions] == [("S2", 0.31), ("S1", 0.31)]
    rest = user.http.get("/api/analysis/sessions", params={"limit": 2, "cursor": first.cursor}).json()
    assert ([one["title"] for one in rest["sessions"]], rest["cursor"]) == (["S0"], None)


def test_a_manifest_names_only_files_that_are_stored_for_this_session(world: World) -> None:
    user, session = world.user(), str(uuid.uuid4())
    stored = user.store(b"film", session=session)
    elsewhere = user.store(b"film")
    foreign = world.user().store(b"film", session=session)
    file = {"kind": "video", "path": "video.mp4", "size": 4, "sha256": stored.sha256}
    for wrong in (elsewhere.upload_id, foreign.upload_id, str(uuid.uuid4())):
        refused = put(user, session, manifest(files=[{**file, "object_id": wrong}]), 0)
        assert (refused.status_code, refused.json()["code"]) == (409, "state_conflict")
    body = manifest(files=[{**file, "object_id": stored.upload_id}, {**file, "object_id": None}])
    assert put(user, session, body, 0).status_code == 200


@pytest.mark.parametrize("header", [{}, {"If-Match": "*"}, {"If-Match": "-1"}, {"If-Match": '"01"'}])
def test_without_the_revision_seen_nothing_is_written(world: World, header: dict[str, str]) -> None:
    user, path = world.user(), f"/v1/sessions/{uuid.uuid4()}"
    answers = [user.http.put(path, json=manifest(), headers=header), user.http.delete(path, headers=header)]
    assert {answer.json()["code"] for answer in answers} == {"invalid_request"}
    assert feed(user).changes == []


def test_a_cursor_from_before_an_erasure_says_that_all_begins_anew(world: World) -> None:
    user, session = world.user(), str(uuid.uuid4())
    nobody_yet = feed(user).cursor
    put(user, session, manifest(), 0).raise_for_status()
    before = feed(user, nobody_yet)
    assert (before.anew, len(before.changes)) == (False, 1)
    user.http.delete("/v1/account").raise_for_status()
    after = feed(user, before.cursor)
    assert (after.anew, after.changes) == (True, [])
    assert not feed(user, after.cursor).anew
    put(user, session, manifest(), 0).raise_for_status()
    again = feed(user, before.cursor)
    assert (again.anew, [change.id for change in again.changes]) == (True, [session])


def test_guests_have_no_sessions_in_the_cloud(world: World) -> None:
    guest, stranger = world.guest(), world.stranger()
    for caller in (guest, stranger):
        for path in ("/api/analysis/sessions", "/v1/changes"):
            answer = caller.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
        assert put(caller, str(uuid.uuid4()), manifest(), 0).status_code == 401
    assert stranger.http.get("/v1/account").headers["www-authenticate"] == "Bearer"


def test_a_body_that_is_too_large_is_not_read(world: World) -> None:
    user = world.user()
    huge = manifest(document={"x": "y" * (4 << 20)})
    refused = put(user, str(uuid.uuid4()), huge, 0)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")

    def chunks() -> Any:
        for _ in range(80):
            yield b" " * 65_536

    headers = {"If-Match": "0", "Content-Type": "application/json"}
    answer = user.http.put(f"/v1/sessions/{uuid.uuid4()}", content=chunks(), headers=headers)
    assert answer.status_code == 413
