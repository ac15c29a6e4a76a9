"""The life of an upload as a process that is killed: as the gateway does it between two answers."""

from __future__ import annotations

from pathlib import Path

from coachvision.gateway import uploads
from coachvision.wire.gateway import CreateUpload
from tests.gateway.inside import Inside
from tests.support.gateway_process import PART_BYTES

FILM = b"film" * (PART_BYTES // 4) + b"end"
WANTED = {
    "session_id": "0b6c1d8e-3f7a-4f8e-9a55-1f2e3d4c5b6a", "kind": "video", "ext": "mp4", "content_type": "video/mp4",
    "size": len(FILM), "sha256": "a" * 64,
}  # fmt: skip


def work(database: str, endpoint: str, bucket: str) -> None:
    """Announce, send and complete one object; announce and drop another. Every step may be a repetition."""
    with Inside(Path(database), endpoint, bucket) as gateway:
        user = gateway.user()
        kept = uploads.create(user, CreateUpload.model_validate(WANTED), "kept")[0]
        if kept.state == "open":
            gateway.send(user, kept, FILM)
        uploads.complete(user, kept.upload_id)
        dropped = uploads.create(user, CreateUpload.model_validate({**WANTED, "size": 4}), "dropped")[0]
        uploads.drop(user, dropped.upload_id)
