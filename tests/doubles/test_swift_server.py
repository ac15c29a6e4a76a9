"""Swift as the tests' S3: multipart, and all that it refuses where a mock would say 200 (S1)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.support.swift_server import SwiftServer

PART = 5 * 2**20
KEY = "users/u1/s1/video.mp4"
FIRST = bytes(range(256)) * (PART // 256)
LAST = b"the end" * 1000


def md5_base64(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()  # noqa: S324 - S3's checksum


def expected_etag(*parts: bytes) -> str:
    sums = b"".join(hashlib.md5(part).digest() for part in parts)  # noqa: S324
    return f'"{hashlib.md5(sums).hexdigest()}-{len(parts)}"'  # noqa: S324


@pytest.fixture
def s3(swift: SwiftServer, bucket: str) -> Iterator[Any]:
    client = swift.client()
    yield client
    client.close()


@pytest.fixture
def upload(s3: Any, bucket: str) -> str:
    return str(s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"])


def sign(s3: Any, bucket: str, upload: str, data: bytes, number: int = 1, expires: int = 300) -> str:
    """An address for one part of one exact length and content."""
    parameters = {
        "Bucket": bucket,
        "Key": KEY,
        "UploadId": upload,
        "PartNumber": number,
        "ContentLength": len(data),
        "ContentMD5": md5_base64(data),
    }
    return str(s3.generate_presigned_url("upload_part", Params=parameters, ExpiresIn=expires))


def put(url: str, data: bytes, md5_of: bytes | None = None) -> httpx.Response:
    headers = {"content-md5": md5_base64(data if md5_of is None else md5_of)}
    return httpx.put(url, content=data, headers=headers, trust_env=False, timeout=30)


def test_a_multipart_upload_through_signed_addresses_is_one_object(s3: Any, bucket: str, upload: str) -> None:
    parts = []
    for number, data in enumerate((FIRST, LAST), 1):
        answer = put(sign(s3, bucket, upload, data, number), data)
        assert answer.status_code == 200
        parts.append({"PartNumber": number, "ETag": answer.headers["etag"]})
    listed = s3.list_parts(Bucket=bucket, Key=KEY, UploadId=upload)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, PART), (2, len(LAST))]
    s3.complete_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload, MultipartUpload={"Parts": parts})
    head = s3.head_object(Bucket=bucket, Key=KEY)
    assert (head["ContentLength"], head["ETag"]) == (PART + len(LAST), expected_etag(FIRST, LAST))
    ranged = s3.get_object(Bucket=bucket, Key=KEY, Range=f"bytes={PART - 4}-{PART + 2}")["Body"].read()
    assert ranged == FIRST[-4:] + LAST[:3]
    assert s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


@pytest.mark.parametrize("sent", [LAST + b"!", LAST[:-1]], ids=["one byte more", "one byte less"])
def test_a_part_of_another_length_is_refused(s3: Any, bucket: str, upload: str, sent: bytes) -> None:
    assert put(sign(s3, bucket, upload, LAST), sent, md5_of=LAST).status_code == 403


def test_a_body_of_another_sum_is_refused(s3: Any, bucket: str, upload: str) -> None:
    wrong = b"X" + LAST[1:]
    assert put(sign(s3, bucket, upload, LAST), wrong, md5_of=LAST).status_code in (400, 422)
    assert put(sign(s3, bucket, upload, LAST), wrong).status_code == 403


def change(url: str, **query: str) -> str:
    parts = urlsplit(url)
    changed = {name: values[0] for name, values in parse_qs(parts.query).items()} | query
    return urlunsplit(parts._replace(query=urlencode(changed)))


def test_another_key_or_part_is_refused(s3: Any, bucket: str, upload: str) -> None:
    url = sign(s3, bucket, upload, LAST)
    assert put(url.replace("video.mp4", "other.mp4"), LAST).status_code == 403
    assert put(url.replace("users/u1", "users/u2"), LAST).status_code == 403
    assert put(change(url, partNumber="2"), LAST).status_code == 403
    assert put(url, LAST).status_code == 200


def test_an_expired_address_is_refused(s3: Any, bucket: str, upload: str) -> None:
    url = sign(s3, bucket, upload, LAST)
    longer = change(url, **{"X-Amz-Expires": "3600"})
    assert put(longer, LAST).status_code == 403
    short = sign(s3, bucket, upload, LAST, expires=1)
    for _ in range(200):
        answer = put(short, LAST)
        if answer.status_code != 200:
            break
    assert answer.status_code == 403


def test_an_existing_object_is_not_overwritten_when_asked_not_to(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="anonymous/g/x.mp4", Body=b"one")
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="anonymous/g/x.mp4", Body=b"two", IfNoneMatch="*")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412


def test_an_emptied_bucket_holds_neither_objects_nor_uploads(swift: SwiftServer, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"1")
    s3.create_multipart_upload(Bucket=bucket, Key="a/c")
    assert (swift.keys(bucket), swift.uploads(bucket)) == (["a/b"], ["a/c"])
    swift.make_bucket(bucket)
    assert (swift.keys(bucket), swift.uploads(bucket)) == ([], [])
