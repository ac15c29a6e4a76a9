"""What all requests of a gateway share: settings, state, bucket, tokens, limits. Made by `app`, reached by `Call`."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import select

from coachvision.clock import Clock, SystemClock
from coachvision.gateway import tables
from coachvision.gateway.declarations import Declarations
from coachvision.gateway.settings import Settings
from coachvision.gateway.state import State
from coachvision.gateway.storage import Bucket
from coachvision.web.addresses import Addresses
from coachvision.web.limits import RateLimits
from coachvision.web.tokens import Verifier


@dataclass(frozen=True)
class Context:
    """The parts of one gateway process."""

    settings: Settings
    clock: Clock
    state: State
    declarations: Declarations
    bucket: Bucket
    verifier: Verifier
    limits: RateLimits
    addresses: Addresses
    address_key: bytes

    def hash_address(self, address: str, day: str) -> str:
        """An address as it may be kept: hashed with the deployment's key, differently every day (`2026-01-31`)."""
        return hmac.new(self.address_key, f"{day} {address}".encode(), hashlib.sha256).hexdigest()

    def close(self) -> None:
        """Give back every connection."""
        self.declarations.close()
        self.state.close()
        self.bucket.close()


def build(settings: Settings, clock: Clock | None = None) -> Context:
    """The parts, from settings. The database must have been migrated."""
    clock = clock or SystemClock()
    state = State(settings.database_url, clock, settings.database_wait_s)
    return Context(
        settings=settings,
        clock=clock,
        state=state,
        declarations=Declarations(state),
        bucket=Bucket(
            endpoint=settings.s3_endpoint,
            public_endpoint=settings.s3_public_endpoint,
            bucket=settings.s3_bucket,
            region=settings.s3_region,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
            wait_s=settings.storage_wait_s,
        ),
        verifier=Verifier(settings.auth_issuer, audience=settings.auth_audience),
        limits=RateLimits(settings.redis_url.get_secret_value() if settings.redis_url else None),
        addresses=Addresses(settings.trusted_proxies),
        address_key=_address_key(settings, state),
    )


def _address_key(settings: Settings, state: State) -> bytes:
    if settings.secret is not None:
        return hashlib.sha256(settings.secret.get_secret_value().encode()).digest()
    with state.write() as transaction:
        transaction.upsert(tables.secret, {"name": "addresses", "value": secrets.token_bytes(32)}, [])
        value = transaction.connection.scalar(select(tables.secret.c.value).where(tables.secret.c.name == "addresses"))
    return bytes(value or b"")
