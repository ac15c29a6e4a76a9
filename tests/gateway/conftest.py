"""A real gateway process over Swift and the auth double, and callers of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.gateway.inside import Inside
from tests.support.auth_server import AuthServer
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.postgres_server import PostgresServer
from tests.support.swift_server import SwiftServer

Start = Callable[..., GatewayProcess]


@pytest.fixture
def start_gateway(auth_server: AuthServer, swift: SwiftServer, bucket: str, tmp_path: Path) -> Iterator[Start]:
    """Starts gateways on one database and one bucket; keyword arguments replace what `GatewayProcess` is given."""
    started: list[GatewayProcess] = []

    def start(**more: object) -> GatewayProcess:
        given = {
            "database": tmp_path / "gateway.db", "issuer": auth_server.issuer, "storage_endpoint": swift.endpoint,
            "bucket": bucket, **more,
        }  # fmt: skip
        started.append(GatewayProcess(**given))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def gateway(start_gateway: Start) -> GatewayProcess:
    """One gateway."""
    return start_gateway()


@pytest.fixture
def sign_in(auth_server: AuthServer) -> Iterator[Callable[..., GatewayClient]]:
    """A caller that is signed in under that email; anybody by default."""
    clients: list[GatewayClient] = []

    def signed_in(url: str, email: str = "anna@example.org") -> GatewayClient:
        clients.append(GatewayClient(url, f"Bearer {auth_server.sign_in(email)['access_token']}"))
        return clients[-1]

    yield signed_in
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def _lasting_gateway(
    _auth_process: AuthServer, swift: SwiftServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with GatewayProcess(
        database=tmp_path_factory.mktemp("gateway") / "gateway.db",
        issuer=_auth_process.issuer,
        storage_endpoint=swift.endpoint,
        bucket=swift.make_bucket("lasting"),
        environment={"COACHVISION_TRUSTED_PROXIES": "127.0.0.0/8"},
    ) as process:
        yield process


@pytest.fixture
def lasting_gateway(_lasting_gateway: GatewayProcess, auth_server: AuthServer) -> GatewayProcess:
    """One gateway for all tests that take it: what others left in it must not matter to them."""
    return _lasting_gateway


@pytest.fixture(scope="session", params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.soak)])
def _database_server(request: pytest.FixtureRequest) -> PostgresServer | None:
    # Of the whole run, so that no test is blamed for the process.
    return None if request.param == "SQLite" else request.getfixturevalue("postgres")


@pytest.fixture
def database(_database_server: PostgresServer | None, tmp_path: Path) -> Path | str:
    """An empty database: a file that is to be made, or a URL of PostgreSQL."""
    return tmp_path / "gateway.db" if _database_server is None else _database_server.make_database()


@pytest.fixture
def inside(database: Path | str, swift: SwiftServer, bucket: str) -> Iterator[Inside]:
    """The parts of a gateway, without its HTTP."""
    with Inside(database, swift.endpoint, bucket) as gateway:
        yield gateway


@dataclass
class World:
    """One gateway that many tests share, each with callers of its own. For tests that neither fail nor count it."""

    auth: AuthServer
    swift: SwiftServer
    bucket: str
    gateway: GatewayProcess
    callers: list[GatewayClient] = field(default_factory=list)

    def user(self) -> GatewayClient:
        """Somebody new, signed in."""
        token = self.auth.sign_in(f"{uuid.uuid4()}@example.org")["access_token"]
        return self._keep(GatewayClient(self.gateway.url, f"Bearer {token}"))

    def guest(self) -> GatewayClient:
        """A new guest."""
        return self._keep(GatewayClient.guest(self.gateway.url))

    def stranger(self) -> GatewayClient:
        """Somebody without any token."""
        return self._keep(GatewayClient(self.gateway.url))

    def keys(self, caller: GatewayClient) -> list[str]:
        """What the bucket holds of that caller."""
        subject = caller.http.get("/v1/account").json()["subject"]
        return [key for key in self.swift.keys(self.bucket) if f"/{subject}/" in key]

    def _keep(self, caller: GatewayClient) -> GatewayClient:
        self.callers.append(caller)
        return caller


@pytest.fixture
def world(lasting_gateway: GatewayProcess, auth_server: AuthServer, swift: SwiftServer) -> Iterator[World]:
    """The lasting gateway and callers of it."""
    world = World(auth_server, swift, "lasting", lasting_gateway)
    yield world
    for caller in world.callers:
        caller.close()
