"""`/v1/uploads`: announce, sign, resume, complete, drop. The work is in `gateway.uploads`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from coachvision.gateway import declaring, uploads
from coachvision.gateway.calls import Anyone, Owner, PathId, anyone
from coachvision.web.problems import problems
from coachvision.wire.gateway import Code, CreateUpload, SignedParts, SignParts, Upload, UploadStatus

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])
_KNOWN: tuple[Code, ...] = ("token_invalid", "not_found", "upload_gone")
_SIGN_PARTS = SignParts.model_json_schema()
_SIGN_PARTS["properties"]["parts"]["items"] = _SIGN_PARTS.pop("$defs")["PartDigest"]

IdempotencyKey = Annotated[str, Header(min_length=1, max_length=200, pattern=r"^[!-~]+$")]


@router.post(
    "/{upload_id}/urls",
    response_model=SignedParts,
    responses=problems(*_KNOWN, "upload_busy", "state_conflict"),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _SIGN_PARTS}}}},
)
async def sign(upload_id: PathId, request: Request) -> Response:
    """Sign URLs for parts, each for exactly its size and MD5."""
    # What clients ask most, so it stays in the event loop where it can, and pydantic reads and writes the JSON itself.
    call = await anyone(request)
    try:
        body = SignParts.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False)) from error
    row = await declaring.declare(call, upload_id, body.parts)
    storage_id = row["storage_id"] or await run_in_threadpool(uploads.begin, call.context, row)
    reply = uploads.signed(call, row, storage_id, body.parts)
    return Response(reply.model_dump_json(), media_type="application/json")


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": Upload, "description": "The same request again"},
        **problems(
            "token_invalid", "not_found", "idempotency_mismatch", "too_large", "unsupported_type", "quota_exceeded",
        ),
    },
)  # fmt: skip
def create(body: CreateUpload, idempotency_key: IdempotencyKey, call: Anyone, response: Response) -> Upload:
    """Announce an object; its bytes are reserved."""
    upload, new = uploads.create(call, body, idempotency_key)
    if not new:
        response.status_code = 200
    return upload


@router.get("/{upload_id}", responses=problems(*_KNOWN))
def status(upload_id: PathId, call: Anyone) -> UploadStatus:
    """Which parts have arrived and which are missing."""
    return uploads.status(call, upload_id)


@router.post("/{upload_id}/complete", responses=problems(*_KNOWN, "state_conflict", "checksum_mismatch"))
def complete(upload_id: PathId, call: Anyone) -> Upload:
    """Make the object of its parts. Repeating it is harmless."""
    return uploads.complete(call, upload_id)


@router.delete("/{upload_id}", status_code=204, responses=problems(*_KNOWN, "forbidden", "upload_busy"))
def drop(upload_id: PathId, call: Owner) -> None:
    """Abort an upload, or remove a stored object."""
    uploads.drop(call, upload_id)
