"""The camera used last. The password in its address lies in the keyring, never in the settings. For the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coachvision import settings

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

SETTING = "capture.source"
SECRET = "camera-password"  # noqa: S105 - its name


def apart(address: str) -> tuple[str, str]:
    """An address without its password, which everybody may see, and the password, "" where it has none."""
    login, at, _ = _login(address)
    name, _, password = login.partition(":")
    return (address.replace(f"{login}@", f"{name}@", 1), password) if at and password else (address, "")


def remember(address: str, account: Callable[[], Account]) -> None:
    """Keep the address of a camera of any kind for the next time. account: asked for only where there is a password.

    Raises AccountError where the keyring does not take the password, CoachVisionError where the settings cannot be
    written; they are as they were then.
    """
    plain, password = apart(address)
    if password:
        account().secrets.keep_table(SECRET, {"address": plain, "password": password})
    settings.save(SETTING, plain)


def last(account: Callable[[], Account]) -> str:
    """The address used last, "" before the first. Raises AccountError where the keyring does not give the password.

    Where it holds none for that address, the camera will say that it wants one.
    """
    address = settings.load().text(SETTING)
    name, at, _ = _login(address)
    # Only an address with an @ can have had a password: nobody is asked for the keyring's for nothing.
    if not at or ":" in name:
        return address
    kept = account().secrets.read_table(SECRET)
    password = kept.get("password") if kept.get("address") == address else None
    return address.replace(f"{name}@", f"{name}:{password}@", 1) if password else address


def _login(address: str) -> tuple[str, str, str]:
    """What stands before the host: name and password as they were typed in, an @, and the host."""
    return urlsplit(address).netloc.rpartition("@") if "://" in address else ("", "", "")
