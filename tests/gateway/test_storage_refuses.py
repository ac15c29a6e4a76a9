"""S1: a signed URL is good for one part of one object of exactly that size and content, for its time, and no more."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from coachvision.wire.gateway import Upload
from tests.gateway.conftest import World
from tests.support.gateway_client import GatewayClient, put
from tests.support.gateway_process import PART_BYTES, GatewayProcess

DATA = os.urandom(PART_BYTES + 500)


def announced(user: GatewayClient, data: bytes = DATA) -> tuple[Upload, list[dict[str, Any]]]:
    upload = Upload.model_validate(user.announce(data).raise_for_status().json())
    return upload, user.sign(upload, data)


def assert_nothing_arrived(user: GatewayClient, upload: Upload) -> None:
    told = user.http.get(f"/v1/uploads/{upload.upload_id}").json()
    assert told["completed"] == []


def test_another_size_or_content_is_refused_by_the_storage(world: World) -> None:
    user = world.user()
    upload, (first, second) = announced(user)
    part, tail = DATA[:PART_BYTES], DATA[PART_BYTES:]
    digest = {"Content_MD5": second["headers"]["Content-MD5"]}
    swapped = tail[::-1]
    for signed, sent, headers in (
        (second, tail + b"x", {"Content_Length": str(len(tail) + 1)}),
        (second, tail[:-1], {"Content_Length": str(len(tail) - 1)}),
        (second, swapped, {}),
        (first, tail, {"Content_Length": str(len(tail)), **digest}),
        (second, part, {"Content_Length": str(len(part))}),
    ):
        assert put(signed, sent, **headers).status_code in (400, 403)
    without = {"Content-Length": second["headers"]["Content-Length"]}
    assert httpx.put(second["url"], content=swapped, headers=without, trust_env=False).status_code == 403
    assert_nothing_arrived(user, upload)
    assert put(second, tail).status_code == 200


def test_a_body_that_stops_short_or_goes_on_is_no_part(world: World) -> None:
    user = world.user()
    upload, (_, second) = announced(user)
    tail = DATA[PART_BYTES:]

    def chunked() -> Any:
        yield tail + b"more"

    headers = {"Content-MD5": second["headers"]["Content-MD5"]}
    answer = httpx.put(second["url"], content=chunked(), headers=headers, trust_env=False)
    assert answer.status_code in (400, 403, 411)
    assert_nothing_arrived(user, upload)


CHANGES = {
    "key": (r"/{own}\.", "/{other}."), "part": ("partNumber=2", "partNumber=1"), "prefix": ("/users/", "/anonymous/"),
    "expiry": ("X-Amz-Expires=3600", "X-Amz-Expires=604800"), "signed headers": ("content-length%3B", ""),
    "upload": ("uploadId=.", "uploadId="), "signature": ("Signature=.", "Signature="),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_url_is_refused(world: World, change: str) -> None:
    user = world.user()
    upload, (_, second) = announced(user)
    other, _ = announced(user)
    pattern, new = (text.format(own=upload.upload_id, other=other.upload_id) for text in CHANGES[change])
    url = re.sub(pattern, new, second["url"])
    assert url != second["url"]
    answer = put({**second, "url": url}, DATA[PART_BYTES:])
    assert 400 <= answer.status_code < 500
    for each in (upload, other):
        assert_nothing_arrived(user, each)


def test_a_url_for_writing_reads_and_deletes_nothing(world: World) -> None:
    user = world.user()
    stored = user.store(b"film")
    told = user.http.post(f"/v1/objects/{stored.upload_id}/download").json()
    assert httpx.get(told["url"], headers={"Range": "bytes=1-2"}, trust_env=False).content == b"il"
    assert httpx.delete(told["url"], trust_env=False).status_code == 403
    assert httpx.put(told["url"], content=b"other", trust_env=False).status_code == 403
    assert user.fetch(stored.upload_id) == b"film"
    _, (signed,) = announced(user, b"another")
    assert httpx.get(signed["url"], trust_env=False).status_code == 403


def test_an_expired_url_is_refused_and_a_new_one_works(
    start_gateway: Callable[..., GatewayProcess], sign_in: Callable[..., GatewayClient]
) -> None:
    gateway = start_gateway(environment={"COACHVISION_URL_TTL_S": "1", "COACHVISION_DOWNLOAD_TTL_S": "1"})
    user = sign_in(gateway.url)
    upload, (signed,) = announced(user, b"late")
    # The storage's own clock decides: asked until it says no.
    for _ in range(200):
        answer = httpx.get(quote(signed["url"], safe=":/?&=%"), trust_env=False)
        if b"expired" in answer.content.lower():
            break
    assert put(signed, b"late").status_code == 403
    assert_nothing_arrived(user, upload)
    user.send(upload, b"late")
    assert user.complete(upload).status_code == 200


def test_more_than_was_announced_cannot_be_completed(world: World) -> None:
    """Parts are what was signed: no part beyond the last, none of another size."""
    user = world.user()
    upload, _ = announced(user)
    for number in (0, 3, 10_001):
        digest = hashlib.md5(b"x").hexdigest()  # noqa: S324
        asked = {"parts": [{"n": number, "md5": digest}]}
        refused = user.http.post(f"/v1/uploads/{upload.upload_id}/urls", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    twice = {"parts": [{"n": 1, "md5": "0" * 32}, {"n": 1, "md5": "1" * 32}]}
    assert user.http.post(f"/v1/uploads/{upload.upload_id}/urls", json=twice).status_code == 400
