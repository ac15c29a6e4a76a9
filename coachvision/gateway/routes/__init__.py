"""The resources of the gateway, one module each, listed in this one table. For `app` alone.

A module has a `router`; its routes take `Call`s (see `gateway.calls`), reach state through `call.state` and raise
`web.problems.Refusal`. A new resource is a module and a line here.
"""

from __future__ import annotations

from fastapi import APIRouter

from coachvision.gateway.routes import (
    account,
    claims,
    config,
    delegations,
    guest,
    health,
    objects,
    organizations,
    public_shares,
    sessions,
    shares,
    uploads,
)

ROUTERS: tuple[APIRouter, ...] = (
    # The first that fits is taken, and these are asked most.
    uploads.router,
    config.router,
    guest.router,
    objects.router,
    sessions.router,
    shares.router,
    public_shares.router,
    claims.router,
    delegations.router,
    organizations.router,
    account.router,
    health.router,
)
