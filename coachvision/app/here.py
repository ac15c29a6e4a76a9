"""Who is here, and how his things stand with the cloud, in one look. For the account screen and sync in the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coachvision.accounts.account import Standing
    from coachvision.library.records import GuestShare
    from coachvision.sync.remotes.bucket import Place


@dataclass(frozen=True)
class Here:
    """What the account screen shows. guest: what the guest made and this account may take, or None. waiting: files.

    kept: whether this account keeps its sessions in the cloud, too; None: it was not asked yet. bucket: the club's own.
    others: sessions of accounts that lie here, where nobody is signed in.
    """

    standing: Standing
    guest: GuestShare | None = None
    waiting: int = 0
    waiting_bytes: int = 0
    kept: bool | None = None
    bucket: Place | None = None
    others: int = 0

    @property
    def synced(self) -> str | None:
        """Whose sessions sync is for: the account, "" for the guest with a bucket; None: nobody's."""
        standing, service = self.standing, self.standing.service
        if self.bucket is not None:
            return standing.user_id or ""
        return standing.user_id if standing.kind == "signed_in" and service and service.gateway else None
