"""Whose request it is by address: trusted proxies, IPv6 by its /64. For edge and gateway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

# Longer chains than this are nobody's real path.
_HOPS = 20
UNKNOWN = "unknown"


class Addresses:
    """Finds the client behind proxies. trusted: networks whose `X-Forwarded-For` is believed; nobody else's is."""

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._trusted = tuple(ip_network(name, strict=False) for name in trusted)

    def of(self, scope: Scope) -> str:
        """The client's IPv4 address or IPv6 /64 as text: what limits count by."""
        client = scope.get("client")
        found = parse(client[0]) if client else None
        if found is None:
            return UNKNOWN
        if self._is_trusted(found):
            found = self._behind(found, _forwarded(scope["headers"]))
        return subject(found)

    def _behind(self, peer: IPv4Address | IPv6Address, hops: list[str]) -> IPv4Address | IPv6Address:
        """From the nearest hop outwards: the first that is no proxy of ours, or the last that could be read."""
        found = peer
        for hop in reversed(hops[-_HOPS:]):
            address = parse(hop)
            if address is None:
                break
            found = address
            if not self._is_trusted(address):
                break
        return found

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


@lru_cache(maxsize=4_096)
def parse(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it (`1.2.3.4`, `1.2.3.4:5`, `[::1]:5`, `::ffff:1.2.3.4`); None where it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def subject(address: IPv4Address | IPv6Address) -> str:
    """The address that is counted: one subscriber has a whole /64 of IPv6."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def _forwarded(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    found = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    return found.decode("latin-1").split(",") if found else []
