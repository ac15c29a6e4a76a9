"""What the auth server double knows: users, sessions, refresh chains, emailed codes, browser flows, signing keys.

Behaves as Supabase's auth server does where the desktop and the gateway can tell. No HTTP here; `auth_server` serves
it, and unit tests may use it directly (`AuthState().sign_in(...)`, `mint`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlparse

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

GRACE_S = 10
FLOW_S = 300
OTP_S = 3600
PUBLISHABLE_KEY = "sb_publishable_test_5Fq0hGk1vS7x"


class AuthFailure(Exception):  # noqa: N818 - what the server tells is its subject
    """An answer of the server that is an error: HTTP status, code, message."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


@dataclass
class User:
    email: str
    created: float
    password: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    confirmed: float | None = None
    banned: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    provider: str = "email"
    is_anonymous: bool = False


@dataclass
class RefreshToken:
    token: str
    parent: str | None
    revoked_at: float | None = None


@dataclass
class Session:
    user_id: str
    expires: float | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    tokens: list[RefreshToken] = field(default_factory=list)


@dataclass
class Mail:
    """One email that would have been sent. code: six digits; token_hash: what its link carries."""

    to: str
    kind: str
    code: str
    token_hash: str
    sent: float
    redirect_to: str | None
    challenge: str | None
    used: bool = False


@dataclass
class Flow:
    """A browser sign-in on its way: the code that the redirect carried, for the verifier of the challenge."""

    user_id: str
    challenge: str
    issued: float


