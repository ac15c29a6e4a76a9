"""A club's own bucket in place of a gateway: where it is in the settings, its key in the keyring. For the fronts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coachvision import settings
from coachvision.clock import Clock, SystemClock
from coachvision.errors import AccountError, Offline, SignedOut, UsageError
from coachvision.sync import faults
from coachvision.sync.halting import Halt
from coachvision.sync.remotes.bucket import BucketRemote, Place

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

SECRET = "bucket-secret"  # noqa: S105 - its name, not the secret


def place() -> Place | None:
    """The bucket that the settings name, or None."""
    told = settings.load()
    if not told.text("bucket.endpoint"):
        return None
    return Place(
        told.text("bucket.endpoint"), told.text("bucket.name"), told.text("bucket.region"), told.text("bucket.prefix")
    )


def check(chosen: Place, key_id: str, secret: str, halt: Halt | None = None) -> None:
    """Try whether sync could use that bucket. Raises UsageError, Offline, AccountError: what is wrong, in words.

    halt: asked to, it waits for a silent bucket no longer.
    """
    _require_sound(chosen, key_id, secret)
    try:
        remote = BucketRemote(chosen, _Given((key_id, secret)), "", SystemClock())
    except ValueError as error:
        raise _odd(chosen) from error
    try:
        with (halt or Halt()).ending(remote.break_off):
            remote.check()
    except faults.Offline as fault:
        raise Offline(
            "The bucket cannot be reached", f"Nothing that knows buckets answers at {chosen.endpoint}",
            hint="Look whether the address is right and the internet is there.", retryable=True,
        ) from fault  # fmt: skip
    except faults.SignedOut as fault:
        raise AccountError(
            "The bucket does not accept this key", f"{chosen.bucket} at {chosen.endpoint} refuses it",
            hint="Look at the key's id, its secret, the region, and whether it may read and write there.",
        ) from fault  # fmt: skip
    except faults.Fault as fault:
        raise AccountError("The bucket cannot be used", fault.told, hint="Look at its name and its address.") from fault
    finally:
        remote.close()


def use(account: Account, chosen: Place, key_id: str, secret: str) -> None:
    """Sync with that bucket from now on. Raises UsageError, AccountError where the keyring keeps no secret."""
    _require_sound(chosen, key_id, secret)
    account.require_lasting()
    account.keep_own_secret(SECRET, secret)
    told = {
        "name": chosen.bucket, "region": chosen.region, "prefix": chosen.prefix, "key_id": key_id,
        "endpoint": chosen.endpoint.rstrip("/"),
    }  # fmt: skip
    for name, value in told.items():
        settings.save(f"bucket.{name}", value)


def _require_sound(chosen: Place, key_id: str, secret: str) -> None:
    parts = urlsplit(chosen.endpoint)
    plain = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or plain):
        raise _odd(chosen)
    if not chosen.bucket or not key_id or not secret:
        raise UsageError("The bucket needs its name and its key", "The name, the key's id or its secret is empty")
    if chosen.prefix and not chosen.prefix.endswith("/"):
        raise UsageError("The prefix must end in a slash", f"It is {chosen.prefix}")


def _odd(chosen: Place) -> UsageError:
    return UsageError("The bucket's address is not right", f"It must begin with https://, and is {chosen.endpoint}")


def forget(account: Account) -> None:
    """Sync with no bucket any more; what lies in it stays. Raises AccountError where the keyring will not let go."""
    account.keep_own_secret(SECRET, None)
    for name in ("endpoint", "name", "key_id", "prefix"):
        settings.save(f"bucket.{name}", "")


def remote(account: Account, clock: Clock) -> BucketRemote | None:
    """The bucket as sync's remote, or None where none is chosen. Raises SignedOut where the keyring has no key."""
    chosen = place()
    return None if chosen is None else BucketRemote(chosen, _Keys(account), account.user_id or "", clock)


@dataclass(frozen=True)
class _Given:
    keys: tuple[str, str]

    def pair(self) -> tuple[str, str]:
        return self.keys


@dataclass(frozen=True)
class _Keys:
    account: Account

    def pair(self) -> tuple[str, str]:
        secret = self.account.own_secret(SECRET)
        if secret is None:
            raise SignedOut(
                "There is no key for the club's bucket",
                "The keyring holds none, or this is another one",
                hint="Give it again, on the account screen or with `coachvision bucket`.",
            )
        return settings.load().text("bucket.key_id"), secret
