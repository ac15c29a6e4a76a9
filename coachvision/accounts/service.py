"""Which sign-in service and gateway this laptop uses, if any: without one CoachVision is a complete guest app.

Looked for in this order, the first that names an address wins whole: the environment (SUPABASE_URL,
SUPABASE_PUBLISHABLE_KEY, COACHVISION_GATEWAY), the settings page (`cloud.*`), the `service.toml` that the coach opened
as a file or link, the one built into the program. Standard library only: the command line asks at every start.
For the accounts room and the services.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from coachvision import paths, tomlfile
from coachvision.errors import AccountError

FILE_NAME = "service.toml"
BUILT_IN = Path(__file__).with_name(FILE_NAME)
MOST_BYTES = 64 << 10
_HINT = "Ask whoever runs your club's service for its service.toml, and open that file or link."


@dataclass(frozen=True)
class Service:
    """url: of the Supabase project. key: the publishable one. gateway: "" where there is none yet.

    name: the club's, for people. providers: with which the browser signs in ("google"), none: no such button.
    """

    url: str
    key: str
    gateway: str = ""
    name: str = ""
    providers: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What to call it: its name, else its host."""
        return self.name or urlsplit(self.url).netloc


def find(config: Path | None = None, environment: Mapping[str, str] = os.environ) -> Service | None:
    """The service that is configured, or None. Raises AccountError where what is configured cannot be meant."""
    config = config or paths.config_dir()
    gateway = environment.get("COACHVISION_GATEWAY", "")
    if environment.get("SUPABASE_URL"):
        given = {
            "supabase_url": environment["SUPABASE_URL"],
            "supabase_publishable_key": environment.get("SUPABASE_PUBLISHABLE_KEY", ""),
            "gateway": gateway,
        }
        return from_tables({"service": given}, "the environment")
    cloud = tomlfile.read(config / "settings.toml").get("cloud")
    if isinstance(cloud, Mapping) and cloud.get("supabase_url"):
        return from_tables({"service": {**cloud, **({"gateway": gateway} if gateway else {})}}, "the settings")
    for path in (config / FILE_NAME, BUILT_IN):
        tables = tomlfile.read(path)
        if tables:
            if gateway:
                tables = {"service": {**_section(tables, str(path)), "gateway": gateway}}
            return from_tables(tables, str(path))
    return None


def parse(text: str, source: str) -> Service:
    """The service that a `service.toml` names. source: where it came from, for the error. Raises AccountError."""
    try:
        tables = tomlfile.parse(text)
    except ValueError as error:
        raise AccountError("This is not a service file", f"{source}: {error}", hint=_HINT) from error
    return from_tables(tables, source)


def from_tables(tables: Mapping[str, Any], source: str) -> Service:
    """A service from the table [service]. Raises AccountError naming what is wrong with it."""
    section = _section(tables, source)
    texts = {}
    for name in ("supabase_url", "supabase_publishable_key", "gateway", "name"):
        value = section.get(name, "")
        if not isinstance(value, str) or len(value) > 2048:
            raise AccountError("The service file is not right", f"{source}: {name} is no text", hint=_HINT)
        texts[name] = value.strip()
    providers = section.get("providers", [])
    if not isinstance(providers, list) or not all(isinstance(one, str) and one.isidentifier() for one in providers):
        raise AccountError("The service file is not right", f"{source}: providers is no list of names", hint=_HINT)
    _check_key(texts["supabase_publishable_key"], source)
    return Service(
        url=_address(texts["supabase_url"], "supabase_url", source),
        key=texts["supabase_publishable_key"],
        gateway=_address(texts["gateway"], "gateway", source) if texts["gateway"] else "",
        name=" ".join(texts["name"].split())[:80],
        providers=tuple(providers),
    )


def to_tables(service: Service) -> dict[str, Any]:
    """The reverse of `from_tables`."""
    return {
        "service": {
            "supabase_url": service.url,
            "supabase_publishable_key": service.key,
            "gateway": service.gateway,
            "name": service.name,
            "providers": list(service.providers),
        }
    }


def keep(service: Service, config: Path | None = None) -> None:
    """Use this service from now on, as if the coach had put its file there. Raises CoachVisionError."""
    tomlfile.write((config or paths.config_dir()) / FILE_NAME, to_tables(service))


def _section(tables: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    section = tables.get("service")
    if not isinstance(section, Mapping):
        raise AccountError("This is not a service file", f"{source} has no [service] in it", hint=_HINT)
    return section


def _address(given: str, name: str, source: str) -> str:
    """An https address, or http on this very machine; without user, path tricks or query."""
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    plain = parts.scheme == "http" and is_this_machine(host)
    odd = parts.username is not None or parts.query or parts.fragment or any(c.isspace() or c == "\\" for c in given)
    if not host or odd or not (parts.scheme == "https" or plain):
        raise AccountError(
            "The service's address is not right",
            f"{source}: {name} must be an https address, and is {given!r}",
            hint=_HINT,
        )
    return given.rstrip("/")


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback one, the only one that may be talked to without https."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_key(key: str, source: str) -> None:
    if not key:
        raise AccountError(
            "The service's key is missing", f"{source} gives an address and no publishable key", hint=_HINT
        )
    if key.startswith("sb_secret_") or _role_of(key) == "service_role":
        raise AccountError(
            "That key must stay secret",
            f"{source} holds the service's secret key, which opens every account",
            hint="Use the publishable key (sb_publishable_...), and have the secret one replaced: it was given away.",
        )


def _role_of(key: str) -> str:
    """The role in an older key, which is a JWT; "" for any other."""
    try:
        body = key.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return str(claims.get("role", ""))
    except (ValueError, IndexError, AttributeError):
        return ""
