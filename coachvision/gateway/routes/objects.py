"""`/v1/objects`: signed downloads of stored objects."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from sqlalchemy import select

from coachvision.clock import iso
from coachvision.gateway import tables
from coachvision.gateway.calls import Call, Owner, PathId, not_found
from coachvision.gateway.state import Fields, one
from coachvision.web.problems import problems
from coachvision.wire.gateway import Download

router = APIRouter(prefix="/v1/objects", tags=["objects"])


@router.post("/{object_id}/download", responses=problems("token_invalid", "forbidden", "not_found"))
def download(object_id: PathId, call: Owner) -> Download:
    """A URL to read the object from the bucket, with Range if wanted."""
    columns = tables.upload.c
    mine = (columns.upload_id == object_id) & (columns.owner == call.owner) & (columns.state == "stored")
    with call.context.state.read() as connection:
        row = one(connection, select(tables.upload).where(mine))
    if row is None:
        raise not_found()
    return sign_download(call, row)


def sign_download(call: Call, row: Fields) -> Download:
    """A signed GET of a stored object's row. It is always sent as a download of its own type, never rendered."""
    seconds, now = call.context.settings.download_ttl_s, call.now
    answer = {
        "response-content-type": row["content_type"],
        "response-content-disposition": f'attachment; filename="{row["upload_id"]}.{row["ext"]}"',
    }
    return Download(
        object_id=row["upload_id"],
        url=call.context.bucket.sign_get(row["key"], answer=answer, seconds=seconds, now=now),
        expires=iso(now + timedelta(seconds=seconds)),
        size=row["size"],
        sha256=row["sha256"],
        content_type=row["content_type"],
    )
