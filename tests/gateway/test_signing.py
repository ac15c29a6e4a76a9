"""Our signer writes the same URLs as botocore, and refuses lifetimes that R2 would refuse only later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from coachvision.gateway.signing import Signer
from coachvision.gateway.storage import Bucket, expected_etag

ENDPOINT, BUCKET, REGION, ACCESS, SECRET = "https://s3.example:8443", "videos", "auto", "AKIA/+x", "s3cr3t/+="
SIGNER = Signer(ENDPOINT, BUCKET, REGION, ACCESS, SECRET)
NOW = datetime(2026, 1, 31, 12, 30, 15, 987654, tzinfo=UTC)


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.client(
        "s3", endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id=ACCESS, aws_secret_access_key=SECRET,
        config=config,
    )  # fmt: skip


def taken_apart(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


@pytest.mark.parametrize("key", ["users/a/b/c.mp4", "anonymous/x y+z~(1)/ä&=?.mov"])
def test_the_same_urls_as_botocore(theirs: object, key: str) -> None:
    headers = {"Content-Length": "5242880", "Content-MD5": "Twju9AlnJr/xEl4bG3NGRA=="}
    ours = SIGNER.sign(
        "PUT", key, query={"partNumber": "7", "uploadId": "x/y+z="}, headers=headers, seconds=3600, now=NOW
    )
    params = {
        "Bucket": BUCKET, "Key": key, "PartNumber": 7, "UploadId": "x/y+z=", "ContentLength": 5242880,
        "ContentMD5": headers["Content-MD5"],
    }  # fmt: skip
    url = theirs.generate_presigned_url("upload_part", Params=params, ExpiresIn=3600)  # type: ignore[attr-defined]
    assert taken_apart(ours) == taken_apart(url)
    answer = {"response-content-type": "video/mp4", "response-content-disposition": 'attachment; filename="a b.mp4"'}
    ours = SIGNER.sign("GET", key, query=answer, headers={}, seconds=900, now=NOW)
    params = {
        "Bucket": BUCKET, "Key": key, "ResponseContentType": "video/mp4",
        "ResponseContentDisposition": answer["response-content-disposition"],
    }  # fmt: skip
    url = theirs.generate_presigned_url("get_object", Params=params, ExpiresIn=900)  # type: ignore[attr-defined]
    assert taken_apart(ours) == taken_apart(url)


@pytest.mark.parametrize("seconds", [-1, 0, 7 * 86_400 + 1])
def test_a_url_lives_a_second_to_seven_days(seconds: int) -> None:
    with pytest.raises(ValueError, match="7 d"):
        SIGNER.sign("GET", "k", query={}, headers={}, seconds=seconds, now=NOW)


@given(st.integers(0, 2 * 86_400))
def test_the_key_of_the_day_changes_with_the_day(seconds: int) -> None:
    moment = NOW + timedelta(seconds=seconds)
    _, query = taken_apart(SIGNER.sign("GET", "k", query={}, headers={}, seconds=1, now=moment))
    assert query["X-Amz-Credential"].split("/")[-4] == query["X-Amz-Date"][:8] == moment.strftime("%Y%m%d")


def test_the_etag_of_a_multipart_object() -> None:
    assert expected_etag(["4f08eef4096726bff1125e1b1b734644", "7aea2552dfe7eb84b9443b6fc9ba6e01"]) == (
        "a45f1422f2dbe3d2890829dd76adba1b-2"
    )


def test_clients_may_reach_the_bucket_under_another_address() -> None:
    bucket = Bucket(
        endpoint="http://127.0.0.1:9", public_endpoint="https://films.example", bucket=BUCKET, region=REGION,
        access_key=ACCESS, secret_key=SECRET,
    )  # fmt: skip
    url, headers = bucket.sign_part("users/a/b.mp4", "u", 1, size=5, md5="0" * 32, seconds=60, now=NOW)
    bucket.close()
    assert url.startswith("https://films.example/videos/users/a/b.mp4?")
    assert headers == {"Content-Length": "5", "Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="}
