"""An account's own trail, its erasure (killed at any point, too), and S16: a tampered audit is noticed."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from coachvision.gateway import auditing, claims, delegations, erasure, organizations, sessions, shares, tables, uploads
from coachvision.gateway.maintenance import sweep
from coachvision.web import audit
from coachvision.wire.gateway import SessionManifest
from coachvision.wire.gateway_sharing import CreateShare
from tests.gateway.inside import Inside
from tests.support import command
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.killers import ForkedRuns, sample, tell
from tests.support.swift_server import SwiftServer

FILM = b"a film" * 100
SUBJECT = "3f0c9ee2-anna"
MOMENT = "2026-01-01T00:00:00.000Z"


def live(gateway: Inside) -> list[str]:
    """A user with one of everything. Returns what must not be found afterwards: the user's and the guest's id."""
    user = gateway.user(SUBJECT)
    guest, call = gateway.guest()
    gateway.store(call, FILM)
    claims.begin(user, guest.token)
    upload = gateway.store(user, FILM)
    gateway.announce(user, FILM)
    shares.create(user, CreateShare(object_id=upload.upload_id, password="x"))  # noqa: S106
    sessions.put(user, upload.session_id, SessionManifest(device_id="d", created=MOMENT, updated=MOMENT), 0)
    delegations.create(user, upload.session_id)
    club = organizations.create(user, "TSV Anna").organization_id
    organizations.consent(user, club, upload.session_id)
    invited = organizations.invite(user, club, "owner")
    other = gateway.user("ben")
    organizations.join(other, club, invited.token)
    organizations.create(user, "Only Anna")
    gateway.store(other, FILM)
    return [SUBJECT, guest.guest_id]


def assert_erased(gateway: Inside, swift: SwiftServer, bucket: str, gone: list[str]) -> None:
    """No object, no row: but the audit, which knows nobody by name, says that it happened."""
    keys = [key for key in swift.keys(bucket) if not key.startswith("audit/")]
    assert [key.split("/")[:2] for key in keys] == [["users", "ben"]]
    assert swift.uploads(bucket) == []
    for table in tables.metadata.tables:
        if table != "audit":
            assert not [row for row in gateway.rows(table) for name in gone if name in str(row)], table
    trail = gateway.rows("audit")
    assert SUBJECT not in str(trail)
    assert [row["action"] for row in trail].count("account.erased") == 1
    assert [(row["owner"], row["role"]) for row in gateway.rows("member")] == [("user:ben", "owner")]
    assert [row["name"] for row in gateway.rows("organization")] == ["TSV Anna"]
    assert gateway.rows("account")[0]["owner"] == "user:ben"
    assert len(gateway.rows("account")) == 1


def test_an_erased_account_leaves_nothing_but_a_nameless_note(inside: Inside, swift: SwiftServer, bucket: str) -> None:
    gone = live(inside)
    erasure.erase(inside.user(SUBJECT))
    assert_erased(inside, swift, bucket, gone)
    assert auditing.check(inside.context) == []


@pytest.mark.parametrize("_database_server", ["SQLite"], indirect=True)  # a server keeps its files to itself
def test_an_erased_account_is_not_in_the_files_of_the_database_either(inside: Inside, database: Path) -> None:
    files = [database, database.with_name(f"{database.name}-wal")]
    live(inside)
    assert any(SUBJECT.encode() in file.read_bytes() for file in files)
    erasure.erase(inside.user(SUBJECT))
    assert [file.name for file in files if SUBJECT.encode() in file.read_bytes()] == []


def test_erasing_and_using_it_again_begins_anew(
    gateway: GatewayProcess, sign_in: Callable[..., GatewayClient], swift: SwiftServer, bucket: str
) -> None:
    user = sign_in(gateway.url)
    user.store(FILM)
    trail = user.http.get("/v1/audit").json()["entries"]
    assert [entry["action"] for entry in trail] == ["upload.stored", "upload.created"]
    first = user.http.get("/v1/audit", params={"limit": 1}).json()
    rest = user.http.get("/v1/audit", params={"limit": 1, "cursor": first["cursor"]}).json()
    assert first["entries"] + rest["entries"] == trail
    assert rest["cursor"] is None
    assert [user.http.delete("/v1/account").status_code for _ in range(2)] == [204, 204]
    assert swift.keys(bucket) == []
    assert user.http.get("/v1/audit").json() == {"entries": [], "cursor": None}
    assert user.http.get("/v1/account").json()["usage"]["stored_bytes"] == 0
    user.store(FILM)
    assert len(user.http.get("/v1/audit").json()["entries"]) == 2
    with GatewayClient.guest(gateway.url) as guest:
        guest.store(FILM)
        assert guest.http.delete("/v1/account").status_code == 204
        assert guest.http.get("/v1/account").status_code == 401


def erase(database: str, endpoint: str, bucket: str) -> None:
    """The work that is killed."""
    with Inside(Path(database), endpoint, bucket) as gateway:
        erasure.erase(gateway.user(SUBJECT))


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_an_erasure_killed_anywhere_is_finished_by_the_next_sweep(
    every: bool, tmp_path: Path, swift: SwiftServer, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(name: str) -> tuple[dict[str, str], list[str]]:
        swift.make_bucket(bucket)
        with Inside(tmp_path / name, swift.endpoint, bucket) as gateway:
            gone = live(gateway)
        return {"database": str(tmp_path / name), "endpoint": swift.endpoint, "bucket": bucket}, gone

    with ForkedRuns("tests.gateway.test_account:erase") as runs:
        points = runs.points(tmp_path / "points", **prepare("learn")[0])
        chosen = points if every else sample(points)[1:3]
        for number, point in enumerate(chosen):
            given, gone = prepare(f"{number}.db")
            runs.kill_at(point, **given)
            with Inside(Path(given["database"]), swift.endpoint, bucket, advance=120) as gateway:
                sweep(gateway.context)
                assert_erased(gateway, swift, bucket, gone)
    with capsys.disabled():
        print(tell("erasure", chosen, points))


def tamper(gateway: Inside, statement: str) -> None:
    with gateway.context.state.write() as transaction:
        assert transaction.connection.exec_driver_sql(statement).rowcount


TAMPERED = {
    "UPDATE audit SET action = 'upload.stored' WHERE action = 'upload.removed'": "changed",
    "UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE action = 'upload.removed'": "changed",
    "DELETE FROM audit WHERE action = 'upload.stored'": "missing",
    "DELETE FROM audit WHERE action = 'upload.removed'": "cut",
    "DELETE FROM audit": "cut",
    "UPDATE audit SET seq = seq + 10": "missing",
}


def test_s16_a_tampered_audit_is_noticed(inside: Inside) -> None:
    user = inside.user()
    upload = inside.store(user, FILM)
    uploads.drop(user, upload.upload_id)
    assert auditing.anchor(inside.context) is not None
    assert auditing.anchor(inside.context) is None
    written = inside.rows("audit")
    for statement, what in TAMPERED.items():
        assert auditing.check(inside.context) == []
        tamper(inside, statement)
        assert what in {found.what for found in auditing.check(inside.context)}, statement
        with inside.context.state.write() as transaction:
            transaction.connection.exec_driver_sql("DELETE FROM audit")
            transaction.execute(tables.audit.insert(), written)


def test_s16_a_chain_that_was_made_anew_is_noticed_by_its_anchor(inside: Inside) -> None:
    inside.store(inside.user(), FILM)
    auditing.anchor(inside.context)
    rows = inside.rows("audit")
    tamper(inside, "DELETE FROM audit")
    head = audit.begin(rows[0]["writer"])
    with inside.context.state.write() as transaction:
        for row in rows:
            entry = audit.link(head, at=row["at"], subject=row["subject"], action="harmless", target=str(uuid.uuid4()))
            transaction.execute(tables.audit.insert().values(vars(entry)))
            head = audit.head_of(entry)
    assert {found.what for found in auditing.check(inside.context)} == {"rewritten"}


def test_s16_the_operator_checks_from_the_command_line(
    start_gateway: Callable[..., GatewayProcess], sign_in: Callable[..., GatewayClient], tmp_path: Path
) -> None:
    gateway = start_gateway()
    sign_in(gateway.url).store(FILM)

    def check() -> tuple[int, str]:
        ended = command.run("gateway", "--check-audit", environment={**os.environ, **gateway.variables})
        return ended.returncode, ended.stdout.strip()

    assert check() == (0, "Nobody changed the audit.")
    with closing(sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)) as database:
        database.execute("UPDATE audit SET target = 'another' WHERE action = 'upload.stored'")
    assert check() == (1, "The audit was changed in 1 place(s).")
