"""A plain caller of the gateway for tests: no retries, no cleverness, everything on the table."""

from __future__ import annotations

import hashlib
import uuid
from types import TracebackType
from typing import Any

import httpx

from coachvision.wire.gateway import Guest, Upload


class GatewayClient:
    """One caller. authorization: the whole header's value, or None for a stranger."""

    def __init__(self, url: str, authorization: str | None = None) -> None:
        headers = {} if authorization is None else {"Authorization": authorization}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    @classmethod
    def guest(cls, url: str) -> GatewayClient:
        """A new guest."""
        with cls(url) as stranger:
            told = Guest.model_validate(stranger.http.post("/v1/guest").raise_for_status().json())
        return cls(url, f"Guest {told.token}")

    def announce(
        self, data: bytes, *, key: str | None = None, session: str | None = None, **change: object
    ) -> httpx.Response:
        """`POST /v1/uploads` for this content."""
        body = {
            "session_id": session or str(uuid.uuid4()), "kind": "video", "ext": "mp4", "content_type": "video/mp4",
            "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **change,
        }  # fmt: skip
        return self.http.post("/v1/uploads", json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def sign(self, upload: Upload, data: bytes, numbers: list[int] | None = None) -> list[dict[str, Any]]:
        """Signed URLs for parts of this content, all by default."""
        wanted = numbers or list(range(1, upload.parts_total + 1))
        parts = [{"n": n, "md5": hashlib.md5(part(upload, data, n)).hexdigest()} for n in wanted]  # noqa: S324
        answer = self.http.post(f"/v1/uploads/{upload.upload_id}/urls", json={"parts": parts})
        signed: list[dict[str, Any]] = answer.raise_for_status().json()["parts"]
        return signed

    def send(self, upload: Upload, data: bytes, numbers: list[int] | None = None) -> None:
        """Sign and put parts."""
        for signed in self.sign(upload, data, numbers):
            put(signed, part(upload, data, signed["n"])).raise_for_status()

    def complete(self, upload: Upload) -> httpx.Response:
        """`POST .../complete`."""
        return self.http.post(f"/v1/uploads/{upload.upload_id}/complete")

    def store(self, data: bytes, **change: Any) -> Upload:
        """Everything, to the stored object."""
        upload = Upload.model_validate(self.announce(data, **change).raise_for_status().json())
        self.send(upload, data)
        return Upload.model_validate(self.complete(upload).raise_for_status().json())

    def fetch(self, object_id: str) -> bytes:
        """An object's content by its signed URL."""
        told = self.http.post(f"/v1/objects/{object_id}/download").raise_for_status().json()
        return httpx.get(told["url"], trust_env=False).raise_for_status().content

    def close(self) -> None:
        """Hang up."""
        self.http.close()

    def __enter__(self) -> GatewayClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def part(upload: Upload, data: bytes, n: int) -> bytes:
    """Part n of this content."""
    return data[(n - 1) * upload.part_size : n * upload.part_size]


def put(signed: dict[str, Any], data: bytes, **headers: str) -> httpx.Response:
    """PUT to a signed URL with its headers. headers: replaced ones; underscores stand for hyphens."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.put(signed["url"], content=data, headers={**signed["headers"], **changed}, trust_env=False, timeout=60)
