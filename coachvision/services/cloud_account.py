"""The account as the gateway knows it: what it holds against its limits, and erasing all of it. For the fronts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coachvision.services import gateway_call
from coachvision.services.gateway_call import Access

if TYPE_CHECKING:
    from coachvision.wire.gateway import Account as CloudAccount

_PATH = "/v1/account"


def usage(access: Access) -> CloudAccount:
    """What the cloud holds of this account. Raises Offline, SignedOut, AccountError (no gateway)."""
    from coachvision.wire.gateway import Account

    return gateway_call.read(access.gateway, gateway_call.ask(access, "GET", _PATH), Account)


def erase(access: Access) -> None:
    """Erase everything of this account in the cloud, for good. Raises Offline, SignedOut, AccountError."""
    gateway_call.ask(access, "DELETE", _PATH)
