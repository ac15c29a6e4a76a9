"""The guide for those who host the gateway: every variable, limits that load, a service file that holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from coachvision.gateway.settings import VARIABLES, Rates, from_environment

GUIDE = (Path(__file__).parents[2] / "docs" / "self-hosting.md").read_text("utf-8")


def block(marker: str) -> str:
    """The code block that holds this text."""
    return next(text for text in re.findall(r"```\w*\n(.*?)```", GUIDE, re.DOTALL) if marker in text)


def test_every_variable_is_explained() -> None:
    names = {*VARIABLES, *(f"..._{name.upper()}" for name in Rates.model_fields if name != "caller")}
    names |= {"SUPABASE_URL", "COACHVISION_TRUSTED_PROXIES", "COACHVISION_TIERS", "COACHVISION_RATE_CALLER"}
    assert {name for name in names if name not in GUIDE} == set()


def test_the_limits_it_shows_are_taken(tmp_path: Path) -> None:
    tiers = tmp_path / "tiers.toml"
    tiers.write_text(block("[tiers."), "utf-8")
    environment = {
        "SUPABASE_URL": "https://abcdefgh.supabase.co",
        "COACHVISION_S3_ENDPOINT": "https://account.r2.cloudflarestorage.com",
        "COACHVISION_S3_BUCKET": "coachvision",
        "COACHVISION_S3_ACCESS_KEY": "key",
        "COACHVISION_S3_SECRET_KEY": "secret",
        "COACHVISION_TIERS": str(tiers),
    }
    limits = from_environment(environment, database=tmp_path / "gateway.db").tiers["registered"]
    assert (limits.file_bytes, limits.total_bytes) == (20 << 30, 200 << 30)


def test_the_service_file_it_shows_names_the_three_addresses() -> None:
    service = tomllib.loads(block("[service]"))["service"]
    assert {"supabase_url", "supabase_publishable_key", "gateway"} <= set(service)
