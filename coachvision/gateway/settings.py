"""What an operator configures, from the environment alone. `docs/self-hosting.md` explains it; `app` reads it.

Tier limits may be changed by a TOML file: `[tiers.registered] total_bytes = ...`, named by `COACHVISION_TIERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from coachvision import tomlfile
from coachvision.errors import UsageError
from coachvision.web.addresses import Addresses
from coachvision.wire.gateway import Tier, TierLimits

_GIB = 1 << 30
_DAY = 86_400
TIERS: Mapping[Tier, TierLimits] = {
    "guest": TierLimits(file_bytes=_GIB, daily_bytes=3 * _GIB, daily_uploads=10),
    "registered": TierLimits(file_bytes=20 * _GIB, total_bytes=100 * _GIB),
    "organization": TierLimits(file_bytes=50 * _GIB, total_bytes=2048 * _GIB),
}


class Rates(BaseModel):
    """How often (`limits` notation). caller: per user, or per address for a guest; the others per address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caller: str = "1200/minute"
    address: str = "3000/minute"
    guests: str = "30/hour"
    refused_tokens: str = "60/minute"
    unknown_shares: str = "30/minute"


class Settings(BaseModel):
    """One deployment. database_url: SQLAlchemy's; s3_*: any S3; auth_issuer: the `iss` of access tokens, exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str
    # How long a database server is waited for: to connect, for an answer, for a lock.
    database_wait_s: Annotated[int, Field(ge=2)] = 10
    # How long the bucket is waited for.
    storage_wait_s: Annotated[int, Field(ge=2)] = 10
    auth_issuer: Annotated[str, Field(pattern=r"^https?://")]
    auth_audience: str = "authenticated"
    s3_endpoint: Annotated[str, Field(pattern=r"^https?://[^/]+/?$")]
    # Where clients reach the same bucket, if elsewhere.
    s3_public_endpoint: Annotated[str, Field(pattern=r"^https?://[^/]+/?$")] | None = None
    s3_bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    s3_region: str = "auto"
    s3_access_key: SecretStr
    s3_secret_key: SecretStr
    # Keys the hashes of addresses. Without one, one is made and kept in the database.
    secret: SecretStr | None = None
    redis_url: SecretStr | None = None
    trusted_proxies: tuple[str, ...] = ()
    public_url: Annotated[str, Field(pattern=r"^https?://[^?#]+$")] = "http://127.0.0.1:8000"
    part_bytes: Annotated[int, Field(ge=5 << 20, le=5 << 30)] = 16 << 20
    url_ttl_s: Annotated[int, Field(ge=1, le=7 * _DAY)] = 3_600
    download_ttl_s: Annotated[int, Field(ge=1, le=7 * _DAY)] = 900
    guest_ttl_s: Annotated[int, Field(ge=60)] = 7 * _DAY
    trash_ttl_s: Annotated[int, Field(ge=0)] = 30 * _DAY
    share_default_s: Mapping[Tier, int] = {"guest": 72 * 3600, "registered": 7 * _DAY, "organization": 7 * _DAY}
    share_longest_s: Mapping[Tier, int] = {"guest": 7 * _DAY, "registered": 90 * _DAY, "organization": 90 * _DAY}
    tiers: Mapping[Tier, TierLimits] = TIERS
    rates: Rates = Rates()
    # Who may read /metrics: whoever sends this as a bearer token; None: anybody.
    metrics_token: SecretStr | None = None
    # Seconds between sweeps; 0: this process never sweeps.
    sweep_every_s: Annotated[int, Field(ge=0)] = 300
    log: Literal["json", "none"] = "json"

    @field_validator("tiers")
    @classmethod
    def _claimable(cls, tiers: Mapping[Tier, TierLimits]) -> Mapping[Tier, TierLimits]:
        if tiers["guest"].file_bytes > 5 * _GIB:
            raise ValueError("a guest's file may have 5 GiB at most: no larger one can be copied when it is claimed")
        return tiers

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        Addresses(names)
        return names

    @property
    def secrets(self) -> list[str]:
        """Every value that must never be logged."""
        held = (self.s3_secret_key, self.s3_access_key, self.secret, self.redis_url, self.metrics_token)
        password = self.database_url.partition("://")[2].rpartition("@")[0].partition(":")[2]
        return [value.get_secret_value() for value in held if value is not None] + [password]


# Environment variable -> field.
VARIABLES: Mapping[str, str] = {
    "DATABASE_URL": "database_url",
    "COACHVISION_DATABASE_WAIT_S": "database_wait_s",
    "COACHVISION_STORAGE_WAIT_S": "storage_wait_s",
    "REDIS_URL": "redis_url",
    "COACHVISION_AUTH_ISSUER": "auth_issuer",
    "COACHVISION_AUTH_AUDIENCE": "auth_audience",
    "COACHVISION_S3_ENDPOINT": "s3_endpoint",
    "COACHVISION_S3_PUBLIC_ENDPOINT": "s3_public_endpoint",
    "COACHVISION_S3_BUCKET": "s3_bucket",
    "COACHVISION_S3_REGION": "s3_region",
    "COACHVISION_S3_ACCESS_KEY": "s3_access_key",
    "COACHVISION_S3_SECRET_KEY": "s3_secret_key",
    "COACHVISION_GATEWAY_SECRET": "secret",
    "COACHVISION_METRICS_TOKEN": "metrics_token",
    "COACHVISION_PUBLIC_URL": "public_url",
    "COACHVISION_SWEEP_EVERY_S": "sweep_every_s",
    "COACHVISION_PART_BYTES": "part_bytes",
    "COACHVISION_URL_TTL_S": "url_ttl_s",
    "COACHVISION_DOWNLOAD_TTL_S": "download_ttl_s",
    "COACHVISION_GUEST_TTL_S": "guest_ttl_s",
    "COACHVISION_TRASH_TTL_S": "trash_ttl_s",
}
_LISTS = {"COACHVISION_TRUSTED_PROXIES": "trusted_proxies"}


def from_environment(environment: Mapping[str, str], *, database: Path) -> Settings:
    """The settings. database: the SQLite file used without `DATABASE_URL`. `SUPABASE_URL` gives the issuer.

    Raises UsageError naming the variable that is missing or wrong, never its value.
    """
    values: dict[str, object] = {"database_url": f"sqlite:///{database}"}
    if supabase := environment.get("SUPABASE_URL"):
        values["auth_issuer"] = f"{supabase.rstrip('/')}/auth/v1"
    values |= {field: environment[name] for name, field in VARIABLES.items() if environment.get(name)}
    for name, field in _LISTS.items():
        if listed := environment.get(name):
            values[field] = tuple(part.strip() for part in listed.split(",") if part.strip())
    if tiers := environment.get("COACHVISION_TIERS"):
        values["tiers"] = _read_tiers(Path(tiers))
    if rates := {
        name: environment[f"COACHVISION_RATE_{name.upper()}"]
        for name in Rates.model_fields
        if environment.get(f"COACHVISION_RATE_{name.upper()}")
    }:
        values["rates"] = rates
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _wrong(error) from error


def _read_tiers(path: Path) -> dict[str, TierLimits]:
    if not path.is_file():
        raise UsageError(f"{path} is not there", "COACHVISION_TIERS names a file of tier limits.", path=path)
    try:
        told = tomlfile.parse(path.read_text("utf-8")).get("tiers", {})
        changed = {name: TierLimits.model_validate(limits) for name, limits in told.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"{path.name} cannot be read as tier limits", path=path) from error
    return {**TIERS, **changed}


def _wrong(error: ValidationError) -> UsageError:
    first = error.errors()[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    names = {field: name for name, field in {**VARIABLES, **_LISTS}.items()}
    name = names.get(field, f"COACHVISION_{field.upper()}")
    if first["type"] == "missing":
        also = " (or SUPABASE_URL)" if field == "auth_issuer" else ""
        return UsageError(f"{name}{also} is not set", "The gateway needs it.", hint="See docs/self-hosting.md.")
    return UsageError(f"{name} cannot be used", f"{first['msg']}.", hint="See docs/self-hosting.md.")
