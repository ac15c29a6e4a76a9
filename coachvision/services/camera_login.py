"""The camera used last. The password in its address lies in the keyring, never in the settings. For the window."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from coachvision import settings

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

SETTING = "capture.source"
SECRET = "camera-password"  # noqa: S105 - its name
# Name and password before the last @ of the host's part; or a password among what is asked, as many cameras want it.
_LOGIN = re.compile(r"^([a-z]+://)([^/?#:]*):([^/?#]*)@", re.IGNORECASE)
_QUERY = r"[?&](?:password|passwd|pass|pwd|psw)="
_IN_QUERY = re.compile(rf"({_QUERY})[^&#]+", re.IGNORECASE)
_LACKS = re.compile(rf"^[a-z]+://[^/?#:]*@|{_QUERY}(?=&|#|$)", re.IGNORECASE)


def plain(address: str) -> str:
    """An address without its password, as everybody may see it. One that has none is the same."""
    return _IN_QUERY.sub(r"\1", _LOGIN.sub(_name_alone, address))


def remember(address: str, account: Callable[[], Account]) -> None:
    """Keep the address of a camera of any kind for the next time. account: asked for only where there is a password.

    Raises AccountError where the keyring does not take the password, CoachVisionError where the settings cannot be
    written; they are as they were then.
    """
    seen = plain(address)
    if seen != address:
        account().secrets.keep_table(SECRET, {"address": seen, "whole": address})
    settings.save(SETTING, seen)


def last(account: Callable[[], Account]) -> str:
    """The address used last, "" before the first. Raises AccountError where the keyring does not give the password.

    Where it holds none for that address, the camera will say that it wants one.
    """
    address = settings.load().text(SETTING)
    # Nobody is asked for the keyring's for an address that cannot have had a password.
    if not _LACKS.search(address):
        return address
    kept = account().secrets.read_table(SECRET)
    return kept.get("whole", address) if kept.get("address") == address else address


def _name_alone(found: re.Match[str]) -> str:
    scheme, name, password = found.groups()
    return f"{scheme}{name}@" if password else found.group()
