"""Messages between the gateway and whoever calls it (sync, accounts, edge): problems, limits, uploads, sessions.

Sharing, claims, organizations and the audit trail are in `wire.gateway_sharing`. Requests are strict and refuse fields
that are not known: a gateway must not pretend to have obeyed what it did not understand. Replies may gain fields, and
readers ignore what they do not know. Ids are lower-case UUIDs, times UTC in ISO 8601 (`clock.iso`), sizes bytes, hashes
lower-case hex. `Authorization` is `Bearer <access token>`, `Guest <token>` or, for one session, `Delegation <token>`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from coachvision.wire.session import MetricRecord

API_VERSION = "1"
MANIFEST_BYTES = 4 << 20
URLS_A_REQUEST = 100
PAGE = 200

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Moment = Annotated[str, Field(max_length=40, pattern=r"^[0-9TZ:.+-]*$", description="UTC, ISO 8601")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Md5 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Label = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="256 random bits, base64url")]


def _whole(value: object) -> object:
    # To JSON, 3.0 is a whole number as 3 is.
    return int(value) if isinstance(value, float) and value.is_integer() else value


# Last, so that the bounds before it are told in the schema.
WHOLE = BeforeValidator(_whole)
PartNumber = Annotated[int, Field(ge=1, le=10_000), WHOLE]

Tier = Literal["guest", "registered", "organization"]
Code = Literal[
    "invalid_request", "token_invalid", "token_expired", "forbidden", "not_found", "method_not_allowed",
    "upload_busy", "state_conflict", "idempotency_mismatch", "upload_gone", "share_gone", "rev_conflict", "too_large",
    "checksum_mismatch", "unsupported_type", "rate_limited", "internal_error", "upstream_unavailable",
    "quota_exceeded",
]  # fmt: skip
STATUS: Mapping[Code, int] = {
    "invalid_request": 400, "token_invalid": 401, "token_expired": 401, "forbidden": 403, "not_found": 404,
    "method_not_allowed": 405, "upload_busy": 409, "state_conflict": 409, "idempotency_mismatch": 409,
    "upload_gone": 410, "share_gone": 410, "rev_conflict": 412, "too_large": 413, "checksum_mismatch": 422,
    "unsupported_type": 422, "rate_limited": 429, "internal_error": 500, "upstream_unavailable": 503,
    "quota_exceeded": 507,
}  # fmt: skip

ObjectKind = Literal["video", "run", "clip", "card", "file"]
# Nothing else is stored: the bucket is no web host, and no page or script may ever be served from it.
CONTENT_TYPES: Mapping[str, str] = {
    "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "3gp": "video/3gpp", "3g2": "video/3gpp2",
    "mkv": "video/x-matroska", "webm": "video/webm", "avi": "video/x-msvideo", "mts": "video/mp2t",
    "m2ts": "video/mp2t", "ts": "video/mp2t", "mpg": "video/mpeg", "mpeg": "video/mpeg", "wmv": "video/x-ms-wmv",
    "asf": "video/x-ms-asf", "flv": "video/x-flv", "ogv": "video/ogg", "gif": "image/gif", "h264": "video/h264",
    "hevc": "video/h265", "jpg": "image/jpeg", "png": "image/png", "npz": "application/octet-stream",
    "bin": "application/octet-stream", "zip": "application/zip", "json": "application/json", "csv": "text/csv",
}  # fmt: skip


class Request(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Reply(BaseModel):
    """What the gateway answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Problem(Reply):
    """The body of every error, `application/problem+json`. retry_after: seconds, where waiting helps.

    current: with `rev_conflict` alone, what the gateway holds.
    """

    code: Code
    status: int
    detail: str
    request_id: str
    retry_after: int | None = None
    current: SessionState | None = None


class TierLimits(Reply):
    """What one tier may do; null: no bound."""

    file_bytes: int
    total_bytes: int | None = None
    daily_bytes: int | None = None
    daily_uploads: int | None = None


class PartPolicy(Reply):
    """How objects are cut. All parts but the last are equal; each upload is told its own `part_size`."""

    min_bytes: int
    max_bytes: int
    max_parts: int
    urls_a_request: int
    url_ttl_s: int


class GatewayConfig(Reply):
    """`GET /v1/config`."""

    api_version: str
    version: str
    tiers: dict[Tier, TierLimits]
    parts: PartPolicy
    content_types: dict[str, str]
    manifest_bytes: int
    download_ttl_s: int
    guest_ttl_s: int
    share_default_s: dict[Tier, int]
    share_longest_s: dict[Tier, int]


class Guest(Reply):
    """`POST /v1/guest`. The token is told once and kept by the gateway as its SHA-256 alone."""

    guest_id: Id
    token: Token


