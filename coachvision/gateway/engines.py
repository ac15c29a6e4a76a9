"""How a database is reached, and how long it is waited for. For `state` and `migrate`.

A PostgreSQL server may go silent at any moment: a network that swallows packets, a pooler that stands still. A
connection, an answer and a lock are each waited for `wait_s`; then the caller is told that the service is not there,
and so are others at once: see `doors`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from time import monotonic
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from coachvision.gateway.doors import Door
from coachvision.web.problems import Refusal

T = TypeVar("T")
WAIT_S = 10
BUSY_MS = 10_000
# The server ends what takes too long, and tells; silence for longer than that is no slow statement.
_GRACE_S = 2
# All threads that FastAPI's requests may run in, and the event loop.
_POOL, _MORE = 10, 34


class InUse(Exception):  # noqa: N818 - a reason to wait elsewhere
    """Another writer holds the file right now."""


class _Connection(psycopg.Connection[Any]):
    """A connection that gives a silent server up, which the driver's own never does."""

    silence_s: float | None = None
    door: Door

    def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
        if self.silence_s is None:
            return super().wait(gen, *args, **more)
        try:
            return super().wait(_heard(gen, self.silence_s), *args, **more)
        except _Silent:
            # Whatever comes later would be taken for the answer to something else.
            self.close()
            self.door.shut()
            raise


class _Silent(psycopg.OperationalError):
    """The server said nothing for too long."""


def _heard(gen: Generator[Any, Any, T], silence_s: float) -> Generator[Any, Any, T]:
    """The same conversation, ended where the server is silent. The driver looks in every tenth of a second."""
    since = monotonic()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready:
                since = monotonic()
            elif monotonic() - since > silence_s:
                raise _Silent("the database server does not answer")
            wanted = gen.send(ready)
    except StopIteration as done:
        answer: T = done.value
        return answer


def make_engine(url: str, wait_s: int | None = WAIT_S) -> Engine:
    """An engine for SQLite or PostgreSQL. wait_s: see above; None: statements may take as long as they take."""
    url = url.replace("postgres://", "postgresql://", 1)
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=_POOL, max_overflow=_MORE, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    named = make_url(url).query
    patience = {
        "connect_timeout": wait_s or WAIT_S,
        # A server that no packet reaches is given up, instead of after the quarter of an hour that TCP tries.
        "tcp_user_timeout": 1000 * (wait_s or WAIT_S), "keepalives_idle": 10, "keepalives_interval": 5,
    }  # fmt: skip
    # A server may go away between two transactions, as a file does not: `pool_pre_ping`.
    engine = create_engine(
        url, pool_size=_POOL, max_overflow=_MORE, pool_pre_ping=True, hide_parameters=True,
        connect_args={name: value for name, value in patience.items() if name not in named},
    )  # fmt: skip
    door = Door(psycopg.OperationalError, _not_reached)

    def make(*args: Any, **more: Any) -> _Connection:
        made = _Connection.connect(*args, **more)
        made.door = door
        if wait_s is not None:
            made.silence_s = wait_s + _GRACE_S
            try:
                _bound(made, wait_s)
            except BaseException:
                made.close()
                raise
        return made

    def connect(_dialect: object, _record: object, args: Any, more: Any) -> _Connection:
        with door.through():
            return make(*args, **more)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _not_reached() -> Exception:
    return psycopg.OperationalError("the database server could not be reached just now")


def _bound(connection: _Connection, wait_s: int) -> None:
    """The server gives up, too: a lock whose holder was cut off must not be held until the server misses him."""
    bounds = {"statement_timeout": wait_s, "idle_in_transaction_session_timeout": 2 * wait_s}
    for name, seconds in bounds.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds}s"))
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun below: the driver's own would start a writer as a reader, which then cannot wait its turn.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is erased is overwritten, not only given free.
    connection.execute("PRAGMA secure_delete = ON")
    # Readers wait too, while a log is being recovered.
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def _begin_sqlite(connection: Connection) -> None:
    """Every request begins a transaction, and most are as short as this: the driver's own calls, then."""
    driver: Any = connection.connection.driver_connection
    options = connection.get_execution_options()
    if not options.get("writes"):
        driver.execute("BEGIN")
        return
    busy_ms = options.get("busy_ms", BUSY_MS)
    for name, value in (("synchronous", "FULL" if options["durable"] else "NORMAL"), ("busy_timeout", busy_ms)):
        if connection.info.get(name) != value:
            driver.execute(f"PRAGMA {name} = {value}")
            connection.info[name] = value
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise (busy() if busy_ms else InUse()) from error


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes") and not options["durable"]:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def busy() -> Refusal:
    """The answer where the database is not there, or has no time."""
    return Refusal("upstream_unavailable", "The service is too busy: try again.", retry_after=2)
