"""A claim as a process that is killed: `work` begins or goes on with it, as the gateway's requests and sweeps would."""

from __future__ import annotations

from pathlib import Path

from coachvision.gateway import claims
from tests.gateway.inside import Inside

LATER_S = 1000.0


def work(database: str, endpoint: str, bucket: str, token: str) -> None:
    """The user claims; a quarter of an hour later, when no signed address holds any more, a sweep finishes it."""
    with Inside(Path(database), endpoint, bucket) as gateway:
        claims.begin(gateway.user(), token)
        gateway.clock.advance(LATER_S)
        for claim_id in claims.unfinished(gateway.context):
            claims.advance(gateway.context, claim_id)
