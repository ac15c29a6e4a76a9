"""Nothing of a request goes to the OpenTelemetry providers of this process, if it has any: paths hold links' tokens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import _logs, metrics, trace

from coachvision.gateway.app import create
from coachvision.gateway.settings import Settings

LINK = "/s/" + "T" * 43


class Recorder:
    """Stands in for every provider, tracer, span, meter and logger, and for whatever they return."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(*args: object, **more: object) -> Recorder:
            self.told.append(f"{name} {args} {more}")
            return self

        return call


def ask(app: FastAPI) -> None:
    async def both() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            for path in (LINK, "/v1/config"):
                assert (await client.get(path)).status_code in (200, 404)

    asyncio.run(both())


def test_no_provider_of_telemetry_hears_of_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Recorder()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: heard)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: heard)
    monkeypatch.setattr(_logs, "get_logger_provider", lambda: heard)
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'gateway.db'}", auth_issuer="http://127.0.0.1:9/auth/v1",
        s3_endpoint="http://127.0.0.1:9", s3_bucket="nobody", s3_access_key="key", s3_secret_key="secret",  # noqa: S106
        log="none",
    )  # fmt: skip
    app = create(settings)
    ask(app)
    app.state.context.close()
    assert heard.told == []
    # As FastAPI does by itself: what was just avoided.
    ask(FastAPI())
    assert any(LINK in one for one in heard.told)
