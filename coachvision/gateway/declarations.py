"""Declarations of many requests put to a database server together: a way to it and back costs more than a statement.

Nobody waits for others to come: those that arrive while the server is asked are the next to be put to it. For
`declaring`, and `context`, which makes the one of a process.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from coachvision.gateway.state import Fields, Prepared, State
from coachvision.web.problems import Refusal

_log = logging.getLogger("coachvision.gateway")
# Of an upload, what signing wants to know.
SIGNED_BY = (
    "upload_id", "session_id", "key", "content_type", "size", "part_size", "parts_total", "state", "storage_id",
)  # fmt: skip
# Requests in one statement, and how long it waits for a part that somebody has, before each asks by itself.
_MOST, _LOCK_MS = 64, 100


@dataclass(frozen=True)
class Declaration:
    """What one request declares. session_id: the only one it may be of, or None. md5s: by number of the part."""

    upload_id: str
    owner: str
    session_id: str | None
    md5s: Mapping[int, str]


_Asked = tuple[Declaration, asyncio.Future[Fields | None]]


class Declarations:
    """Puts the declarations of many requests to a database server together. One for a process and its event loop."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: list[_Asked] = []
        self._asking = False
        self._thread = ThreadPoolExecutor(1, "declarations")
        # Of the thread alone.
        self._connection: Connection | None = None

    async def put(self, wanted: Declaration) -> Fields | None:
        """Declare it with the others that wait; its upload, where that is open and the parts are its own.

        An upload that is not open is returned too, with nothing declared. None: it is not the owner's, or somebody has
        it, or the server did not take the statement; nothing is said about whether it was declared.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Fields | None] = loop.create_future()
        self._waiting.append((wanted, answer))
        if not self._asking:
            self._asking = True
            # After all those whose requests have arrived by now.
            loop.call_soon(self._ask)
        return await answer

    def close(self) -> None:
        """Give back the connection, once whoever still waits was answered."""
        self._thread.submit(self._hang_up)
        self._thread.shutdown()

    def _ask(self) -> None:
        batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        wanted = [wanted for wanted, _ in batch]
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._declare, wanted)
        asked.add_done_callback(lambda told: self._answer(batch, told))

    def _answer(self, batch: list[_Asked], told: asyncio.Future[list[Fields | None]]) -> None:
        self._asking = bool(self._waiting)
        if self._asking:
            self._ask()
        error = told.exception()
        for place, (_, answer) in enumerate(batch):
            if answer.done():
                # The caller hung up.
                continue
            if error is None:
                answer.set_result(told.result()[place])
            else:
                answer.set_exception(error)

    def _declare(self, batch: Sequence[Declaration]) -> list[Fields | None]:
        try:
            if self._connection is None:
                self._connection = self._state.alone()
                self._connection.exec_driver_sql(f"SET lock_timeout = {_LOCK_MS}")
            return declare_together(self._connection, batch)
        except (Refusal, psycopg.Error, SQLAlchemyError) as error:
            # Declaring twice is declaring once, so each may ask again.
            _log.info("declarations: together they failed (%s); each asks by itself", type(error).__name__)
            self._hang_up()
            return [None] * len(batch)

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Its settings are its own: nobody else may find it in the pool.
            connection.invalidate()
            connection.close()


def declare_together(connection: Connection, batch: Sequence[Declaration]) -> list[Fields | None]:
    """One statement for all (PostgreSQL). Of two for one part the later counts. What `Declarations.put` returns."""
    asked = [
        {
            "place": place, "upload_id": one.upload_id, "owner": one.owner, "session_id": one.session_id,
            "highest": max(one.md5s), "md5s": one.md5s,
        }
        for place, one in enumerate(batch)
    ]  # fmt: skip
    found: list[Fields | None] = [None] * len(batch)
    for place, *row in _TOGETHER.run(connection, [{"asked": json.dumps(asked)}]):
        found[place] = fields(row)
    return found


def _select_and_upsert(_: str) -> Any:
    """Nothing is declared for an upload not the caller's or not open, or beyond its last part.

    An upload that somebody has is left out: it must not hold up the others. Parts are taken in their order, so that two
    processes never wait for each other. Waiting for the disk is spared this statement alone (`durable=False`).
    """
    columns = ", ".join(f"upload.{name}" for name in SIGNED_BY)
    return text(
        "WITH asked AS MATERIALIZED (SELECT * FROM json_to_recordset(CAST(:asked AS json)) AS asked"  # noqa: S608
        " (place integer, upload_id text, owner text, session_id text, highest integer, md5s json)),"
        f" found AS (SELECT asked.place, asked.highest, asked.md5s, {columns} FROM asked JOIN upload"
        " ON upload.upload_id = asked.upload_id AND upload.owner = asked.owner"
        " AND upload.session_id = COALESCE(asked.session_id, upload.session_id) FOR SHARE OF upload SKIP LOCKED),"
        " given AS (SELECT found.upload_id, found.place, CAST(one.key AS integer) AS n, one.value AS md5"
        " FROM found CROSS JOIN LATERAL json_each_text(found.md5s) AS one"
        " WHERE found.state = 'open' AND found.highest <= found.parts_total),"
        " declared AS (INSERT INTO part (upload_id, n, md5)"
        " SELECT DISTINCT ON (upload_id, n) upload_id, n, md5 FROM given ORDER BY upload_id, n, place DESC"
        " ON CONFLICT (upload_id, n) DO UPDATE SET md5 = excluded.md5)"
        f" SELECT place, {', '.join(SIGNED_BY)}, set_config('synchronous_commit', 'off', true) FROM found"
    )


_TOGETHER = Prepared(_select_and_upsert)


def fields(row: Sequence[Any]) -> Fields:
    """A row of `SIGNED_BY` and perhaps more by its names."""
    return dict(zip(SIGNED_BY, row, strict=False))
