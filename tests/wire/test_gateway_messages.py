"""The gateway's messages: requests refuse what they do not know, every code has its status, documents stay JSON."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from pydantic import ValidationError

from coachvision.wire.gateway import STATUS, Code, CreateUpload, Problem, SessionManifest, SignParts, Upload
from coachvision.wire.gateway_sharing import ChangeShare

SESSION = "0b6c1d8e-3f7a-4f8e-9a55-1f2e3d4c5b6a"
UPLOAD = {
    "session_id": SESSION, "kind": "video", "ext": "mp4", "content_type": "video/mp4", "size": 10, "sha256": "a" * 64,
}  # fmt: skip
MANIFEST = {"device_id": "laptop", "created": "2026-01-01T00:00:00.000Z", "updated": "2026-01-01T00:00:00.000Z"}


def test_every_code_has_one_status() -> None:
    assert set(STATUS) == set(get_args(Code))
    assert all(400 <= status < 600 for status in STATUS.values())


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": SESSION.upper()}, {"session_id": f"{SESSION}/.."}, {"ext": "../mp4"}, {"size": 0},
        {"size": "10"}, {"size": True}, {"sha256": "A" * 64}, {"kind": "page"}, {"key": "users/someone/else.mp4"},
    ],
)  # fmt: skip
def test_an_upload_that_is_not_exactly_as_described_is_refused(change: dict[str, object]) -> None:
    CreateUpload.model_validate(UPLOAD)
    with pytest.raises(ValidationError):
        CreateUpload.model_validate(UPLOAD | change)


def test_at_most_a_hundred_parts_are_signed_at_once() -> None:
    parts = [{"n": n, "md5": "0" * 32} for n in range(1, 102)]
    assert len(SignParts.model_validate({"parts": parts[:100]}).parts) == 100
    for wrong in (parts, [], [{"n": 0, "md5": "0" * 32}], [{"n": 10_001, "md5": "0" * 32}]):
        with pytest.raises(ValidationError):
            SignParts.model_validate({"parts": wrong})


def test_a_manifest_travels_unchanged_and_cannot_hold_what_json_cannot() -> None:
    document = {"note": "léger \u0000", "deep": [{"x": 1.5}], "big": 2**60}
    told = SessionManifest.model_validate(MANIFEST | {"document": document})
    assert SessionManifest.model_validate_json(told.model_dump_json()) == told
    assert told.document == document
    with pytest.raises(ValidationError):
        SessionManifest.model_validate(MANIFEST | {"document": {"x": math.nan}})


def test_readers_ignore_fields_of_a_newer_gateway() -> None:
    reply = {"upload_id": SESSION, "part_size": 5, "parts_total": 2, "state": "open", "colour": "blue"}
    assert Upload.model_validate(UPLOAD | reply).parts_total == 2
    problem = {"code": "rate_limited", "status": 429, "detail": "Wait.", "request_id": "r", "retry_after": 3, "x": 1}
    assert Problem.model_validate(problem).retry_after == 3


def test_a_password_left_out_differs_from_one_taken_away() -> None:
    assert "password" not in ChangeShare.model_validate({"expires_in": 60}).model_fields_set
    assert "password" in ChangeShare.model_validate({"password": None}).model_fields_set
