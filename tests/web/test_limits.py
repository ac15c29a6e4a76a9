"""Rate limits count by key and say how long to wait."""

from __future__ import annotations

import asyncio
import socket

import pytest

from coachvision.web.limits import RateLimits
from coachvision.web.problems import Refusal


def test_one_too_many_is_refused_and_others_go_on() -> None:
    async def ask() -> int | None:
        limits = RateLimits()
        for _ in range(3):
            await limits.hit("3/minute", "guests", "192.0.2.1")
        with pytest.raises(Refusal) as refused:
            await limits.hit("3/minute", "guests", "192.0.2.1")
        assert refused.value.code == "rate_limited"
        await limits.hit("3/minute", "guests", "192.0.2.2")
        await limits.hit("3/minute", "others", "192.0.2.1")
        return refused.value.retry_after

    wait = asyncio.run(ask())
    assert wait is not None
    assert 1 <= wait <= 60


@pytest.mark.logs_expected
def test_without_redis_each_process_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    async def ask() -> None:
        limits = RateLimits("redis://127.0.0.1:9/0")
        await limits.hit("1/minute", "guests", "192.0.2.1")
        with pytest.raises(Refusal, match="too often"):
            await limits.hit("1/minute", "guests", "192.0.2.1")

    asyncio.run(ask())
    assert [record.getMessage() for record in caplog.records].count(caplog.records[0].getMessage()) == 1
    assert "Redis does not answer" in caplog.records[0].getMessage()


@pytest.mark.logs_expected
def test_a_redis_that_is_silent_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def ask() -> None:
            limits = RateLimits(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            await limits.hit("1/minute", "guests", "192.0.2.1")
            with pytest.raises(Refusal, match="too often"):
                await limits.hit("1/minute", "guests", "192.0.2.1")
            await limits.forgive("1/minute", "guests", "192.0.2.1")

        asyncio.run(asyncio.wait_for(ask(), 60))
