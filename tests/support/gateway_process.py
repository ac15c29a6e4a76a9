"""The real gateway in a process of its own, over the auth double and Swift: what tests of sync and gateway talk to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.support.nursery import ForkedServer
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY

PART_BYTES = 5 << 20


class GatewayProcess:
    """A running gateway. url: its address. Several may share one database and one bucket.

    database: a SQLite file, or a URL of PostgreSQL. storage_endpoint: Swift, or a fault proxy in front of it.
    environment: more variables (`COACHVISION_KILL_AT`, rates, tiers, ...).
    """

    def __init__(
        self,
        *,
        database: Path | str,
        issuer: str,
        storage_endpoint: str,
        bucket: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        variables = {
            "DATABASE_URL": f"sqlite:///{database}" if isinstance(database, Path) else database,
            "COACHVISION_AUTH_ISSUER": issuer,
            "COACHVISION_S3_ENDPOINT": storage_endpoint,
            "COACHVISION_S3_BUCKET": bucket,
            "COACHVISION_S3_REGION": REGION,
            "COACHVISION_S3_ACCESS_KEY": ACCESS_KEY,
            "COACHVISION_S3_SECRET_KEY": SECRET_KEY,
            "COACHVISION_GATEWAY_SECRET": "a secret of the tests",
            "COACHVISION_PART_BYTES": str(PART_BYTES),
            # Tests ask faster than people; those about limits set their own.
            "COACHVISION_RATE_CALLER": "100000/minute",
            "COACHVISION_RATE_ADDRESS": "100000/minute",
            "COACHVISION_RATE_GUESTS": "100000/minute",
            "COACHVISION_RATE_REFUSED_TOKENS": "100000/minute",
        }
        self.variables = {**variables, **(environment or {})}
        self.process = ForkedServer("tests.support.gateway_child:main", self.variables)
        self.url: str = self.process.ready["url"]

    def log(self) -> str:
        """What it logged so far: JSON lines."""
        return self.process.errors()

    def stop(self) -> None:
        """End it."""
        self.process.stop()

    def __enter__(self) -> GatewayProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
