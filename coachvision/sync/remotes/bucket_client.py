"""boto3's client for a club's bucket; its requests go over our own line, which can be broken off. For `remotes.bucket`.

By itself botocore waits for a silent server until its own patience ends, and a closed window with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from coachvision.sync.remotes.line import Line


def make_client(line: Line, endpoint: str, region: str, pair: tuple[str, str]) -> Any:
    """pair: the key's id and its secret. Its calls raise Offline as the line does, and botocore's errors."""
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name=region, aws_access_key_id=pair[0], aws_secret_access_key=pair[1],
        config=Config(
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
            signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1},
        ),
    )  # fmt: skip

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        # botocore counts the bytes of what it hands on: they come as they are.
        headers = {**_texts(request.headers), "Accept-Encoding": "identity"}
        reply = line.request(request.method, request.url, content=request.body, headers=headers)
        return AWSResponse(request.url, reply.status, reply.headers, _Raw(reply.body))

    client.meta.events.register("before-send.s3", send)
    return client


def _texts(headers: Any) -> dict[str, str]:
    return {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in headers.items()}


class _Raw(BytesIO):
    """The answer's body as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()
