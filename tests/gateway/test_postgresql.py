"""On PostgreSQL: the same service, several processes at once, and S15: strangers of the database see no row."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import OperationalError

from coachvision.gateway import claims, engines, erasure, shares, tables
from coachvision.gateway.engines import make_engine
from coachvision.gateway.maintenance import sweep
from coachvision.wire.gateway import Upload
from coachvision.wire.gateway_sharing import CreateShare
from tests.gateway.inside import Inside
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.postgres_server import PostgresServer
from tests.support.process import ServerProcess
from tests.support.swift_server import SwiftServer

SignIn = Callable[..., GatewayClient]
FILM = b"a film" * 1000


def test_two_processes_behind_a_balancer_are_one_service(
    start_gateway: Callable[..., GatewayProcess], sign_in: SignIn, postgres: PostgresServer
) -> None:
    url = postgres.make_database()
    # Both migrate the empty database at the same moment.
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _: start_gateway(database=url), range(2))
    here, there = sign_in(one.url), sign_in(two.url)
    upload = Upload.model_validate(here.announce(FILM, key="k").raise_for_status().json())
    there.send(upload, FILM)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda client: client.complete(upload).json(), [here, there, here, there]))
    assert {answer["state"] for answer in done} == {"stored"}
    assert here.fetch(upload.upload_id) == there.fetch(upload.upload_id) == FILM
    assert there.http.get("/v1/account").json()["usage"]["stored_bytes"] == len(FILM)
    assert len(there.http.get("/v1/audit").json()["entries"]) == 2


def test_a_connection_that_fails_before_it_is_handed_out_is_closed(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[psycopg.Connection[Any]] = []

    def fail(connection: psycopg.Connection[Any], _wait_s: int) -> None:
        made.append(connection)
        raise psycopg.OperationalError("the server went away")

    monkeypatch.setattr(engines, "_bound", fail)
    engine = make_engine(postgres.make_database())
    with pytest.raises(OperationalError):
        engine.connect()
    assert [one.closed for one in made] == [True]
    engine.dispose()


def test_a_claim_a_sweep_and_an_erasure_on_postgresql(
    postgres: PostgresServer, swift: SwiftServer, bucket: str
) -> None:
    with Inside(postgres.make_database(), swift.endpoint, bucket) as gateway:
        guest, call = gateway.guest()
        clip = gateway.store(call, FILM)
        shares.create(call, CreateShare(object_id=clip.upload_id))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: claims.begin(gateway.user(), guest.token), range(4)))
        gateway.clock.advance(gateway.settings.download_ttl_s + 1)
        assert sweep(gateway.context).claims == 1
        assert [row["owner"] for row in gateway.rows("upload")] == ["user:anna"]
        assert [key.split("/")[0] for key in swift.keys(bucket)] == ["audit", "users"]
        erasure.erase(gateway.user())
        assert [key.split("/")[0] for key in swift.keys(bucket)] == ["audit"]
        assert gateway.rows("account") == []


def test_s15_strangers_of_the_database_find_and_change_no_row(
    postgres: PostgresServer, swift: SwiftServer, bucket: str
) -> None:
    url = postgres.make_database()
    with Inside(url, swift.endpoint, bucket) as gateway:
        gateway.store(gateway.guest()[1], FILM)
        gateway.store(gateway.user(), FILM)
    with psycopg.connect(url, autocommit=True) as connection:
        named = "SELECT relname, relrowsecurity FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        secured = dict(connection.execute(named + " WHERE relkind = 'r' AND nspname = 'public'").fetchall())
        assert secured == dict.fromkeys([*tables.metadata.tables, "alembic_version"], True)
        assert connection.execute("SELECT count(*) FROM upload").fetchone() == (2,)
        for role in ("anon", "authenticated"):
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            for table in secured:
                for attempt in ("SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(sql.SQL(attempt).format(sql.Identifier(table)))
            connection.execute("RESET ROLE")
            # Granted again by mistake, as a dashboard's click does: still no row.
            connection.execute(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(role)))
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            for table in secured:
                read = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
                assert connection.execute(read).fetchone() == (0,), table
                assert connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table))).rowcount == 0
            connection.execute("RESET ROLE")
        assert connection.execute("SELECT count(*) FROM upload").fetchone() == (2,)


def test_a_server_out_of_reach_is_given_up_soon_unless_its_address_says_when(postgres: PostgresServer) -> None:
    url = postgres.make_database()
    for address, wanted in ((url, "10"), (f"{url}&connect_timeout=3", "3")):
        engine = make_engine(address)
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            told = driver.info.get_parameters()
        engine.dispose()
        assert (told["connect_timeout"], told["tcp_user_timeout"]) == (wanted, "10000")


def test_limits_are_shared_through_redis_and_outlive_it(
    start_gateway: Callable[..., GatewayProcess], redis_server: ServerProcess
) -> None:
    environment = {"REDIS_URL": redis_server.ready["url"], "COACHVISION_RATE_GUESTS": "4/hour"}
    clients = [GatewayClient(start_gateway(environment=environment).url) for _ in range(2)]
    answers = [client.http.post("/v1/guest").status_code for _ in range(3) for client in clients]
    assert answers == [201] * 4 + [429] * 2
    redis_server.stop()
    # Each counts for itself now, and serves.
    assert [client.http.post("/v1/guest").status_code for client in clients] == [201, 201]
    for client in clients:
        client.close()
