"""Declarations that PostgreSQL is told together: each as if it were alone, and none waits for another's upload."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from coachvision.gateway import declaring, uploads
from coachvision.gateway.calls import Caller, OwnedCall
from coachvision.gateway.declarations import Declaration, declare_together
from coachvision.gateway.state import Fields
from coachvision.wire.gateway import PartDigest, Upload
from tests.gateway.inside import ADDRESS, Inside
from tests.support.gateway_process import PART_BYTES
from tests.support.postgres_server import PostgresServer
from tests.support.swift_server import SwiftServer

FILM = b"film" * (PART_BYTES // 4) + b"end"
OLD, NEW, OTHER = "0" * 32, "1" * 32, "2" * 32


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.make_database()


@pytest.fixture
def inside(url: str, swift: SwiftServer, bucket: str) -> Iterator[Inside]:
    with Inside(url, swift.endpoint, bucket) as gateway:
        yield gateway


def declared(gateway: Inside) -> dict[tuple[str, int], str]:
    return {(row["upload_id"], row["n"]): row["md5"] for row in gateway.rows("part")}


def of(call: OwnedCall, upload: Upload, **md5s: str) -> Declaration:
    """md5s: `n1="..."`."""
    given = {int(name[1:]): md5 for name, md5 in md5s.items()}
    return Declaration(upload.upload_id, call.owner, call.caller.session_id, given)


def test_each_of_many_is_judged_as_if_it_were_alone(inside: Inside) -> None:
    anna, ben = inside.user("anna"), inside.user("ben")
    hers, his, stored = inside.announce(anna, FILM), inside.announce(ben, FILM), inside.store(ben, b"short")
    session = next(row["session_id"] for row in inside.rows("upload") if row["upload_id"] == hers.upload_id)
    box = OwnedCall(inside.context, ADDRESS, Caller("delegate", "anna", session))
    stray = OwnedCall(inside.context, ADDRESS, Caller("delegate", "anna", str(uuid.uuid4())))
    before = declared(inside)
    batch = [
        of(anna, hers, n1=OLD), of(ben, hers, n1=OTHER), of(ben, his, n1=OLD, n2=OLD), of(box, hers, n1=NEW),
        of(stray, hers, n1=OTHER), of(ben, his, n2=NEW, n3=NEW), of(ben, stored, n1=OTHER),
    ]  # fmt: skip
    with inside.context.state.alone() as connection:
        rows = declare_together(connection, batch)
    told = [None if row is None else (row["upload_id"], row["state"]) for row in rows]
    a, b = (hers.upload_id, "open"), (his.upload_id, "open")
    assert told == [a, None, b, a, None, b, (stored.upload_id, "stored")]
    # Of two for one part the later; of one that goes beyond the last part, nothing.
    added = {(hers.upload_id, 1): NEW, (his.upload_id, 1): OLD, (his.upload_id, 2): OLD}
    assert declared(inside) == {**before, **added}


def test_of_many_for_one_part_the_last_counts(inside: Inside) -> None:
    call = inside.user()
    upload = inside.announce(call, FILM)
    md5s = [f"{number:032x}" for number in range(40)]
    with inside.context.state.alone() as connection:
        declare_together(connection, [of(call, upload, n1=md5, n2=md5s[0]) for md5 in md5s])
    assert declared(inside) == {(upload.upload_id, 1): md5s[-1], (upload.upload_id, 2): md5s[0]}


def test_an_upload_that_somebody_has_is_waited_for_by_its_own_request_alone(inside: Inside, url: str) -> None:
    call = inside.user()
    held, free = inside.announce(call, FILM), inside.announce(call, FILM)

    async def work() -> None:
        with psycopg.connect(url) as holder, inside.context.state.alone() as connection:
            holder.execute("SELECT FROM upload WHERE upload_id = %s FOR UPDATE", [held.upload_id])
            connection.exec_driver_sql("SET statement_timeout = '30s'")
            rows = declare_together(connection, [of(call, held, n1=NEW), of(call, free, n2=NEW)])
            assert [row and row["upload_id"] for row in rows] == [None, free.upload_id]
            waits = asyncio.create_task(declare(call, held))
            await asyncio.wait_for(declare(call, free), 60)
            assert not waits.done()
        await asyncio.wait_for(waits, 60)

    asyncio.run(work())
    assert set(declared(inside)) == {(held.upload_id, 1), (free.upload_id, 1), (free.upload_id, 2)}


def test_a_part_that_somebody_has_is_waited_for_by_its_own_request_alone(inside: Inside, url: str) -> None:
    call = inside.user()
    # In whatever order their parts are taken.
    first, held, last = sorted((inside.announce(call, FILM) for _ in range(3)), key=lambda upload: upload.upload_id)

    async def work() -> None:
        with psycopg.connect(url) as holder:
            holder.execute("INSERT INTO part VALUES (%s, 1, %s)", [held.upload_id, OLD])
            waits, *served = (asyncio.create_task(declare(call, upload)) for upload in (held, first, last))
            for task in served:
                await asyncio.wait_for(task, 60)
            assert not waits.done()
        await asyncio.wait_for(waits, 60)

    asyncio.run(work())
    assert declared(inside) == {(upload.upload_id, 1): NEW for upload in (first, held, last)}


def test_a_caller_that_hangs_up_takes_no_answer_of_another(inside: Inside) -> None:
    call = inside.user()
    kept = [inside.announce(call, FILM) for _ in range(3)]

    async def work() -> list[str]:
        asked = [asyncio.create_task(declare(call, upload)) for upload in kept]
        # They are in the statement that is being made.
        await asyncio.sleep(0)
        asked[1].cancel()
        return [(await asyncio.wait_for(asked[n], 60))["upload_id"] for n in (0, 2)]

    assert asyncio.run(work()) == [kept[0].upload_id, kept[2].upload_id]


def test_connections_that_the_server_cut_are_noticed_by_no_caller(
    inside: Inside, postgres: PostgresServer, url: str
) -> None:
    call = inside.user()
    upload = inside.announce(call, FILM)

    async def work() -> None:
        await declare(call, upload)
        with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            assert connection.execute(cut, [conninfo_to_dict(url)["dbname"]]).fetchall()
        await declare(call, upload)
        # And the next is together with others again.
        assert await inside.context.declarations.put(of(call, upload, n2=NEW)) is not None

    asyncio.run(work())
    assert declared(inside) == {(upload.upload_id, 1): NEW, (upload.upload_id, 2): NEW}


async def declare(call: OwnedCall, upload: Upload) -> Fields:
    row = await declaring.declare(call, upload.upload_id, [PartDigest(n=1, md5=NEW)])
    signed = uploads.signed(call, row, row["storage_id"], [PartDigest(n=1, md5=NEW)])
    assert f"/{upload.upload_id}." in signed.parts[0].url
    return row