class CreateUpload(Request):
    """`POST /v1/uploads`, with `Idempotency-Key` (any text of at most 200 characters). content_type: that of ext."""

    session_id: Id
    kind: ObjectKind
    ext: Annotated[str, Field(pattern=r"^[a-z0-9]{1,8}$")]
    content_type: Label
    size: Annotated[int, Field(ge=1, le=5 << 40), WHOLE]
    sha256: Sha256


UploadState = Literal["open", "completing", "stored", "aborted"]


class Upload(Reply):
    """One object on its way, or stored. upload_id is also the object's id once it is stored."""

    upload_id: Id
    session_id: Id
    kind: ObjectKind
    ext: str
    size: int
    sha256: Sha256
    part_size: int
    parts_total: int
    state: UploadState


class PartDigest(Request):
    """One part about to be sent, and its MD5."""

    n: PartNumber
    md5: Md5


class SignParts(Request):
    """`POST /v1/uploads/{id}/urls`. A part that is named again with another MD5 replaces what was declared."""

    parts: Annotated[list[PartDigest], Field(min_length=1, max_length=URLS_A_REQUEST)]


class SignedPart(Reply):
    """Where to PUT one part. headers: to be sent exactly so; they are signed."""

    n: PartNumber
    url: str
    size: int
    headers: dict[str, str]


class SignedParts(Reply):
    """Good until `expires`."""

    parts: list[SignedPart]
    expires: Moment


class StoredPart(Reply):
    """A part the bucket holds, with the MD5 that was declared for it."""

    n: PartNumber
    size: int
    md5: Md5


class UploadStatus(Upload):
    """`GET /v1/uploads/{id}`: where to resume. Both lists are empty once the object is stored."""

    completed: list[StoredPart]
    missing: list[PartNumber]


class Download(Reply):
    """`POST /v1/objects/{id}/download`: a signed GET, good until `expires`; answers Range."""

    object_id: Id
    url: str
    expires: Moment
    size: int
    sha256: Sha256
    content_type: str


RootKind = Literal["session", "athlete", "team", "tag", "board", "playlist"]


class ManifestFile(Request):
    """One file of a session. path: below the session's folder, in the library's words. object_id: null until stored."""

    kind: ObjectKind
    path: Annotated[str, Field(max_length=1_000)]
    size: Annotated[int, Field(ge=0, le=5 << 40), WHOLE]
    sha256: Sha256
    object_id: Id | None = None


class ManifestMetric(MetricRecord):
    """One number of a session, as lists and coaches are shown it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    subject: Annotated[int, WHOLE]


def _storable(document: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(document, allow_nan=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return document


class SessionManifest(Request):
    """`PUT /v1/sessions/{id}`, with `If-Match: "<rev last seen>"`, `"0"` for one the gateway does not know yet.

    document: what the library retells, opaque to the gateway. The other fields are what lists and coaches are shown.
    kind: the library's other root records travel the same way, under their own UUID.
    """

    kind: RootKind = "session"
    device_id: Label
    created: Moment
    updated: Moment
    title: Annotated[str, Field(max_length=4_000)] = ""
    athlete: Label | None = None
    exercise: Label = ""
    duration_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    metrics: Annotated[list[ManifestMetric], Field(max_length=10_000)] = Field(default_factory=list)
    files: Annotated[list[ManifestFile], Field(max_length=1_000)] = Field(default_factory=list)
    document: Annotated[dict[str, Any], AfterValidator(_storable)] = Field(default_factory=dict)


class SessionState(Reply):
    """What the gateway holds of one session. rev: of the gateway, one more at each change, also the `ETag`.

    deleted: a tombstone; its manifest is null. device_id: who changed it last.
    """

    id: Id
    kind: RootKind
    rev: int
    deleted: bool
    device_id: str
    changed: Moment
    manifest: SessionManifest | None = None


class Changes(Reply):
    """`GET /v1/changes?cursor=`: what changed after the cursor, oldest first, each id once. more: ask again at once.

    The cursor is opaque and never skips a change: keep it after the changes were applied. anew: the account was erased
    since the cursor that was given, and what came before it is there no more.
    """

    changes: list[SessionState]
    cursor: str
    more: bool
    anew: bool = False


class ListedSession(Reply):
    """One line of `GET /api/analysis/sessions`."""

    id: Id
    title: str
    athlete: str | None
    exercise: str
    created: Moment
    updated: Moment
    duration_s: float | None
    metrics: list[ManifestMetric]


class SessionList(Reply):
    """`GET /api/analysis/sessions`, newest first. cursor: of the next page, null on the last."""

    sessions: list[ListedSession]
    cursor: str | None = None


class Usage(Reply):
    """What an account uses; reserved: announced, not yet stored."""

    stored_bytes: int
    reserved_bytes: int
    objects: int
    sessions: int


class Account(Reply):
    """`GET /v1/account`."""

    subject: str
    tier: Tier
    usage: Usage
    limits: TierLimits


class Health(Reply):
    """`GET /healthz` and `/readyz`."""

    status: Literal["ok"]


Problem.model_rebuild()
