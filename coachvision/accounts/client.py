"""The Supabase client as this room uses it: one for each errand, never its own session keeping.

Its storage, timers and `initialize` are not used: offline they delete the session. It is imported with the first
errand, never at start-up. What goes wrong comes out as Offline, Ended (refreshing alone) or AccountError.
For this room alone.
"""

from __future__ import annotations

import functools
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coachvision.accounts.service import Service
from coachvision.accounts.translate import Ended, plain_words
from coachvision.errors import Offline

if TYPE_CHECKING:
    from supabase_auth import SyncGoTrueClient

__all__ = ["BrowserErrand", "Ended", "Errands", "Tokens"]
TIMEOUT_S = 15.0


@dataclass(frozen=True)
class Tokens:
    """What a sign-in or a refresh gave. lifetime_s: of the access token, from when it was given."""

    user_id: str
    email: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lifetime_s: float


class Errands:
    """What is asked of the sign-in service. Every method raises Offline or AccountError, `refresh` also Ended."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def refresh(self, token: str) -> Tokens:
        """New tokens for a refresh token. Raises Ended for the five codes that end a sign-in, else Offline."""
        with self._errand(refreshing=True) as client:
            return _tokens(client.refresh_session(token))

    def send_code(self, email: str) -> None:
        """Have a code mailed; an address not known yet becomes a new account with it."""
        with self._errand() as client:
            client.sign_in_with_otp({"email": email})

    def confirm_code(self, email: str, code: str, kind: str) -> Tokens:
        """Sign in with a mailed code. kind: `email` (to sign in), `signup` or `recovery`."""
        with self._errand() as client:
            return _tokens(client.verify_otp({"email": email, "token": code, "type": kind}))  # type: ignore[typeddict-item]  # one of its literals

    def sign_in(self, email: str, password: str) -> Tokens:
        """Sign in with a password."""
        with self._errand() as client:
            return _tokens(client.sign_in_with_password({"email": email, "password": password}))

    def sign_up(self, email: str, password: str) -> Tokens | None:
        """A new account; None: a mailed code must confirm it first."""
        with self._errand() as client:
            answer = client.sign_up({"email": email, "password": password})
            return None if answer.session is None else _tokens(answer)

    def send_recovery(self, email: str) -> None:
        """Have a code mailed with which a forgotten password can be replaced."""
        with self._errand() as client:
            client.reset_password_for_email(email)

    def change_password(self, access: str, password: str) -> None:
        """Replace the password of the account that the access token is of."""
        with self._errand() as client:
            # The client's own update_user wants a stored session; the request is the same.
            client._request("PUT", "user", body={"password": password}, jwt=access)  # noqa: SLF001

    def sign_out(self, access: str) -> None:
        """End this sign-in at the service; others of the same account stay."""
        with self._errand() as client:
            client.admin.sign_out(access, "local")

    def browser(self, provider: str, redirect: str) -> BrowserErrand:
        """Begin to sign in with the browser (PKCE). redirect: where the browser comes back to, on 127.0.0.1."""
        with self._errand(close=False) as client:
            answer = client.sign_in_with_oauth({"provider": provider, "options": {"redirect_to": redirect}})  # type: ignore[typeddict-item]  # the service's own providers
            return BrowserErrand(answer.url, client, redirect)

    @contextmanager
    def _errand(self, *, refreshing: bool = False, close: bool = True) -> Iterator[SyncGoTrueClient]:
        with plain_words(self.service.title, refreshing=refreshing):
            client = _client(self.service)
            try:
                yield client
            finally:
                if close:
                    client.close()


class BrowserErrand:
    """A sign-in that goes on in the browser. url: to open there. The code verifier stays in this object's memory."""

    def __init__(self, url: str, client: SyncGoTrueClient, redirect: str) -> None:
        self.url = url
        self._client = client
        self._redirect = redirect

    def finish(self, code: str) -> Tokens:
        """The tokens for the code that the browser brought back. Raises Offline, AccountError."""
        with plain_words(self.url):
            return _tokens(
                self._client.exchange_code_for_session(
                    {"auth_code": code, "code_verifier": "", "redirect_to": self._redirect}
                )
            )

    def close(self) -> None:
        """It is over, one way or the other."""
        self._client.close()


def load() -> None:
    """Import Supabase and the keyring now, for a program whose threads must not do so side by side: see `app.rooms`."""
    import keyring

    load_supabase()
    keyring.get_keyring()


def load_supabase() -> None:
    """Import Supabase now, and read the certificates."""
    import supabase_auth  # noqa: F401 - for its being loaded

    _certificates()


def _client(service: Service) -> SyncGoTrueClient:
    import httpx
    from supabase_auth import SyncGoTrueClient

    return SyncGoTrueClient(
        url=f"{service.url}/auth/v1",
        headers={"apikey": service.key},
        auto_refresh_token=False,
        persist_session=False,
        flow_type="pkce",
        # A captive portal's redirect must not be followed and taken for the service's answer.
        http_client=httpx.Client(follow_redirects=False, timeout=TIMEOUT_S, verify=_certificates()),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: that takes longer than a request."""
    import httpx

    return httpx.create_ssl_context()


def _tokens(answer: Any) -> Tokens:
    """Tokens out of the client's answer. Raises Offline where it is not one: then somebody else has answered."""
    session, user = answer.session, answer.user
    try:
        user_id = str(uuid.UUID(user.id))
        tokens = Tokens(
            user_id, user.email or "", session.access_token, session.refresh_token, float(session.expires_in)
        )
    except (AttributeError, ValueError, TypeError) as error:
        raise Offline("The service gave no sensible answer", "The answer holds no sign-in", retryable=True) from error
    if not tokens.access or not tokens.refresh or tokens.lifetime_s <= 0:
        raise Offline("The service gave no sensible answer", "The answer holds no token", retryable=True)
    return tokens
