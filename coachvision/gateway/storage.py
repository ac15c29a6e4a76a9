"""The bucket: R2, or any S3 that checks what R2 checks. The only module that talks to it, and the only one with boto3.

What the storage answers is translated here: `UploadMissing`, `PartsMissing`, else `upstream_unavailable`. It may fall
silent at any moment: an answer is waited for `wait_s`, one that takes work longer, and others are told at once; see
`doors`.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from coachvision.gateway.doors import Door
from coachvision.gateway.signing import Signer
from coachvision.web.problems import Refusal

WAIT_S = 10
_log = logging.getLogger("coachvision.gateway")
_SILENCE = (ConnectTimeoutError, ReadTimeoutError)
# For work within the storage, a copy of several GiB or an object made of thousands of parts: it may say nothing before
# it is done. Not through the door: what takes long is no silence, and must not hold it while others could go in.
_WORK_WAIT_S = 60
# For balancers, which ask again soon and want to know now.
_CHECK_WAIT_S = 3
_MISSING_UPLOAD = ("NoSuchUpload",)
_MISSING_PARTS = ("InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML")
_MISSING_OBJECT = ("NoSuchKey", "404", "NotFound", "PreconditionFailed")


class UploadMissing(Exception):  # noqa: N818 - a state of the bucket, not a failure
    """The bucket knows no such multipart upload: finished, aborted, or swept."""


class PartsMissing(Exception):  # noqa: N818
    """The bucket does not hold all parts with these MD5 sums."""


class ObjectMissing(Exception):  # noqa: N818
    """The bucket has no such object, or another."""


@dataclass(frozen=True)
class StoredObject:
    """An object as the bucket tells it. etag: without quotes."""

    size: int
    etag: str


@dataclass(frozen=True)
class HeldPart:
    """A part as the bucket tells it."""

    size: int
    md5: str


class Bucket:
    """One bucket. One for a whole process; any thread. Methods that reach it raise Refusal where it cannot be."""

    def __init__(
        self, *, endpoint: str, public_endpoint: str | None, bucket: str, region: str, access_key: str,
        secret_key: str, wait_s: int = WAIT_S,
    ) -> None:  # fmt: skip
        self._name = bucket
        self._signer = Signer(public_endpoint or endpoint, bucket, region, access_key, secret_key)
        self._door = Door(_SILENCE, _unavailable)

        def client(wait_s: int) -> Any:
            made = boto3.client(
                "s3",
                endpoint_url=endpoint,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                config=Config(
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    s3={"addressing_style": "path"},
                    signature_version="s3v4",
                    retries={"mode": "standard", "total_max_attempts": 3},
                    connect_timeout=min(5, wait_s),
                    read_timeout=wait_s,
                    max_pool_connections=40,
                ),
            )
            made.meta.events.register_first("needs-retry.s3", _give_up)
            return made

        self.client = client(wait_s)
        self._working, self._checking = client(max(wait_s, _WORK_WAIT_S)), client(min(wait_s, _CHECK_WAIT_S))

    def begin(self, key: str, content_type: str) -> str:
        """Begin a multipart upload; its id in the bucket."""
        with self._asked():
            begun = self.client.create_multipart_upload(Bucket=self._name, Key=key, ContentType=content_type)
        return str(begun["UploadId"])

    def parts(self, key: str, storage_id: str) -> dict[int, HeldPart]:
        """The parts held, by number. Raises UploadMissing."""
        held: dict[int, HeldPart] = {}
        marker = 0
        while True:
            with self._asked():
                page = self.client.list_parts(
                    Bucket=self._name, Key=key, UploadId=storage_id, PartNumberMarker=marker, MaxParts=1000
                )
            for entry in page.get("Parts", ()):
                held[int(entry["PartNumber"])] = HeldPart(int(entry["Size"]), entry["ETag"].strip('"').lower())
            following = int(page.get("NextPartNumberMarker") or 0)
            if not page.get("IsTruncated") or following <= marker:
                return held
            marker = following

    def complete(self, key: str, storage_id: str, md5s: Sequence[str]) -> None:
        """Make the object of its parts 1, 2, ... with these MD5 sums. Raises UploadMissing, PartsMissing."""
        parts = [{"PartNumber": n, "ETag": f'"{md5}"'} for n, md5 in enumerate(md5s, 1)]
        with _translated():
            self._working.complete_multipart_upload(
                Bucket=self._name, Key=key, UploadId=storage_id, MultipartUpload={"Parts": parts}
            )

    def abort(self, key: str, storage_id: str) -> None:
        """Drop an upload and its parts; nothing where it is gone already."""
        try:
            with self._asked():
                self.client.abort_multipart_upload(Bucket=self._name, Key=key, UploadId=storage_id)
        except (UploadMissing, ObjectMissing):
            return

    def head(self, key: str) -> StoredObject | None:
        """The object, or None."""
        try:
            with self._asked():
                told = self.client.head_object(Bucket=self._name, Key=key)
        except ObjectMissing:
            return None
        return StoredObject(int(told["ContentLength"]), told["ETag"].strip('"').lower())

    def copy(self, source: str, key: str, etag: str) -> StoredObject:
        """Copy an object of at most 5 GiB within the bucket, whole or not at all. etag: what the source must be.

        Raises ObjectMissing where the source is not there, or is another.
        """
        with _translated():
            copied = self._working.copy_object(
                Bucket=self._name, Key=key, CopySource={"Bucket": self._name, "Key": source}, CopySourceIfMatch=etag
            )
        held = self.head(key)
        if held is None or held.etag != copied["CopyObjectResult"]["ETag"].strip('"').lower():
            raise _unavailable()
        return held

    def pending(self, prefix: str) -> Iterator[tuple[str, str, datetime]]:
        """Multipart uploads under way below the prefix: key, id and when they were begun."""
        marks: dict[str, str] = {}
        while True:
            with self._asked():
                page = self.client.list_multipart_uploads(Bucket=self._name, Prefix=prefix, **marks)
            for entry in page.get("Uploads", ()):
                yield entry["Key"], entry["UploadId"], entry["Initiated"]
            following = {
                "KeyMarker": page.get("NextKeyMarker", ""),
                "UploadIdMarker": page.get("NextUploadIdMarker", ""),
            }
            if not page.get("IsTruncated") or following == marks:
                return
            marks = following

    def delete(self, key: str) -> None:
        """Remove an object; nothing where it is gone already."""
        try:
            with self._asked():
                self.client.delete_object(Bucket=self._name, Key=key)
        except ObjectMissing:
            return

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a small object of the service's own."""
        with self._asked():
            self.client.put_object(Bucket=self._name, Key=key, Body=data, ContentType=content_type)

    def read(self, key: str) -> bytes | None:
        """A small object of the service's own, or None."""
        try:
            with self._asked():
                body: bytes = self.client.get_object(Bucket=self._name, Key=key)["Body"].read()
        except ObjectMissing:
            return None
        return body

    def keys(self, prefix: str) -> list[str]:
        """Every key below the prefix, sorted."""
        found: list[str] = []
        with self._asked():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix):
                found += [entry["Key"] for entry in page.get("Contents", ())]
        return sorted(found)

    def check(self) -> None:
        """Whether the bucket answers, soon; no guide to what others wait for."""
        with _translated():
            self._checking.head_bucket(Bucket=self._name)

    def sign_part(
        self, key: str, storage_id: str, n: int, *, size: int, md5: str, seconds: int, now: datetime
    ) -> tuple[str, dict[str, str]]:
        """URL and headers to PUT one part of exactly this size and MD5 (hex)."""
        headers = {"Content-Length": str(size), "Content-MD5": base64.b64encode(bytes.fromhex(md5)).decode()}
        query = {"partNumber": str(n), "uploadId": storage_id}
        return self._signer.sign("PUT", key, query=query, headers=headers, seconds=seconds, now=now), headers

    def sign_get(self, key: str, *, answer: Mapping[str, str], seconds: int, now: datetime) -> str:
        """URL to GET an object. answer: `response-content-type` and the like, which the storage will send."""
        return self._signer.sign("GET", key, query=answer, headers={}, seconds=seconds, now=now)

    def close(self) -> None:
        """Give back every connection."""
        for each in (self.client, self._working, self._checking):
            each.close()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with _translated(), self._door.through():
            yield


def expected_etag(md5s: Sequence[str]) -> str:
    """The ETag of an object made of parts with these MD5 sums: md5(md5s)-count (AWS's rule, R2's and Swift's too)."""
    joined = hashlib.md5(b"".join(bytes.fromhex(md5) for md5 in md5s), usedforsecurity=False)
    return f"{joined.hexdigest()}-{len(md5s)}"


def _give_up(caught_exception: Exception | None, **_more: object) -> None:
    """Silence is told and not tried again, which botocore would do. One of its events."""
    if isinstance(caught_exception, _SILENCE):
        raise caught_exception


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING_UPLOAD:
            raise UploadMissing from error
        if code in _MISSING_PARTS:
            raise PartsMissing from error
        if code in _MISSING_OBJECT:
            raise ObjectMissing from error
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        _log.warning("storage: %s answered %s (%s)", error.operation_name, status, code)
        raise _unavailable() from error
    except BotoCoreError as error:
        # Its own words may hold the whole address.
        _log.warning("storage: %s", type(error).__name__)
        raise _unavailable() from error


def _unavailable() -> Refusal:
    return Refusal("upstream_unavailable", "The storage does not answer: try again.", retry_after=5)
