"""A cloud of real processes (gateway, Swift, auth double, two bad networks), started once, and laptops on it.

Each test has accounts of its own, so that none sees what another left in the cloud.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support.auth_server import AuthServer
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer
from tests.sync.laptop import Laptop, Tokens

BUCKET = "sync"


@dataclass
class Cloud:
    """api, storage: the networks to the gateway and to Swift, each with its faults. url: of the gateway through api."""

    auth: AuthServer
    gateway: GatewayProcess
    swift: SwiftServer
    api: FaultProxy
    storage: FaultProxy

    @property
    def url(self) -> str:
        return self.api.url

    def keys(self, user_id: str) -> list[str]:
        """What lies in the storage of that account."""
        return [key for key in self.swift.keys(BUCKET) if key.startswith(f"users/{user_id}/")]

    def uploads(self, user_id: str) -> list[str]:
        """Uploads under way in the storage."""
        return [key for key in self.swift.uploads(BUCKET) if key.startswith(f"users/{user_id}/")]

    def body(self, key: str) -> bytes:
        client = self.swift.client()
        try:
            body: bytes = client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        finally:
            client.close()
        return body

    def parts_taken(self) -> list[str]:
        """Every part that the storage has taken since the last reset, as its address without the signature."""
        asked = self.storage.requests("PUT", "partNumber")
        return [_part(one["target"]) for one in asked if one["status"] == 200]


def _part(target: str) -> str:
    path, _, query = target.partition("?")
    kept = sorted(pair for pair in query.split("&") if pair.startswith(("partNumber", "uploadId")))
    return f"{path}?{'&'.join(kept)}"


@pytest.fixture(scope="session")
def _cloud(swift: SwiftServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    swift.make_bucket(BUCKET)
    with (
        AuthServer.start() as auth,
        FaultProxy.start(swift.endpoint) as storage,
        GatewayProcess(
            database=tmp_path_factory.mktemp("gateway") / "gateway.db", issuer=auth.issuer,
            storage_endpoint=swift.endpoint, bucket=BUCKET,
            environment={"COACHVISION_S3_PUBLIC_ENDPOINT": storage.url},
        ) as gateway,
        FaultProxy.start(gateway.url) as api,
    ):  # fmt: skip
        yield Cloud(auth, gateway, swift, api, storage)


@pytest.fixture
def cloud(_cloud: Cloud) -> Cloud:
    """A good network, nothing counted yet."""
    _cloud.api.reset()
    _cloud.storage.reset()
    return _cloud


MakeLaptop = Callable[..., Laptop]


@pytest.fixture
def make_laptop(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> MakeLaptop:
    """A laptop of that name, signed in as that person: the same in one test, another in the next."""
    test = uuid.uuid4().hex[:12]
    folder = tmp_path_factory.mktemp("laptops")

    def make(name: str = "one", person: str = "anna", **more: object) -> Laptop:
        email = f"{person}-{test}@example.org"
        told = cloud.auth.sign_in(email)
        tokens = Tokens(
            told["user"]["id"], told["access_token"], lambda: str(cloud.auth.sign_in(email)["access_token"])
        )
        (folder / name).mkdir(exist_ok=True)
        return Laptop(folder / name / "library", cloud.url, tokens, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def laptop(make_laptop: MakeLaptop) -> Laptop:
    return make_laptop()
