"""How much an owner may store. Checked and reserved in the transaction that announces an upload. For `uploads`, claims.

The account's row is locked by then, so that a hundred announcements at once cannot pass the bound together.
"""

from __future__ import annotations

from sqlalchemy import select, update

from coachvision.gateway import tables
from coachvision.gateway.calls import OwnedCall
from coachvision.gateway.state import Fields, Transaction
from coachvision.web.problems import Refusal
from coachvision.wire.gateway import TierLimits


def limits_of(call: OwnedCall, account: Fields) -> TierLimits:
    """What this account's tier may do."""
    return call.context.settings.tiers[account["tier"]]


def reserve(transaction: Transaction, call: OwnedCall, account: Fields, size: int) -> None:
    """Reserve that many bytes. Raises Refusal: too_large for one file, quota_exceeded."""
    limits = limits_of(call, account)
    if size > limits.file_bytes:
        raise Refusal("too_large", f"A file may have {limits.file_bytes} bytes at most.")
    if limits.total_bytes is not None:
        used = account["stored_bytes"] + account["reserved_bytes"]
        if used + size > limits.total_bytes:
            raise Refusal("quota_exceeded", f"All files together may have {limits.total_bytes} bytes; {used} are used.")
    if limits.daily_bytes is not None or limits.daily_uploads is not None:
        _count_day(transaction, call, limits, size)
    columns = tables.account.c
    transaction.execute(
        update(tables.account)
        .where(columns.owner == account["owner"])
        .values(reserved_bytes=columns.reserved_bytes + size)
    )


def release(transaction: Transaction, owner: str, *, reserved: int = 0, stored: int = 0) -> None:
    """Give bytes back: of an announcement that came to nothing, or of an object that was removed.

    A day's allowance is used all the same: otherwise announcing and dropping would never end.
    """
    columns = tables.account.c
    transaction.execute(
        update(tables.account)
        .where(columns.owner == owner)
        .values(reserved_bytes=columns.reserved_bytes - reserved, stored_bytes=columns.stored_bytes - stored)
    )


def settle(transaction: Transaction, owner: str, size: int) -> None:
    """What was reserved is stored now."""
    release(transaction, owner, reserved=size, stored=-size)


def _count_day(transaction: Transaction, call: OwnedCall, limits: TierLimits, size: int) -> None:
    """Guests are counted by address and day: a guest id costs nothing."""
    day = transaction.now[:10]
    address = call.context.hash_address(call.address, day)
    columns = tables.usage_day.c
    mine = (columns.address == address) & (columns.day == day)
    transaction.upsert(tables.usage_day, {"address": address, "day": day, "uploads": 0, "bytes": 0}, [])
    used = transaction.one(select(tables.usage_day).where(mine).with_for_update())
    assert used is not None  # noqa: S101 - inserted just above; for the type checker
    if limits.daily_uploads is not None and used["uploads"] >= limits.daily_uploads:
        raise Refusal("quota_exceeded", f"Without an account {limits.daily_uploads} files a day can be sent.")
    if limits.daily_bytes is not None and used["bytes"] + size > limits.daily_bytes:
        raise Refusal("quota_exceeded", f"Without an account {limits.daily_bytes} bytes a day can be sent.")
    transaction.execute(
        update(tables.usage_day).where(mine).values(uploads=columns.uploads + 1, bytes=columns.bytes + size)
    )
