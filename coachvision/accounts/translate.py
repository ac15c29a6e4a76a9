"""The sign-in service's errors in plain words, in one place. For the accounts room alone.

Refreshing, only five codes end a sign-in (CLOUD, section 2); whatever else happens leaves the coach signed in, offline:
a captive portal's page, a redirect, a proxy's 403, a full disk at the service are all no word about the account.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coachvision.errors import AccountError, Offline

ENDING = frozenset(
    {"refresh_token_not_found", "refresh_token_already_used", "session_not_found", "session_expired", "user_banned"}
)


class Ended(Exception):  # noqa: N818 - it is an outcome
    """The service has ended the sign-in. code: one of `ENDING`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_CODE = ("The code is not right", "It is wrong, was used already, or is too old", "Have a new one mailed.")
_BUSY = ("Too many tries", "The service asks to wait a little", "Try again in a minute or two.")
_CLOSED = ("This way of signing in is switched off", "The service does not offer it", "Choose another way to sign in.")
_KNOWN = {
    "invalid_credentials": (
        "The e-mail address or the password is not right", "The service does not know them together",
        "Check both, sign in by a mailed code, or have the password replaced.",
    ),
    "otp_expired": _CODE,
    "bad_code_verifier": _CODE,
    "flow_state_not_found": _CODE,
    "flow_state_expired": _CODE,
    "over_request_rate_limit": _BUSY,
    "over_email_send_rate_limit": _BUSY,
    "otp_disabled": _CLOSED,
    "signup_disabled": _CLOSED,
    "email_provider_disabled": _CLOSED,
    "provider_disabled": _CLOSED,
    "oauth_provider_not_supported": _CLOSED,
    "email_not_confirmed": (
        "The e-mail address is not confirmed yet", "A code was mailed to it when the account was made",
        "Type that code, or sign in by a new one.",
    ),
    "user_already_exists": ("There is an account with that address", "It was made before", "Sign in with it."),
    "email_exists": ("There is an account with that address", "It was made before", "Sign in with it."),
    "user_banned": (
        "This account is closed", "The service lets it in no more", "Ask whoever runs your club's service.",
    ),
    "email_address_invalid": ("This is no e-mail address", "The service does not take it", "Check how it is written."),
    "email_address_not_authorized": ("This address may not sign in", "The service does not take it", ""),
    "same_password": ("This is the password you had", "A new one must differ from it", ""),
    "session_not_found": ("Your sign-in is over", "The service knows it no more", "Sign in again."),
}  # fmt: skip


@contextmanager
def plain_words(service: str, *, refreshing: bool = False) -> Iterator[None]:
    """Turn what the client raises into Offline, Ended or AccountError. service: what to call it."""
    from supabase_auth.errors import AuthError, AuthRetryableError, AuthUnknownError, AuthWeakPasswordError

    try:
        yield
    except (AuthRetryableError, AuthUnknownError) as error:
        raise _offline(service, error.message) from error
    except AuthWeakPasswordError as error:
        raise AccountError(
            "This password is too weak", error.message, hint="Choose a longer one, of several words."
        ) from error
    except AuthError as error:
        code, status = str(error.code or ""), int(getattr(error, "status", 0))
        if refreshing:
            if code in ENDING and 400 <= status < 500:
                raise Ended(code) from error
            raise _offline(service, f"{status} {error.message}") from error
        raise _translated(service, code, status, error.message) from error
    except ValueError as error:
        # pydantic's: 200 with a page instead of tokens: a captive portal.
        raise _offline(service, "it answered with something else; a network's own sign-in page, perhaps") from error


def _translated(service: str, code: str, status: int, message: str) -> AccountError | Offline:
    if code in _KNOWN:
        title, told, hint = _KNOWN[code]
        return AccountError(title, told, hint=hint, retryable=code.startswith("over_"))
    if status >= 500 or status == 429 or not code:
        return _offline(service, f"{status} {message}")
    return AccountError("The service refused", f"{service}: {message}", hint="Check what you typed.")


def _offline(service: str, why: str) -> Offline:
    return Offline(
        "The sign-in service cannot be reached",
        f"{service}: {' '.join(why.split())[:200]}",
        hint="Everything on this laptop works without it. Try again when the network is back.",
        retryable=True,
    )
