"""A club's own bucket in place of a gateway: where it is in the settings, its key in the keyring. For the fronts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coachvision import settings
from coachvision.checkpoints import checkpoint
from coachvision.clock import Clock, SystemClock
from coachvision.errors import AccountError, Offline, SignedOut, UsageError
from coachvision.sync import faults
from coachvision.sync.halting import Halt
from coachvision.sync.records import Summary
from coachvision.sync.remotes.bucket import BucketRemote, Place
from coachvision.sync.states import Reason
from coachvision.words import said

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

# The keyring's entry: each bucket's secret by the bucket, one but for the moment in which one takes another's place.
SECRET = "bucket-secret"  # noqa: S105 - its name, not the secret
_ANOTHER_KEY = said("Give it another, on the account screen or with `coachvision bucket`.")


def place() -> Place | None:
    """The bucket that the settings name, or None."""
    chosen = _chosen()
    return None if chosen is None else chosen[0]


def refused(summary: Summary) -> SignedOut | None:
    """What to tell where a run ended because the bucket does not accept its key; None where that was not it."""
    chosen = place()
    if summary.paused is not Reason.KEY or chosen is None:
        return None
    return SignedOut(
        "The club's bucket does not accept its key", f"{chosen.bucket} at {chosen.endpoint} refuses it",
        hint=_ANOTHER_KEY,
    )  # fmt: skip


def _chosen() -> tuple[Place, str] | None:
    """(the bucket, its key's id)."""
    told = settings.load()
    endpoint, name, region, prefix, key_id = (
        told.text(f"bucket.{what}") for what in ("endpoint", "name", "region", "prefix", "key_id")
    )
    return (Place(endpoint, name, region, prefix), key_id) if endpoint else None


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
    """Sync with that bucket from now on. Raises UsageError, AccountError where the keyring keeps no secret.

    Killed anywhere, it is the one bucket or the other, with its own secret.
    """
    _require_sound(chosen, key_id, secret)
    account.secrets.require_lasting()
    chosen = replace(chosen, endpoint=chosen.endpoint.rstrip("/"))
    before, secrets, mine = _chosen(), account.secrets.read_table(SECRET), {_name_of(chosen, key_id): secret}
    used = {} if before is None else {_name_of(*before): secrets.get(_name_of(*before), "")}
    account.secrets.keep_table(SECRET, {**used, **mine})
    checkpoint("bucket.key_kept")
    _choose(chosen, key_id)
    checkpoint("bucket.chosen")
    account.secrets.keep_table(SECRET, mine)


def _choose(chosen: Place, key_id: str) -> None:
    told = {
        "endpoint": chosen.endpoint, "name": chosen.bucket, "region": chosen.region, "prefix": chosen.prefix,
        "key_id": key_id,
    }  # fmt: skip
    settings.save_all({f"bucket.{name}": value for name, value in told.items()})


def _name_of(chosen: Place, key_id: str) -> str:
    told = (chosen.endpoint, chosen.bucket, chosen.region, chosen.prefix, key_id)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


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
    """Sync with no bucket any more; what lies in it stays. Raises AccountError where the keyring will not let go.

    The secret goes first: killed in between, what is left is a bucket without a key, which is told, and no secret.
    """
    account.secrets.keep(SECRET, None)
    checkpoint("bucket.key_gone")
    _choose(Place("", ""), "")


def remote(account: Account, clock: Clock) -> BucketRemote | None:
    """The bucket as sync's remote, or None where none is chosen. Raises SignedOut where the keyring has no key."""
    chosen = _chosen()
    return None if chosen is None else BucketRemote(chosen[0], _Keys(account, *chosen), account.user_id or "", clock)


@dataclass(frozen=True)
class _Given:
    keys: tuple[str, str]

    def pair(self) -> tuple[str, str]:
        return self.keys


@dataclass(frozen=True)
class _Keys:
    account: Account
    chosen: Place
    key_id: str

    def pair(self) -> tuple[str, str]:
        secret = self.account.secrets.read_table(SECRET).get(_name_of(self.chosen, self.key_id))
        if not secret:
            raise SignedOut(
                "There is no key for the club's bucket",
                "The keyring holds none, or this is another one",
                hint="Give it again, on the account screen or with `coachvision bucket`.",
            )
        return self.key_id, secret
