"""How often somebody may ask: fixed windows in memory, or in Redis where several processes share them.

For edge and gateway. When Redis cannot be reached each process counts for itself until it is back.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from coachvision.web.problems import Refusal

_log = logging.getLogger("coachvision.web")
_REDIS_WAIT_S = 0.5
# After a failure Redis is left alone for so long.
_REST_S = 5.0


class RateLimits:
    """Counts by name and key. redis_url: `redis://...` or None."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        self._resting_until = 0.0
        if redis_url:
            storage = storage_from_string(f"async+{redis_url}", implementation="redispy")
            if not isinstance(storage, Storage):
                raise TypeError("limits gave a storage that cannot be awaited")
            self._shared = FixedWindowRateLimiter(storage)

    async def hit(self, rule: str, name: str, key: str) -> None:
        """Count one more. rule: `60/minute`. Raises Refusal (rate_limited) when it is too many."""
        item = _item(rule)
        limiter = self._limiter()
        try:
            async with asyncio.timeout(None if limiter is self._own else _REDIS_WAIT_S):
                if await limiter.hit(item, name, key):
                    return
                reset = (await limiter.get_window_stats(item, name, key)).reset_time
        except Exception as error:
            if limiter is self._own:
                raise
            # Whatever the Redis client raises: limits must not take the service down.
            _log.warning("rate limits: Redis does not answer (%s); counting in this process", type(error).__name__)
            self._resting_until = time.monotonic() + _REST_S
            await self.hit(rule, name, key)
            return
        wait = max(1, math.ceil(reset - time.time()))
        raise Refusal("rate_limited", "That was too often: wait a moment.", retry_after=wait)

    async def forgive(self, rule: str, name: str, key: str) -> None:
        """Forget what was counted: whoever it was proved to be right."""
        limiter = self._limiter()
        try:
            async with asyncio.timeout(_REDIS_WAIT_S):
                await limiter.clear(_item(rule), name, key)
        except Exception as error:
            if limiter is self._own:
                raise
            _log.warning("rate limits: Redis does not answer (%s); nothing forgiven", type(error).__name__)

    def _limiter(self) -> FixedWindowRateLimiter:
        if self._shared is None or time.monotonic() < self._resting_until:
            return self._own
        return self._shared


@lru_cache(maxsize=128)
def _item(rule: str) -> RateLimitItem:
    return parse(rule)
