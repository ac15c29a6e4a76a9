"""`Account`: who is signed in here, and a fresh access token for whoever needs one. For the services.

The access token lives in memory, the refresh token in the vault alone, read there for each refresh and written there at
once: the app and the command line share it. One refresh at a time: within the process whoever comes meanwhile shares
its outcome, between processes a lock file makes them take turns.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from coachvision import paths
from coachvision.accounts import identity as identities
from coachvision.accounts import service as services
from coachvision.accounts.access import Access, nobody, over
from coachvision.accounts.client import Ended, Errands, Tokens
from coachvision.accounts.identity import Identity
from coachvision.accounts.secrets import Secrets
from coachvision.accounts.service import Service
from coachvision.checkpoints import checkpoint
from coachvision.clock import Clock, SystemClock
from coachvision.errors import AccountError, Offline, SignedOut
from coachvision.locks import FileLock

REFRESH_TOKEN = "refresh-token"  # noqa: S105 - its name, not the token
# Refreshed this long before it expires, or a tenth of its life before.
MARGIN_S = 60.0
# More than the client's own patience: nobody waits for ever for another thread's refresh.
_FLIGHT_S = 90.0
_POLL_S = 0.02


@dataclass(frozen=True)
class Standing:
    """Who is here, in one look. kind: guest, signed_in, or ended (the service ended it; what is here stays in view).

    why_not_lasting: in words, where the sign-in will be gone when the program closes; else "".
    """

    kind: str
    user_id: str | None = None
    email: str = ""
    service: Service | None = None
    why_not_lasting: str = ""


@dataclass(frozen=True)
class _Held:
    """An access token in memory and when it came, by two clocks: one of them stands still while a laptop sleeps."""

    user_id: str
    access: str = field(repr=False)
    lifetime_s: float
    monotonic: float
    wall: float


class Account:
    """One settings folder's account. All methods may be called from any thread."""

    def __init__(
        self, config: Path | None = None, environment: Mapping[str, str] = os.environ, clock: Clock | None = None
    ) -> None:
        """Reads nothing yet and imports nothing heavy."""
        self._config = config or paths.config_dir()
        self._environment = environment
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self.secrets = Secrets(self._config, environment)
        # Set while the sign-in lives in memory alone.
        self._passing: Identity | None = None
        self._held: _Held | None = None
        self._unsaved: str | None = None
        self._flight: Future[str] | None = None

    # Who

    @property
    def identity(self) -> Identity | None:
        """Who is signed in; also whose sign-in the service has ended. None is the guest."""
        with self._lock:
            return self._passing or identities.read(self._config)

    @property
    def user_id(self) -> str | None:
        """Whose library is opened; None is the guest's."""
        found = self.identity
        return found.user_id if found else None

    @property
    def service(self) -> Service | None:
        """The service signed in with, else the one configured; None: nothing but the guest. Raises AccountError."""
        found = self.identity
        if found is None:
            return services.find(self._config, self._environment)
        try:
            configured = services.find(self._config, self._environment)
        except AccountError:
            configured = None
        # A new gateway or key is followed; a token never goes to another address than the one it came from.
        return configured if configured is not None and configured.url == found.service.url else found.service

    @property
    def standing(self) -> Standing:
        """Who is here, for people. Raises AccountError where the configured service cannot be meant."""
        found = self.identity
        if found is None:
            return Standing("guest", service=self.service)
        kind = "ended" if found.ended else "signed_in"
        return Standing(kind, found.user_id, found.email, self.service, self.secrets.why_not_lasting)

    def access(self) -> Access:
        """The tokens of whoever is signed in now, bound to that account. Raises SignedOut."""
        found = self.identity
        if found is None:
            raise nobody()
        return Access(self, found.user_id)

    # Tokens

    def access_token(self, *, rejected: str | None = None, user_id: str | None = None) -> str:
        """A fresh access token. rejected: one that the gateway would not take, so that a new one is fetched.

        user_id: only for that account. Raises Offline (still signed in) or SignedOut.
        """
        with self._lock:
            found = self._require(user_id)
            held = self._held
            if held is not None and held.user_id == found.user_id and held.access != rejected and self._fresh(held):
                return held.access
            flight, mine = self._flight, False
            if flight is None:
                flight, mine = Future(), True
                self._flight = flight
        if mine:
            self._fly(flight, found.user_id)
        try:
            token = flight.result(_FLIGHT_S)
        except TimeoutError as late:
            raise Offline("The sign-in service cannot be reached", "It does not answer", retryable=True) from late
        with self._lock:
            # While the refresh was under way somebody else may have signed in.
            self._require(found.user_id)
        return token

    def _require(self, user_id: str | None) -> Identity:
        found = self.identity
        if found is None or (user_id is not None and found.user_id != user_id):
            raise nobody()
        if found.ended:
            raise over(found.ended)
        return found

    def _fresh(self, held: _Held) -> bool:
        left = held.lifetime_s - min(MARGIN_S, held.lifetime_s / 10)
        awake = self._clock.monotonic() - held.monotonic
        passed = self._clock.now().timestamp() - held.wall
        # Set back or forward, the wall clock costs one refresh and nothing else.
        return awake < left and 0 <= passed < left

    def _fly(self, flight: Future[str], user_id: str) -> None:
        try:
            with self._turn():
                token = self._refresh(user_id)
        except BaseException as error:
            # Whoever waits for this flight gets the same.
            with self._lock:
                self._flight = None
            flight.set_exception(error)
        else:
            with self._lock:
                self._flight = None
            flight.set_result(token)

    def _refresh(self, user_id: str) -> str:
        """With the lock file held: the token in the vault is the newest of all processes."""
        found, service = self._require(user_id), self.service
        if service is None:
            raise nobody()
        try:
            kept = self.secrets.read(REFRESH_TOKEN, found.service)
        except AccountError as error:
            raise Offline(error.title, error.message, hint=error.hint, retryable=True) from error
        tokens = self._try_each(found, Errands(service), [token for token in (self._unsaved, kept) if token])
        if tokens.user_id != user_id:
            raise Offline("The service gave no sensible answer", "The answer is another account's", retryable=True)
        checkpoint("accounts.refresh.before_keep")
        self._keep(found.service, tokens)
        checkpoint("accounts.refresh.after_keep")
        return tokens.access

    def _try_each(self, found: Identity, errands: Errands, refresh_tokens: list[str]) -> Tokens:
        for token in refresh_tokens:
            try:
                return errands.refresh(token)
            except Ended as ended:
                if token == refresh_tokens[-1]:
                    raise self._end(found, ended.code) from ended
        # Another keyring than the one signed in with, perhaps: that is no word of the service, and ends nothing.
        raise SignedOut(
            "The keyring holds no sign-in any more",
            "It was emptied, or this is another one",
            hint="Sign in again; everything on this laptop is still here.",
        )

    def _keep(self, service: Service, tokens: Tokens) -> None:
        # Where it is not kept, the old token in the vault still works as long as the new one was not used; the new one
        # is tried again with the next refresh.
        kept = self.secrets.renew(REFRESH_TOKEN, tokens.refresh, service)
        self._unsaved = None if kept else tokens.refresh
        with self._lock:
            now, wall = self._clock.monotonic(), self._clock.now().timestamp()
            self._held = _Held(tokens.user_id, tokens.access, tokens.lifetime_s, now, wall)

    def _end(self, found: Identity, code: str) -> SignedOut:
        """The service has ended the sign-in: the token goes, the name stays, so that everything here stays in view."""
        with self._lock:
            self._held = self._unsaved = None
            self._remember(replace(found, ended=code))
        with suppress(AccountError):
            # The service takes this token no more: one that a locked keyring will not give up opens nothing.
            self.secrets.keep(REFRESH_TOKEN, None, found.service)
        return over(code)

    # Signing in and out

    def signed_in(self, service: Service, tokens: Tokens) -> Identity:
        """Somebody has signed in with that service: keep it. Raises CoachVisionError where the disk refuses."""
        found = Identity(tokens.user_id, tokens.email, service)
        with self._turn():
            self.secrets.look_again()
            self._keep(service, tokens)
            checkpoint("accounts.sign_in.token_kept")
            with self._lock:
                self._remember(found)
        return found

    def sign_out(self) -> bool:
        """Nobody is signed in any more; everything on this laptop stays. True if the service was told, too.

        Raises AccountError where the keyring would not give the token up: then it still is signed in.
        """
        found = self.identity
        if found is None:
            return False
        told = self._tell(found)
        with self._turn():
            self.secrets.keep(REFRESH_TOKEN, None, found.service)
            checkpoint("accounts.sign_out.token_gone")
            with self._lock:
                self._held = self._unsaved = self._passing = None
                identities.remove(self._config)
        return told

    def _tell(self, found: Identity) -> bool:
        try:
            Errands(found.service).sign_out(self.access_token(user_id=found.user_id))
        except (Offline, SignedOut, AccountError):
            # Without the service the token just goes from here.
            return False
        return True

    def _remember(self, found: Identity) -> None:
        if self.secrets.lasting:
            identities.write(found, self._config)
            self._passing = None
        else:
            self._passing = found

    # Secrets

    def secret(self, name: str) -> str | None:
        """A secret of this laptop's own at the configured service (the guest token). Raises AccountError."""
        service = self.service
        return None if service is None else self.secrets.read(name, service)

    def keep_secret(self, name: str, value: str | None) -> None:
        """Keep such a secret; None: forget it. Raises AccountError."""
        service = self.service
        if service is None:
            raise nobody()
        self.secrets.keep(name, value, service)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Between processes: whoever refreshes, signs in or out. Raises Offline where another never comes to an end."""
        self._config.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._config / "account.lock")
        until = time.monotonic() + _FLIGHT_S
        while not lock.acquire(wait=False):
            if time.monotonic() > until:
                raise Offline("Another CoachVision is signing in", "It does not come to an end", retryable=True)
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            lock.release()
