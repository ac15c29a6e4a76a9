"""The reaper: takes what nobody claimed, leaves what somebody did, and tidies up after processes that died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from coachvision.gateway import claims, sessions, shares, uploads
from coachvision.gateway.maintenance import LEFT, ORPHANED, sweep
from coachvision.wire.gateway import SessionManifest
from coachvision.wire.gateway_sharing import CreateShare
from tests.gateway.inside import Inside
from tests.support.killers import ForkedRuns, tell
from tests.support.swift_server import SwiftServer

WEEK = timedelta(days=7).total_seconds()
FILM = b"a film" * 1000


def test_what_a_guest_leaves_goes_after_seven_days_and_what_a_user_has_stays(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    _, guest = inside.guest()
    inside.store(guest, FILM)
    kept = inside.store(inside.user(), FILM)
    inside.announce(guest, FILM)
    inside.clock.advance(WEEK - 60)
    swept = sweep(inside.context)
    assert (swept.expired, swept.cleaned, swept.anchors) == (0, 0, 1)
    inside.clock.advance(120)
    swept = sweep(inside.context)
    assert (swept.expired, swept.failed) == (2, 0)
    assert [key.rpartition("/")[2] for key in swift.keys(bucket) if key.startswith(("users", "anon"))] == [
        f"{kept.upload_id}.mp4"
    ]
    assert swift.uploads(bucket) == []
    assert {row["owner"]: (row["stored_bytes"], row["reserved_bytes"]) for row in inside.rows("account")} == {
        guest.owner: (0, 0),
        "user:anna": (len(FILM), 0),
    }
    assert sweep(inside.context).expired == 0


def test_a_link_ends_with_the_guests_object(inside: Inside) -> None:
    _, guest = inside.guest()
    clip = inside.store(guest, FILM)
    inside.clock.advance(WEEK - 3600)
    made = shares.create(guest, CreateShare(object_id=clip.upload_id))
    assert made.expires == inside.rows("upload")[0]["expires"]


def test_objects_of_a_deleted_session_go_when_the_trash_does_unless_it_comes_back(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    user = inside.user()
    stored = [inside.store(user, FILM) for _ in range(2)]
    manifest = SessionManifest(device_id="d", created="2026-01-01T00:00:00.000Z", updated="2026-01-01T00:00:00.000Z")
    for upload in stored:
        sessions.put(user, upload.session_id, manifest, 0)
        sessions.delete(user, upload.session_id, 1, "d")
    sessions.put(user, stored[0].session_id, manifest, 2)
    inside.clock.advance(timedelta(days=30).total_seconds() + 1)
    assert sweep(inside.context).expired == 1
    assert [key for key in swift.keys(bucket) if stored[0].upload_id in key] != []
    assert [key for key in swift.keys(bucket) if stored[1].upload_id in key] == []


def test_what_a_dead_process_was_completing_is_settled(inside: Inside, swift: SwiftServer, bucket: str) -> None:
    user = inside.user()
    upload = inside.announce(user, FILM)
    inside.send(user, upload, FILM)
    with inside.context.state.write() as transaction:
        transaction.connection.exec_driver_sql("UPDATE upload SET state = 'completing'")
    assert sweep(inside.context).settled == 0
    inside.clock.advance(LEFT.total_seconds() + 1)
    assert sweep(inside.context).settled == 1
    assert uploads.status(user, upload.upload_id).state == "stored"


def test_an_upload_that_was_begun_and_never_written_down_is_aborted_after_a_day(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    inside.context.bucket.begin("users/anna/s/orphan.mp4", "video/mp4")
    live = inside.announce(inside.user(), FILM)
    assert sweep(inside.context).orphans == 0
    inside.clock.advance(ORPHANED.total_seconds() + 60)
    assert sweep(inside.context).orphans == 1
    assert [key.rpartition("/")[2] for key in swift.uploads(bucket)] == [f"{live.upload_id}.mp4"]


@pytest.mark.logs_expected
def test_a_sweep_without_its_bucket_leaves_all_for_the_next(
    database: Path | str, inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    _, guest = inside.guest()
    inside.store(guest, FILM)
    inside.clock.advance(WEEK + 1)
    with Inside(database, "http://127.0.0.1:9", bucket, advance=WEEK + 1) as cut_off:
        swept = sweep(cut_off.context)
    assert (swept.expired, swept.failed >= 1) == (0, True)
    assert len(swift.keys(bucket)) == 1
    inside.clock.advance(LEFT.total_seconds() + 60)
    assert sweep(inside.context).cleaned == 1
    assert [key for key in swift.keys(bucket) if key.startswith("anonymous")] == []


def test_f17_a_claim_and_the_reaper_at_once_give_each_object_to_one_of_them(
    inside: Inside, swift: SwiftServer, bucket: str
) -> None:
    for _ in range(4):
        guest, call = inside.guest()
        for _ in range(2):
            inside.store(call, FILM)
        inside.clock.advance(WEEK + 1)

        def claim(token: str = guest.token) -> None:
            claims.begin(inside.user(), token)

        with ThreadPoolExecutor(3) as pool:
            running = [
                pool.submit(work) for work in (claim, lambda: sweep(inside.context), lambda: sweep(inside.context))
            ]
            for each in running:
                each.result()
    inside.clock.advance(inside.settings.download_ttl_s + LEFT.total_seconds() + 1)
    sweep(inside.context)
    rows = inside.rows("upload")
    stored = {row["key"] for row in rows if row["state"] == "stored"}
    assert {row["owner"] for row in rows if row["state"] == "stored"} <= {"user:anna"}
    assert {key for key in swift.keys(bucket) if not key.startswith("audit/")} == stored
    used = {row["owner"]: (row["stored_bytes"], row["reserved_bytes"]) for row in inside.rows("account")}
    assert used.pop("user:anna") == (len(stored) * len(FILM), 0)
    assert set(used.values()) == {(0, 0)}


def sweep_later(database: str, endpoint: str, bucket: str) -> None:
    """The work that is killed: one sweep when everything of the guest has expired."""
    with Inside(Path(database), endpoint, bucket, advance=WEEK + 3600) as gateway:
        sweep(gateway.context)


def test_a_reaper_killed_anywhere_leaves_nothing_that_the_next_does_not_find(
    tmp_path: Path, swift: SwiftServer, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(name: str) -> dict[str, str]:
        swift.make_bucket(bucket)
        with Inside(tmp_path / name, swift.endpoint, bucket) as gateway:
            inside_guest = gateway.guest()[1]
            gateway.store(inside_guest, FILM)
        return {"database": str(tmp_path / name), "endpoint": swift.endpoint, "bucket": bucket}

    with ForkedRuns("tests.gateway.test_maintenance:sweep_later") as runs:
        points = runs.points(tmp_path / "points", **prepare("learn"))
        for number, point in enumerate(points):
            given = prepare(f"{number}.db")
            runs.kill_at(point, **given)
            with Inside(Path(given["database"]), swift.endpoint, bucket, advance=WEEK + 7200) as gateway:
                sweep(gateway.context)
                assert [key for key in swift.keys(bucket) if not key.startswith("audit/")] == [], point
                assert {row["stored_bytes"] for row in gateway.rows("account")} == {0}
    assert len(points) >= 2
    with capsys.disabled():
        print(tell("reaper", points, points))
