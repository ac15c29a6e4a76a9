"""What Cloudflare R2 refuses and Swift does not: unequal parts, and two writes of a key within a second.

For the fault proxy. Source: R2's documentation of its S3 compatibility and of its limits.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

EVERY_S = 1.0


class R2Rules:
    """Remembers the sizes of parts and the last write of each key."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, int]] = {}
        self._written: dict[str, float] = {}

    def refusal(self, method: str, target: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Status and XML body with which R2 would refuse the request, or None."""
        url = urlsplit(target)
        query = parse_qs(url.query, keep_blank_values=True)
        upload = query.get("uploadId", [""])[0]
        if method == "POST" and upload:
            sizes = [size for _, size in sorted(self._parts.get(upload, {}).items())]
            if len({*sizes[:-1]}) > 1 or (sizes[:-1] and sizes[-1] > sizes[0]):
                return 400, error_body("InvalidPart", "All non-trailing parts must have the same length.")
        if _writes_key(method, query, headers):
            now = time.monotonic()
            last = self._written.get(url.path)
            self._written[url.path] = now
            if last is not None and now - last < EVERY_S:
                return 429, error_body("TooManyRequests", "Reduce your rate of writes to the same object.")
        return None

    def served(self, method: str, target: str, length: int) -> None:
        """The storage has taken the request."""
        query = parse_qs(urlsplit(target).query)
        if method == "PUT" and "partNumber" in query:
            self._parts.setdefault(query["uploadId"][0], {})[int(query["partNumber"][0])] = length


def _writes_key(method: str, query: Mapping[str, list[str]], headers: Mapping[str, str]) -> bool:
    if method == "POST":
        return "uploadId" in query
    return method == "PUT" and "partNumber" not in query


def error_body(code: str, message: str) -> str:
    """An S3 error as XML."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
