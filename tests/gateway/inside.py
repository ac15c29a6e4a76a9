"""The gateway's parts without its HTTP: for tests of what happens between requests, and of processes that die."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from coachvision.gateway import context, declaring, migrate, uploads
from coachvision.gateway.calls import Caller, OwnedCall
from coachvision.gateway.routes.guest import _create as create_guest
from coachvision.gateway.settings import Settings
from coachvision.wire.gateway import CreateUpload, Guest, PartDigest, Upload
from tests.support.clock import ManualClock
from tests.support.gateway_process import PART_BYTES
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY

ADDRESS = "192.0.2.7"


class Inside:
    """One gateway's context on a database and a bucket. advance: the clock's lead over the real time, in seconds."""

    def __init__(self, database: Path | str, endpoint: str, bucket: str, *, advance: float = 0, **more: Any) -> None:
        self.settings = Settings(
            database_url=f"sqlite:///{database}" if isinstance(database, Path) else database,
            auth_issuer="http://127.0.0.1:9/auth/v1",
            s3_endpoint=endpoint,
            s3_bucket=bucket,
            s3_region=REGION,
            s3_access_key=ACCESS_KEY,
            s3_secret_key=SECRET_KEY,
            secret="a secret of the tests",  # noqa: S106 - of nobody
            part_bytes=PART_BYTES,
            log="none",
            **more,
        )
        # Swift judges signed addresses by the real time, so that is where this clock begins.
        self.clock = ManualClock(ManualClock.of_now())
        self.clock.advance(advance)
        migrate.upgrade(self.settings.database_url)
        self.context = context.build(self.settings, self.clock)

    def guest(self) -> tuple[Guest, OwnedCall]:
        """A new guest and a call of it."""
        made = create_guest(OwnedCall(self.context, ADDRESS, Caller("guest", "nobody")))
        return made, self.call("guest", made.guest_id)

    def user(self, subject: str = "anna") -> OwnedCall:
        """A call of a signed-in user."""
        return self.call("user", subject)

    def call(self, kind: Any, subject: str) -> OwnedCall:
        return OwnedCall(self.context, ADDRESS, Caller(kind, subject))

    def announce(self, call: OwnedCall, data: bytes, **change: Any) -> Upload:
        wanted = {
            "session_id": str(uuid.uuid4()), "kind": "video", "ext": "mp4", "content_type": "video/mp4",
            "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **change,
        }  # fmt: skip
        return uploads.create(call, CreateUpload(**wanted), str(uuid.uuid4()))[0]

    def send(self, call: OwnedCall, upload: Upload, data: bytes) -> None:
        cut = [data[first : first + upload.part_size] for first in range(0, len(data), upload.part_size)]
        digests = [PartDigest(n=n, md5=hashlib.md5(part).hexdigest()) for n, part in enumerate(cut, 1)]  # noqa: S324
        row = declaring.declare_now(call, upload.upload_id, digests)
        storage_id = row["storage_id"] or uploads.begin(self.context, row)
        for signed in uploads.signed(call, row, storage_id, digests).parts:
            answer = httpx.put(signed.url, content=cut[signed.n - 1], headers=signed.headers, trust_env=False)
            answer.raise_for_status()

    def store(self, call: OwnedCall, data: bytes, **change: Any) -> Upload:
        upload = self.announce(call, data, **change)
        self.send(call, upload, data)
        return uploads.complete(call, upload.upload_id)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table."""
        with self.context.state.read() as connection:
            return [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()]  # noqa: S608

    def close(self) -> None:
        self.context.close()

    def __enter__(self) -> Inside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
