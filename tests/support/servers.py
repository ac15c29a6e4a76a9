"""Fixtures of the doubles, for tests/conftest.py: each process is started once a run, and given to a test as new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

# What they need is imported when a test takes them: most test runs take none.
if TYPE_CHECKING:
    from tests.support.auth_server import AuthServer
    from tests.support.fault_proxy import FaultProxy
    from tests.support.postgres_server import PostgresServer
    from tests.support.process import ServerProcess
    from tests.support.swift_server import SwiftServer


@pytest.fixture(scope="session")
def _auth_process() -> Iterator[AuthServer]:
    from tests.support.auth_server import AuthServer

    with AuthServer.start() as server:
        yield server


@pytest.fixture
def auth_server(_auth_process: AuthServer) -> AuthServer:
    """The auth server double: no users, no faults."""
    _auth_process.reset()
    return _auth_process


@pytest.fixture(scope="session")
def swift() -> Iterator[SwiftServer]:
    """The S3 storage. Its buckets outlive the test: take `bucket`, or `make_bucket` another."""
    from tests.support.swift_server import SwiftServer

    with SwiftServer.start() as server:
        yield server


@pytest.fixture
def bucket(swift: SwiftServer) -> str:
    """The name of an empty bucket."""
    return swift.make_bucket("coachvision")


@pytest.fixture
def fault_proxy() -> Iterator[Callable[[str], FaultProxy]]:
    """Puts a fault proxy in front of an address; several are possible."""
    from tests.support.fault_proxy import FaultProxy

    started: list[FaultProxy] = []

    def start(upstream: str) -> FaultProxy:
        started.append(FaultProxy.start(upstream))
        return started[-1]

    yield start
    for proxy in started:
        proxy.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """PostgreSQL: take a database of your own with `make_database`."""
    from tests.support.postgres_server import PostgresServer

    with PostgresServer.start() as server:
        yield server


@pytest.fixture
def redis_server() -> Iterator[ServerProcess]:
    """Redis; `ready["url"]` is where."""
    from tests.support import redis_server as double

    with double.start() as process:
        yield process
