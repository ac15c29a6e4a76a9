"""The proxies that the system names, as urllib3 is told of them."""

from __future__ import annotations

import ssl
from base64 import b64encode
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.util import parse_url


class Proxies:
    """As they are named when it is made."""

    def __init__(self) -> None:
        self._named = getproxies()
        # Some systems look the name of a server up to answer that.
        self._near = cache(_near)

    def of(self, url: str) -> str | None:
        """The proxy for an address, or None. Raises urllib3's errors for what is no address."""
        if not self._named:
            return None
        at = parse_url(url)
        proxy = self._named.get(at.scheme or "") or self._named.get("all")
        return None if proxy is None or self._near(at.host or "", at.port) else proxy


def _near(host: str, port: int | None) -> bool:
    bare = host.strip("[]")
    return bool(proxy_bypass(bare) or (port is not None and proxy_bypass(f"{bare}:{port}")))


def manager_for(proxy: str | None, trust: ssl.SSLContext, kept: int) -> urllib3.PoolManager:
    """Up to `kept` connections a server, by way of the proxy if any. Raises urllib3's errors for one that is none."""
    known: dict[str, Any] = {"maxsize": kept, "ssl_context": trust}
    if proxy is None:
        return urllib3.PoolManager(**known)
    at = parse_url(proxy if "://" in proxy else f"http://{proxy}")
    headers = {}
    if at.auth:
        headers["Proxy-Authorization"] = f"Basic {b64encode(unquote_to_bytes(at.auth)).decode()}"
    return urllib3.ProxyManager(at.url, proxy_headers=headers, proxy_ssl_context=trust, **known)