class AuthState:
    """issuer: `<url>/auth/v1`. now: seconds since 1970; the server adds its settable skew."""

    def __init__(self, issuer: str = "http://127.0.0.1:9/auth/v1", now: Callable[[], float] = time.time) -> None:
        self.issuer = issuer
        self.now = now
        self.access_s = 3600
        self.confirm_emails = True
        self.browser_user: str | None = None
        self.users: dict[str, User] = {}
        self.sessions: dict[str, Session] = {}
        self.mails: list[Mail] = []
        self.flows: dict[str, Flow] = {}
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.kid = ""
        self.rotate_key()

    # keys and access tokens

    def rotate_key(self, *, forget_old: bool = False) -> str:
        """A new ES256 key signs from now on; returns its kid."""
        if forget_old:
            self.keys.clear()
        self.kid = str(uuid.uuid4())
        self.keys[self.kid] = ec.generate_private_key(ec.SECP256R1())
        return self.kid

    def jwks(self) -> dict[str, Any]:
        keys = []
        for kid, key in self.keys.items():
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
            keys.append({**public, "kid": kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"]})
        return {"keys": keys}

    def claims(self, user: User, session_id: str) -> dict[str, Any]:
        now = int(self.now())
        return {
            "iss": self.issuer,
            "aud": "authenticated",
            "sub": user.id,
            "iat": now,
            "exp": now + self.access_s,
            "email": user.email,
            "role": "authenticated",
            "aal": "aal1",
            "session_id": session_id,
            "is_anonymous": user.is_anonymous,
            "app_metadata": {"provider": user.provider, "providers": [user.provider]},
            "user_metadata": user.data,
        }

    def mint(self, claims: dict[str, Any], headers: dict[str, Any] | None = None, algorithm: str = "ES256") -> str:
        """A token as an attacker or a misconfigured server might make it. `HS256` signs with the PUBLIC key's PEM,
        `none` not at all; a claim of None leaves it out."""
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": self.kid, **(headers or {})}
        if algorithm in ("none", "HS256"):
            public = self.keys[self.kid].public_key()
            pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return _sign_by_hand(claims, {"alg": algorithm, "typ": "JWT", **headers}, pem)
        return jwt.encode(claims, self.keys[self.kid], algorithm=algorithm, headers=headers)

    def read_access(self, token: str) -> tuple[User, Session]:
        """Whose valid access token this is. Raises AuthFailure as the server answers."""
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            claims = jwt.decode(
                token,
                self.keys[kid].public_key(),
                algorithms=["ES256"],
                audience="authenticated",
                issuer=self.issuer,
                options={"verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise AuthFailure(403, "bad_jwt", f"invalid JWT: {error}") from error
        if claims["exp"] <= self.now():
            raise AuthFailure(403, "bad_jwt", "invalid JWT: token is expired")
        user = self.users.get(claims["sub"])
        if user is None:
            raise AuthFailure(403, "user_not_found", "User from sub claim in JWT does not exist")
        session = self.sessions.get(claims["session_id"])
        if session is None:
            raise AuthFailure(403, "session_not_found", "Session from session_id claim in JWT does not exist")
        return user, session

    # users

    def by_email(self, email: str) -> User | None:
        return next((user for user in self.users.values() if user.email == email.lower()), None)

    def add_user(self, email: str, password: str | None = None, *, confirmed: bool = True) -> User:
        user = User(email.lower(), self.now(), password, confirmed=self.now() if confirmed else None)
        self.users[user.id] = user
        return user

    def describe(self, user: User) -> dict[str, Any]:
        """The user as JSON answers carry it."""
        created = _iso(user.created)
        identity = {
            "id": user.id,
            "identity_id": str(uuid.uuid5(uuid.NAMESPACE_URL, user.id)),
            "user_id": user.id,
            "identity_data": {"email": user.email, "sub": user.id},
            "provider": user.provider,
            "created_at": created,
            "updated_at": created,
        }
        told = {
            "id": user.id,
            "aud": "authenticated",
            "role": "authenticated",
            "email": user.email,
            "phone": "",
            "app_metadata": {"provider": user.provider, "providers": [user.provider]},
            "user_metadata": user.data,
            "identities": [identity],
            "created_at": created,
            "updated_at": created,
            "is_anonymous": user.is_anonymous,
        }
        if user.confirmed is not None:
            told |= {"email_confirmed_at": _iso(user.confirmed), "confirmed_at": _iso(user.confirmed)}
        else:
            told |= {"confirmation_sent_at": created}
        return told

    # sessions and refresh tokens

    def sign_in(self, user: User) -> dict[str, Any]:
        """A new session of the user, as the token endpoints answer it."""
        if user.banned:
            raise AuthFailure(400, "user_banned", "User is banned")
        session = Session(user.id)
        session.tokens.append(RefreshToken(_refresh_token(), None))
        self.sessions[session.id] = session
        return self._answer(user, session, session.tokens[0].token)

    def refresh(self, token: str) -> dict[str, Any]:
        """Rotate: a token serves once, and once more within 10 s or while its successor is the active one."""
        session = next((s for s in self.sessions.values() if any(t.token == token for t in s.tokens)), None)
        if session is None:
            raise AuthFailure(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
        user = self.users.get(session.user_id)
        if user is None:
            raise AuthFailure(400, "session_not_found", "Session not found")
        if user.banned:
            raise AuthFailure(400, "user_banned", "User is banned")
        if session.expires is not None and session.expires <= self.now():
            raise AuthFailure(400, "session_expired", "Invalid Refresh Token: Session Expired")
        used = next(t for t in session.tokens if t.token == token)
        active = next((t for t in session.tokens if t.revoked_at is None), None)
        if used is active:
            used.revoked_at = self.now()
            session.tokens.append(RefreshToken(_refresh_token(), used.token))
            return self._answer(user, session, session.tokens[-1].token)
        within_grace = used.revoked_at is not None and self.now() - used.revoked_at <= GRACE_S
        if active is not None and (active.parent == used.token or within_grace):
            return self._answer(user, session, active.token)
        for each in session.tokens:
            each.revoked_at = each.revoked_at or self.now()
        raise AuthFailure(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")

    def sign_out(self, session: Session, scope: str) -> None:
        for other in [s for s in self.sessions.values() if s.user_id == session.user_id]:
            if scope == "global" or (scope == "local") == (other is session):
                del self.sessions[other.id]

    def _answer(self, user: User, session: Session, refresh_token: str) -> dict[str, Any]:
        return {
            "access_token": self.mint(self.claims(user, session.id)),
            "token_type": "bearer",
            "expires_in": self.access_s,
            "expires_at": int(self.now()) + self.access_s,
            "refresh_token": refresh_token,
            "user": self.describe(user),
        }

    # emailed codes

    def send(self, to: str, kind: str, redirect_to: str | None, challenge: str | None) -> Mail:
        mail = Mail(
            to.lower(),
            kind,
            f"{secrets.randbelow(1_000_000):06d}",
            secrets.token_hex(28),
            self.now(),
            redirect_to,
            challenge,
        )
        for older in self.mails:
            # A newer code of the kind takes the older one's place.
            older.used = older.used or (older.to == mail.to and older.kind == mail.kind)
        self.mails.append(mail)
        return mail

    def take_mail(self, *, code: str | None, token_hash: str | None, email: str | None) -> User:
        """Whom the emailed code or link signs in; each serves once, for an hour."""
        for mail in self.mails:
            by_code = code is not None and email is not None and (mail.code, mail.to) == (code, email.lower())
            by_link = token_hash is not None and mail.token_hash == token_hash
            if (by_code or by_link) and not mail.used and self.now() - mail.sent <= OTP_S:
                mail.used = True
                user = self.by_email(mail.to)
                if user is not None:
                    user.confirmed = user.confirmed or self.now()
                    return user
        raise AuthFailure(403, "otp_expired", "Token has expired or is invalid")

    # the browser flow

    def start_flow(self, user: User, challenge: str) -> str:
        """The code that the redirect back to the app carries."""
        code = str(uuid.uuid4())
        self.flows[code] = Flow(user.id, challenge, self.now())
        return code

    def finish_flow(self, code: str, verifier: str) -> dict[str, Any]:
        flow = self.flows.get(code)
        if flow is None:
            raise AuthFailure(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
        if self.now() - flow.issued > FLOW_S:
            del self.flows[code]
            raise AuthFailure(403, "flow_state_expired", "invalid flow state, flow state has expired")
        digest = hashlib.sha256(verifier.encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != flow.challenge:
            raise AuthFailure(400, "bad_code_verifier", "code challenge does not match previously saved code verifier")
        del self.flows[code]
        return self.sign_in(self.users[flow.user_id])


def redirect_allowed(address: str | None) -> bool:
    """Loopback by number on any port, and nothing else: as the project's redirect list is set up."""
    if not address:
        return False
    url = urlparse(address)
    return url.scheme == "http" and url.hostname == "127.0.0.1" and "@" not in url.netloc


def _refresh_token() -> str:
    return secrets.token_urlsafe(9)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _sign_by_hand(claims: dict[str, Any], header: dict[str, Any], secret: bytes) -> str:
    """PyJWT refuses to sign with a public key, which is what the confused-algorithm attack does."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    signed = part(json.dumps(header).encode()) + "." + part(json.dumps(claims).encode())
    if header["alg"] == "none":
        return signed + "."
    return signed + "." + part(hmac.digest(secret, signed.encode(), "sha256"))
