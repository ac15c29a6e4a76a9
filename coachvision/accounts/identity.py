"""Who is signed in on this laptop: a small file without secrets, so that every start knows it, offline and at once.

`account.toml` in the settings folder. The service signed in with is kept in it: a refresh token goes to that address
and no other, whatever is configured later. Standard library only. For the accounts room and the services.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from coachvision import paths, tomlfile
from coachvision.accounts import service as services
from coachvision.accounts.service import Service
from coachvision.errors import AccountError

FILE_NAME = "account.toml"


@dataclass(frozen=True)
class Identity:
    """ended: the service's word for why the sign-in is over for good, "" while it is not."""

    user_id: str
    email: str
    service: Service
    ended: str = ""


def read(config: Path | None = None) -> Identity | None:
    """Who is signed in, or None: the guest. A damaged file is moved aside, the log says so, and the guest is here.

    Raises CoachVisionError where the file exists and the system does not let it be read.
    """
    tables = tomlfile.read(_file(config))
    if not tables:
        return None
    try:
        account = tables["account"]
        user_id = str(uuid.UUID(account["user_id"]))
        service = services.from_tables(tables, FILE_NAME)
        return Identity(user_id, str(account.get("email", "")), service, str(account.get("ended", "")))
    except (KeyError, ValueError, TypeError, AttributeError, AccountError):
        tomlfile.set_aside(_file(config), "it does not tell who is signed in")
        return None


def write(identity: Identity, config: Path | None = None) -> None:
    """Keep who is signed in, in one step. Raises CoachVisionError."""
    account = {"user_id": identity.user_id, "email": identity.email, "ended": identity.ended}
    tomlfile.write(_file(config), {"account": account, **services.to_tables(identity.service)})


def remove(config: Path | None = None) -> None:
    """Nobody is signed in any more."""
    _file(config).unlink(missing_ok=True)


def _file(config: Path | None) -> Path:
    return (config or paths.config_dir()) / FILE_NAME
