"""`GET /v1/config`: limits, part policy, versions. For anybody."""

from __future__ import annotations

from fastapi import APIRouter

from coachvision import __version__
from coachvision.gateway.calls import Stranger
from coachvision.gateway.uploads import MAX_PARTS, part_size
from coachvision.web.problems import problems
from coachvision.wire.gateway import (
    API_VERSION,
    CONTENT_TYPES,
    MANIFEST_BYTES,
    URLS_A_REQUEST,
    GatewayConfig,
    PartPolicy,
)

router = APIRouter(tags=["service"])


@router.get("/v1/config", responses=problems())
async def config(call: Stranger) -> GatewayConfig:
    """What this gateway allows."""
    settings = call.context.settings
    largest = max(limits.file_bytes for limits in settings.tiers.values())
    return GatewayConfig(
        api_version=API_VERSION,
        version=__version__,
        tiers=dict(settings.tiers),
        parts=PartPolicy(
            min_bytes=settings.part_bytes,
            max_bytes=part_size(largest, settings.part_bytes),
            max_parts=MAX_PARTS,
            urls_a_request=URLS_A_REQUEST,
            url_ttl_s=settings.url_ttl_s,
        ),
        content_types=dict(CONTENT_TYPES),
        manifest_bytes=MANIFEST_BYTES,
        download_ttl_s=settings.download_ttl_s,
        guest_ttl_s=settings.guest_ttl_s,
        share_default_s=dict(settings.share_default_s),
        share_longest_s=dict(settings.share_longest_s),
    )
