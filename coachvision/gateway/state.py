"""The gateway's state: every read and write goes through here, in one transaction each.

SQLite by default (WAL; one writer at a time), PostgreSQL in production (row locks). What changes state is audited in
the same transaction: `Transaction.note`. The queries themselves are in the modules of their resources.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, RowMapping, create_engine, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from coachvision.clock import Clock, iso
from coachvision.gateway import tables
from coachvision.web import audit
from coachvision.web.problems import Refusal

_BUSY_MS = 10_000
_POOL = 10


class State:
    """The database. One for a whole process; any thread."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        # Parameters are people's; they stay out of exceptions and so out of logs.
        self.engine = make_engine(url)
        self._process = uuid.uuid4().hex
        self._writers = threading.local()

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
        with _translated(), self.engine.connect().execution_options(writes=True, durable=durable) as connection:
            with connection.begin():
                transaction = Transaction(connection, self._clock, self._head())
                yield transaction
                head = transaction.write_notes()
                # Should the commit's outcome stay unknown, this writer's chain ends here and another begins.
                self._writers.head = None
            self._writers.head = head

    def _head(self) -> audit.Head:
        head: audit.Head | None = getattr(self._writers, "head", None)
        if head is None:
            head = self._writers.head = audit.begin(f"{self._process}.{uuid.uuid4().hex[:8]}")
        return head

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


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
        return self.connection.execute(statement).mappings().one_or_none()

    def upsert(self, table: Any, values: Mapping[str, Any] | list[dict[str, Any]], update: list[str]) -> None:
        """Insert, or update those columns of the row with the same primary key; no columns: leave it as it is."""
        kind = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        statement = kind.insert(table)
        keys = list(table.primary_key.columns)
        if update:
            changed = {name: statement.excluded[name] for name in update}
            self.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), values)
        else:
            self.connection.execute(statement.on_conflict_do_nothing(index_elements=keys), values)

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

    def note(self, action: str, account: RowMapping, target: str, address: str = "") -> None:
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


def make_engine(url: str) -> Engine:
    """An engine with the transactions this room relies on. For `State` and `migrate`."""
    url = url.replace("postgres://", "postgresql://", 1)
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, pool_size=_POOL, max_overflow=_POOL * 3, pool_pre_ping=True, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun below: the driver's own would start a writer as a reader, which then cannot wait its turn.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options['durable'] else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes") and not options["durable"]:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError"):
            raise Refusal("upstream_unavailable", "The service is too busy: try again.", retry_after=2) from error
        raise
