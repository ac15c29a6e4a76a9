"""The ways to sign in: a mailed code, a password, the browser; new accounts and forgotten passwords. For the services.

Whoever was signed in before is signed out first, once the new one is known to work. Every function raises Offline or
AccountError; nothing is kept of a try that failed.
"""

from __future__ import annotations

from collections.abc import Callable

from coachvision.accounts.account import Account
from coachvision.accounts.client import Errands, Tokens
from coachvision.accounts.identity import Identity
from coachvision.accounts.loopback import Loopback
from coachvision.accounts.service import Service
from coachvision.errors import AccountError

# As long as a code of the service can be exchanged.
BROWSER_PATIENCE_S = 300.0


def send_code(account: Account, email: str) -> None:
    """Have a code mailed that signs in; an address not known yet becomes a new account with it."""
    _errands(account).send_code(_address(email))


def confirm_code(account: Account, email: str, code: str, kind: str = "email") -> Identity:
    """Sign in with the mailed code. kind: `email`, or `signup` where it confirms a new account with a password."""
    errands = _errands(account)
    return _enter(account, errands.service, errands.confirm_code(_address(email), _code(code), kind))


def sign_in(account: Account, email: str, password: str) -> Identity:
    """Sign in with a password."""
    errands = _errands(account)
    return _enter(account, errands.service, errands.sign_in(_address(email), password))


def sign_up(account: Account, email: str, password: str) -> Identity | None:
    """Make an account. None: a code was mailed, and `confirm_code` with kind `signup` goes on."""
    errands = _errands(account)
    tokens = errands.sign_up(_address(email), password)
    return None if tokens is None else _enter(account, errands.service, tokens)


def send_recovery(account: Account, email: str) -> None:
    """Have a code mailed for a forgotten password."""
    _errands(account).send_recovery(_address(email))


def recover(account: Account, email: str, code: str, password: str) -> Identity:
    """Replace the forgotten password with the mailed code's leave, and be signed in."""
    errands = _errands(account)
    tokens = errands.confirm_code(_address(email), _code(code), "recovery")
    # The code is used up: whatever becomes of the new password, the coach is in.
    found = _enter(account, errands.service, tokens)
    errands.change_password(tokens.access, password)
    return found


def sign_in_with_browser(
    account: Account,
    open_url: Callable[[str], object],
    provider: str = "",
    *,
    cancelled: Callable[[], bool] = lambda: False,
    patience_s: float = BROWSER_PATIENCE_S,
) -> Identity:
    """Sign in where the system's browser leads. open_url: shows the page. provider: default the service's first.

    Raises Cancelled too.
    """
    errands = _errands(account)
    offered = errands.service.providers
    if not provider and not offered:
        raise AccountError(
            "The browser cannot sign in here",
            f"{errands.service.title} names no provider for it",
            hint="Sign in with a mailed code or a password.",
        )
    with Loopback() as loopback:
        errand = errands.browser(provider or offered[0], loopback.address)
        try:
            open_url(errand.url)
            tokens = errand.finish(loopback.wait(patience_s, cancelled))
        finally:
            errand.close()
    return _enter(account, errands.service, tokens)


def require_service(account: Account) -> Service:
    """The service to sign in with. Raises AccountError where none is set up."""
    service = account.service
    if service is None:
        raise AccountError(
            "There is nothing to sign in to yet",
            "No service is set up on this laptop; everything works without one",
            hint="Give the service.toml, or the link to it, that your club gave you: coachvision login --service FILE",
        )
    return service


def _errands(account: Account) -> Errands:
    return Errands(require_service(account))


def _enter(account: Account, service: Service, tokens: Tokens) -> Identity:
    before = account.identity
    if before is not None and (before.user_id, before.service.url) != (tokens.user_id, service.url):
        account.sign_out()
    return account.signed_in(service, tokens)


def _address(email: str) -> str:
    email = email.strip()
    if email.count("@") != 1 or any(c.isspace() for c in email) or email[0] == "@" or email[-1] == "@":
        raise AccountError("This is no e-mail address", f"{email!r}", hint="Check how it is written.")
    return email


def _code(code: str) -> str:
    # As it is copied out of a mail: with spaces, or in two groups.
    code = "".join(code.split()).replace("-", "")
    if not code:
        raise AccountError("The code is missing", "", hint="Type the code from the mail.")
    return code
