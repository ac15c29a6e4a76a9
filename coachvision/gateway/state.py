"""The gateway's state: every read and write goes through here, in one transaction each.

SQLite by default (WAL; one writer at a time), PostgreSQL in production (row locks). What changes state is audited in
the same transaction: `Transaction.note`. The queries themselves are in the modules of their resources.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, ParamSpec, TypeVar

import psycopg
from sqlalchemy import Connection, Executable, RowMapping, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from coachvision.clock import Clock, iso
from coachvision.gateway import tables
from coachvision.gateway.engines import BUSY_MS, WAIT_S, InUse, busy, make_engine
from coachvision.web import audit

# A row by its columns' names.
Fields = RowMapping | Mapping[str, Any]
P = ParamSpec("P")
T = TypeVar("T")
# What the database's driver says where nothing of ours is wrong.
_ELSEWHERE = (sqlite3.OperationalError, psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout)


class State:
    """The database. One for a whole process; any thread. wait_s: how long a server is waited for (`engines`)."""

    def __init__(self, url: str, clock: Clock, wait_s: int = WAIT_S) -> None:
        self._clock = clock
        # Parameters are people's; they stay out of exceptions and so out of logs.
        self.engine = make_engine(url, wait_s)
        self._process = uuid.uuid4().hex
        self._local = threading.local()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises Refusal where the database cannot be reached."""
        with _translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Transaction]:
        """A transaction, committed at the end unless an exception passes.

        durable: on disk before it returns. Without, a power loss may undo it, never damage it: for what callers
        would find out and repeat. Raises Refusal where the database cannot be reached or is too busy.
        """
        with _translated(), self.engine.connect().execution_options(**self._options(durable)) as connection:
            with connection.begin():
                transaction = Transaction(connection, self._clock, self._head())
                yield transaction
                head = transaction.write_notes()
                # Should the commit's outcome stay unknown, this writer's chain ends here and another begins.
                self._local.head = None
            self._local.head = head

    @property
    def is_server(self) -> bool:
        """Whether each statement is a way to a server and back (PostgreSQL), not a call (SQLite)."""
        return self.engine.dialect.name != "sqlite"

    def wipe_log(self) -> None:
        """SQLite's log of changes, which tells what was deleted, too, is emptied; a server keeps its own.

        Where somebody reads all the while it stays until the next time.
        """
        if not self.is_server:
            with _translated(), closing(self.engine.raw_connection()) as connection:
                driver: Any = connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def alone(self) -> Connection:
        """A connection on which each statement is its own transaction, to keep and to close. Raises Refusal."""
        with _translated():
            return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _options(self, durable: bool) -> dict[str, Any]:
        impatient = getattr(self._local, "impatient", False)
        return {"writes": True, "durable": durable, "busy_ms": 0 if impatient else BUSY_MS}

    async def briefly(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that is one short write transaction that need not be durable, from the event loop.

        A file that nobody else is writing is done with here, in less time than going to another thread takes; a
        database server, or a file in use, is waited for in one. Nothing may precede the transaction: it may be begun
        twice.
        """
        if not self.is_server:
            self._local.impatient = True
            try:
                return work(*args, **kwargs)
            except InUse:
                pass
            finally:
                self._local.impatient = False
        return await run_in_threadpool(work, *args, **kwargs)

    def _head(self) -> audit.Head:
        head: audit.Head | None = getattr(self._local, "head", None)
        if head is None:
            head = self._local.head = audit.begin(f"{self._process}.{uuid.uuid4().hex[:8]}")
        return head

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def one(connection: Connection, statement: Executable) -> RowMapping | None:
    """The only row, or None."""
    return connection.execute(statement).mappings().one_or_none()


class Prepared:
    """A statement that is asked all the time: compiled once a dialect, run on the driver's own cursor.

    Core takes ten times as long for a small statement as the database does. Only for columns of text and whole numbers.
    """

    def __init__(self, build: Callable[[str], Any]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[str, tuple[str, ...]]] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Execute for each row of parameters; the rows found, of a query."""
        sql, names = self._compiled.get(connection.dialect.name) or self._compile(connection)
        cursor: Any = connection.connection.cursor()
        try:
            if len(rows) > 1:
                cursor.executemany(sql, [[row[name] for name in names] for row in rows])
                return []
            cursor.execute(sql, [rows[0][name] for name in names])
            return list(cursor.fetchall()) if cursor.description else []
        except _ELSEWHERE as error:
            raise busy() from error
        finally:
            cursor.close()

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...]]:
        name = connection.dialect.name
        dialects: Any = sqlite if name == "sqlite" else postgresql
        form = dialects.dialect(paramstyle="qmark" if name == "sqlite" else "format")
        compiled: Any = self._build(name).compile(dialect=form)
        found = (str(compiled), tuple(compiled.positiontup or ()))
        self._compiled[name] = found
        return found


class Transaction:
    """One write transaction. `now`: its moment, the same in all its rows."""

    def __init__(self, connection: Connection, clock: Clock, head: audit.Head) -> None:
        self.connection = connection
        self.now = iso(clock.now())
        self._head = head
        self._noted: list[tuple[str, str, str, str]] = []
        self.execute = connection.execute

    def one(self, statement: Executable) -> RowMapping | None:
        """The only row, or None."""
        return one(self.connection, statement)

    def upsert(self, table: Any, values: Mapping[str, Any] | list[dict[str, Any]], update: list[str]) -> None:
        """Insert, or update those columns of the row with the same primary key; no columns: leave it as it is."""
        self.connection.execute(upserting(self.connection.dialect.name, table, update), values)

    def lock_account(self, owner: str, tier: str) -> RowMapping:
        """The owner's account, made if there is none, locked until the end: one at a time changes quota or order."""
        columns = tables.account.c
        statement = select(tables.account).where(columns.owner == owner).with_for_update()
        found = self.one(statement)
        if found is None:
            values = {
                "owner": owner, "tier": tier, "created": self.now, "stored_bytes": 0, "reserved_bytes": 0,
                "epoch": uuid.uuid4().hex, "change_seq": 0, "audit_key": secrets.token_bytes(32),
            }  # fmt: skip
            self.upsert(tables.account, values, [])
            found = self.one(statement)
            assert found is not None  # noqa: S101 - inserted just above; for the type checker
        return found

    def note(self, action: str, account: Fields, target: str, address: str = "") -> None:
        """Audit a change of state by, or to, the owner of this account. address: a keyed hash."""
        subject = audit.pseudonym(account["audit_key"], account["owner"])
        self._noted.append((subject, action, target, address))

    def write_notes(self) -> audit.Head:
        """Append what was noted to the writer's chain. For `State.write`."""
        head = self._head
        for subject, action, target, address in self._noted:
            entry = audit.link(head, at=self.now, subject=subject, action=action, target=target, address=address)
            self.connection.execute(insert(tables.audit), vars(entry))
            head = audit.head_of(entry)
        return head


def upserting(dialect: str, table: Any, update: Sequence[str]) -> Any:
    """INSERT ... ON CONFLICT with the primary key: update those columns; none: leave the row as it is."""
    kind: Any = postgresql if dialect == "postgresql" else sqlite
    statement = kind.insert(table)
    keys = list(table.primary_key.columns)
    if not update:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in update}
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError"):
            raise busy() from error
        raise
