"""What sync is handed of an account, and the words where there is none. For the accounts room and services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coachvision.errors import SignedOut

if TYPE_CHECKING:
    from coachvision.accounts.account import Account


class Access:
    """What sync is handed: one account's tokens. It ends with that account's sign-in, whoever signs in next."""

    def __init__(self, account: Account, user_id: str) -> None:
        self.user_id = user_id
        self._account = account

    def access_token(self, *, rejected: str | None = None) -> str:
        """A fresh one; any thread. rejected: one the gateway did not take. Raises Offline, SignedOut."""
        return self._account.access_token(rejected=rejected, user_id=self.user_id)

    @property
    def gateway(self) -> str:
        """The gateway's address, "" where there is none."""
        service = self._account.service
        return service.gateway if service else ""


def nobody() -> SignedOut:
    """What is raised where an account is needed and nobody, or somebody else, is signed in."""
    return SignedOut("Nobody is signed in", "This needs an account", hint="Sign in first: coachvision login")


def over(code: str) -> SignedOut:
    """What is raised where the service has ended the sign-in. code: its word for why."""
    told = "The account is closed" if code == "user_banned" else "The service has ended the sign-in"
    return SignedOut(
        "Your sign-in is over", f"{told}; everything on this laptop is still here", hint="Sign in again to go on."
    )
