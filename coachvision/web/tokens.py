"""Verifies access tokens of the sign-in service (Supabase) by its published keys. For edge and gateway.

ES256 and RS256 alone, exact issuer and audience, `exp`, `sub` and `iat` required, 60 s of leeway, anonymous sign-ins
refused. Keys come from the JWKS address that was configured, never from the token (`jku`, `jwk`, `x5u` are ignored).
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
import jwt
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from coachvision.clock import Clock, SystemClock
from coachvision.web.problems import Refusal

ALGORITHMS = ("ES256", "RS256")
LEEWAY_S = 60
# Fresh keys are not asked for again; when the service cannot be reached, old ones serve for a day.
FRESH_S, STALE_S = 600, 86_400
# A token with an unknown key id may mean new keys, or somebody who wants us to hammer the service.
RETRY_S = 10
_TIMEOUT_S = 5.0
_TOKEN_CHARACTERS = 8_192
_RSA_BITS = 2_048
_REMEMBERED = 10_000
# A subject becomes part of a key in the bucket.
_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Claims:
    """A verified token: whose it is and until when (seconds since 1970)."""

    subject: str
    expires: int


class Verifier:
    """Verifies tokens of one issuer. One for a whole process; any thread.

    `verify` never waits for the network while fresh keys are at hand; `ready` tells whether that is so.
    """

    def __init__(
        self, issuer: str, *, audience: str = "authenticated", jwks_url: str | None = None, clock: Clock | None = None
    ) -> None:
        self._issuer, self._audience = issuer, audience
        self._url = jwks_url or f"{issuer}/.well-known/jwks.json"
        self._clock = clock or SystemClock()
        self._keys: Mapping[str, tuple[str, Any]] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._known: dict[bytes, Claims] = {}
        self._lock = threading.Lock()

    def ready(self, token: str) -> bool:
        """Whether this token can be judged without asking the service for its keys."""
        return self._is_younger(self._fetched, FRESH_S) and _key_id(token) in self._keys

    def verify(self, token: str) -> Claims:
        """Whose token it is. Raises Refusal: token_invalid, token_expired, or upstream_unavailable without any keys.

        A token found good is remembered as long as the keys are; only its expiry is looked at again.
        """
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        known, fetched = self._known.get(digest), self._fetched
        if known is not None and self._is_younger(fetched, FRESH_S):
            if known.expires + LEEWAY_S <= self._clock.now().timestamp():
                raise _expired()
            return known
        claims = self._judge(token)
        with self._lock:
            # Only under the keys it was judged by.
            if self._fetched is not None and self._fetched == (fetched or self._fetched):
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[digest] = claims
        return claims

    def _judge(self, token: str) -> Claims:
        name = _key_id(token)
        if not (self._is_younger(self._fetched, FRESH_S) and name in self._keys):
            self._refresh(name)
        found = self._keys.get(name)
        if found is None:
            raise _invalid()
        algorithm, key = found
        try:
            claims = jwt.decode(
                token, key, algorithms=[algorithm], audience=self._audience, issuer=self._issuer, leeway=LEEWAY_S,
                options={"require": ["exp", "sub", "iat", "aud", "iss"], "strict_aud": True},
            )  # fmt: skip
        except jwt.ExpiredSignatureError as error:
            raise _expired() from error
        # ValueError, OverflowError: claims that are no numbers a calendar knows.
        except (jwt.PyJWTError, ValueError, OverflowError) as error:
            raise _invalid() from error
        subject = claims["sub"]
        if claims.get("is_anonymous") or claims.get("role", "authenticated") != "authenticated":
            raise _invalid()
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise _invalid()
        return Claims(subject, int(claims["exp"]))

    def _refresh(self, name: str) -> None:
        """Fetch the keys, unless another thread just did. Raises Refusal where there are none to fall back on."""
        with self._lock:
            if self._is_younger(self._fetched, FRESH_S) and name in self._keys:
                return
            if self._is_younger(self._tried, RETRY_S):
                if self._fetched is None:
                    raise _unreachable()
                return
            self._tried = self._clock.monotonic()
            try:
                keys = _fetch(self._url)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                if not self._is_younger(self._fetched, STALE_S):
                    self._keys, self._fetched = {}, None
                    raise _unreachable() from error
                return
            self._keys, self._fetched = keys, self._clock.monotonic()
            self._known.clear()

    def _is_younger(self, moment: float | None, seconds: float) -> bool:
        return moment is not None and self._clock.monotonic() - moment < seconds


def _fetch(url: str) -> dict[str, tuple[str, Any]]:
    """Key id -> (its one algorithm, key). Raises httpx.HTTPError, ValueError where it is no key set."""
    answer = httpx.get(url, follow_redirects=False, timeout=_TIMEOUT_S)
    if answer.status_code != httpx.codes.OK:
        raise ValueError(f"the sign-in service answered {answer.status_code}")
    document = answer.json()
    keys: dict[str, tuple[str, Any]] = {}
    entries = document.get("keys") if isinstance(document, dict) else None
    # A hotel's page that happens to be JSON is no key set, and must not empty the cache.
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str) and (usable := _read_key(entry)):
            keys[entry["kid"]] = usable
    if not keys:
        raise ValueError("the sign-in service sent no usable key")
    return keys


def _read_key(entry: dict[str, Any]) -> tuple[str, Any] | None:
    """A public signing key and the algorithm that its type fixes; None for any other."""
    if entry.get("use", "sig") != "sig":
        return None
    kind = (entry.get("kty"), entry.get("crv"))
    algorithm = "ES256" if kind == ("EC", "P-256") else "RS256" if kind[0] == "RSA" else None
    if algorithm is None or entry.get("alg", algorithm) != algorithm:
        return None
    public = {name: value for name, value in entry.items() if name in ("kty", "crv", "x", "y", "n", "e")}
    try:
        if algorithm == "ES256":
            return algorithm, ECAlgorithm.from_jwk(public)
        key = RSAAlgorithm.from_jwk(public)
    except (jwt.PyJWTError, ValueError):
        return None
    return (algorithm, key) if key.key_size >= _RSA_BITS else None


def _key_id(token: str) -> str:
    """The key id of the token's header. Raises Refusal where it is no token at all."""
    header, _, rest = token.partition(".")
    name = _read_header(header) if rest and len(token) <= _TOKEN_CHARACTERS else None
    if name is None:
        raise _invalid()
    return name


@lru_cache(maxsize=64)
def _read_header(header: str) -> str | None:
    """The key id; all tokens of one key have the same header. None for a header that no token of ours has."""
    try:
        # PyJWT reads headers of whole tokens only.
        told = jwt.get_unverified_header(f"{header}.e30.")
    except (jwt.PyJWTError, ValueError):
        return None
    name = told.get("kid")
    return name if told.get("alg") in ALGORITHMS and isinstance(name, str) and "crit" not in told else None


def _expired() -> Refusal:
    return Refusal("token_expired", "The sign-in has expired: refresh it.")


def _invalid() -> Refusal:
    return Refusal("token_invalid", "Sign in first.")


def _unreachable() -> Refusal:
    return Refusal("upstream_unavailable", "The sign-in service cannot be reached.", retry_after=RETRY_S)
