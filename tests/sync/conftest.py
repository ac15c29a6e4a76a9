"""A cloud of real processes (gateway, Swift, auth double), and laptops that sync with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.auth_server import AuthServer
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer
from tests.sync.laptop import Laptop, Tokens

ANNA, BEN = "anna@example.org", "ben@example.org"
MakeLaptop = Callable[..., Laptop]


@pytest.fixture
def gateway(auth_server: AuthServer, swift: SwiftServer, bucket: str, tmp_path: Path) -> Iterator[GatewayProcess]:
    with GatewayProcess(
        database=tmp_path / "gateway.db", issuer=auth_server.issuer, storage_endpoint=swift.endpoint, bucket=bucket
    ) as process:
        yield process


@pytest.fixture
def make_laptop(auth_server: AuthServer, gateway: GatewayProcess, tmp_path: Path) -> MakeLaptop:
    """A laptop of that name, signed in under that email. url: a fault proxy in front of the gateway."""

    def make(name: str = "one", email: str = ANNA, *, url: str = "", **more: object) -> Laptop:
        told = auth_server.sign_in(email)
        tokens = Tokens(
            told["user"]["id"], told["access_token"], lambda: str(auth_server.sign_in(email)["access_token"])
        )
        (tmp_path / name).mkdir(exist_ok=True)
        return Laptop(tmp_path / name / "library", url or gateway.url, tokens, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def laptop(make_laptop: MakeLaptop) -> Laptop:
    return make_laptop()
