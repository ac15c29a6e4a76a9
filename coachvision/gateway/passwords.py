"""Passwords of links: Argon2id, and the proof that somebody knew one. For `shares`."""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Argon2id as RFC 9106 recommends where memory is scarce: 64 MiB, three passes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def hash_password(password: str) -> str:
    """What is kept of it."""
    return _HASHER.hash(password)


def is_right(kept: str, password: str) -> bool:
    """Whether it is the password."""
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def seal(key: bytes, share_id: str, kept: str, until: int) -> str:
    """What the browser of somebody who knew the password keeps: worthless for another link or another password."""
    digest = hmac.new(key, f"unlock {share_id} {kept} {until}".encode(), hashlib.sha256).hexdigest()
    return f"{until}.{digest}"


def is_sealed(key: bytes, share_id: str, kept: str, seal_text: str, now: float) -> bool:
    """Whether this is such a seal, and still good. now: seconds since 1970."""
    until = seal_text.partition(".")[0]
    if not (until.isascii() and until.isdecimal() and len(until) <= 12):
        return False
    return int(until) > now and hmac.compare_digest(seal(key, share_id, kept, int(until)).encode(), seal_text.encode())
