"""Signing in, as the fronts do it: join a club's service, open the library as whoever is signed in, adopt, sign out.

The ways to sign in themselves are in `accounts.signing`. Everything here may be called from any thread; what needs the
network says so by raising Offline.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coachvision.accounts import identity, service
from coachvision.accounts.service import Service
from coachvision.errors import AccountError, Offline
from coachvision.locks import FileLock

if TYPE_CHECKING:
    from coachvision.accounts.account import Account
    from coachvision.clock import Clock
    from coachvision.library import Library
    from coachvision.library.records import Changes, GuestShare

_HTTP_TIMEOUT_S = 15.0
_MOST_HOPS = 3


def signed_in_user(config: Path | None = None) -> str | None:
    """Whose library is opened on this laptop; None is the guest. Fast, offline, asks no keyring."""
    found = identity.read(config)
    return found.user_id if found else None


def open_library(root: Path, clock: Clock | None = None) -> Library:
    """The library in that folder, as whoever is signed in here. Raises LibraryError."""
    from coachvision.library import Library

    return Library.open(root, clock, user_id=signed_in_user())


def read_service(given: str) -> Service:
    """The service that a file or an https link names, to be shown before it is joined. Raises AccountError, Offline."""
    if urlsplit(given).scheme in ("http", "https"):
        return service.parse(_fetch(given), given)
    path = Path(given)
    try:
        with path.open("rb") as file:
            data = file.read(service.MOST_BYTES + 1)
    except OSError as error:
        raise AccountError("The service file cannot be read", f"{path}: {error.strerror}", path=path) from error
    return service.parse(_text(data, given), path.name)


def join_service(account: Account, found: Service) -> None:
    """Use this service from now on. Raises AccountError while somebody is signed in with another."""
    signed_in = account.identity
    if signed_in is not None and signed_in.service.url != found.url:
        raise AccountError(
            "Sign out first",
            f"You are signed in with {signed_in.service.title} as {signed_in.email}",
            hint=f"Sign out there, then join {found.title}.",
        )
    service.keep(found)


def offer_adoption(library: Library) -> GuestShare | None:
    """What the guest made here, if there is any and the account was not asked before."""
    if library.user_id is None:
        return None
    share = library.adoption.offer()
    return share if share.sessions and not share.asked else None


@dataclass(frozen=True)
class SignedOut:
    """told: the service knows, too. Offline it does not, and the token just went from this laptop."""

    email: str
    told: bool


def sign_out(account: Account) -> SignedOut | None:
    """Nobody is signed in any more; every session stays on this laptop. None: nobody was. Raises AccountError."""
    from coachvision.services import guest_claim

    found = account.identity
    if found is None:
        return None
    # Also where he leaves before the cloud could be asked, what the guest shared is his and not the next one's.
    guest_claim.note(account)
    return SignedOut(found.email, account.sign_out())


def forget_in_cloud(account: Account, library: Library) -> Changes:
    """Erase the account's everything in the cloud, sign out, and give what is on this laptop back to the guest.

    Raises Offline or AccountError: then nothing was changed here. library: open as that account.
    """
    from coachvision.services import keep_in_cloud
    from coachvision.services.cloud_account import erase
    from coachvision.services.sync_now import LOCK, opened_journal

    access = account.access()
    if library.user_id != access.user_id:
        raise AccountError("This library is open for somebody else", "It belongs to another account")
    lock = FileLock(library.root / LOCK)
    if not lock.acquire(wait=False):
        # What it is sending now would come after what is erased now.
        raise AccountError(
            "Sync is under way", f"{library.root} is being synced", hint="Pause it, or wait a little.", retryable=True
        )
    try:
        erase(access)
        with opened_journal(library.root) as journal:
            journal.forget(access.user_id)
        changes = library.adoption.give_back()
        keep_in_cloud.remember(access.user_id, None)
        account.sign_out()
    finally:
        lock.release()
    return changes


def size_in_words(size: int) -> str:
    """Bytes as the coach's own file window counts them, in powers of 1024: 3.2 GB, 41 MB."""
    if size >= 1 << 30:
        return f"{size / (1 << 30):.1f}".removesuffix(".0") + " GB"
    return f"{max(1, round(size / (1 << 20)))} MB" if size else "0 MB"


def _fetch(link: str) -> str:
    import httpx

    try:
        with httpx.Client(timeout=_HTTP_TIMEOUT_S, follow_redirects=False) as client:
            for _ in range(_MOST_HOPS):
                _require_https(link)
                with client.stream("GET", link) as answer:
                    if answer.next_request is not None:
                        link = str(answer.next_request.url)
                        continue
                    answer.raise_for_status()
                    data = b""
                    for chunk in answer.iter_bytes():
                        data += chunk
                        if len(data) > service.MOST_BYTES:
                            break
                    return _text(data, link)
    except httpx.HTTPStatusError as error:
        raise AccountError("The link does not work", f"{link}: {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Offline("The link cannot be reached", f"{link}: {error}", retryable=True) from error
    raise AccountError("The link does not work", f"{link} leads on and on")


def _require_https(link: str) -> None:
    parts = urlsplit(link)
    if parts.scheme != "https" and not (parts.scheme == "http" and service.is_this_machine(parts.hostname or "")):
        raise AccountError(
            "The link is not safe", f"{link} is not https, so anybody on the network could change what it says",
            hint="Ask for the https link, or for the file itself.",
        )  # fmt: skip


def _text(data: bytes, source: str) -> str:
    if len(data) > service.MOST_BYTES:
        raise AccountError("This is not a service file", f"{source} is too long for one")
    try:
        return data.decode("utf-8-sig")
    except ValueError as error:
        raise AccountError("This is not a service file", f"{source}: {error}") from error
