"""Everything an account has in the cloud, onto this laptop: done, told in numbers, and what came of it in words.

Nothing goes to the cloud by it. From then on sync also brings what other laptops add. For the fronts.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision.analysis.progress import Forecast, Progress, Report
from coachvision.services.guest_claim import claimed_words
from coachvision.services.sign_in import size_in_words
from coachvision.services.sync_now import Halt, Summary, Syncing, pause_words
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

__all__ = ["Halt", "Summary", "in_words", "restore", "whole"]


def restore(root: Path, account: Account, halt: Halt, *, progress: Report | None = None) -> Summary:
    """Bring what is not here, or is here in an older version; where both changed, both are kept.

    Asked to halt, it returns what came until then. Raises SignedOut, SyncError, LibraryError.
    """
    pace = _Pace(progress)
    syncing = Syncing(root, account, restoring=True)
    return syncing.once(halt, told=lambda _session, size: pace.moved(size), follow=True, ahead=pace.expect)


def whole(summary: Summary) -> bool:
    """Whether nothing is left that another try could bring."""
    return summary.paused is None and not summary.failed


def in_words(summary: Summary) -> str:
    """`2 sessions have come to this laptop.`, and what has not come, with the reason."""
    told = []
    if summary.claimed:
        told.append(claimed_words(summary.claimed))
    if summary.sessions:
        told.append(
            counted(
                summary.sessions, "A session has come to this laptop.", "{count} sessions have come to this laptop."
            )
        )
    elif summary.taken_in:
        told.append(tr("Names, tags and playlists have come to this laptop."))
    if summary.copies:
        told.append(
            counted(
                len(summary.copies), "One had been changed here, too: both versions are kept.",
                "{count} had been changed here, too: both versions are kept.",
            )
        )  # fmt: skip
    if summary.paused is not None:
        why = pause_words(summary.paused)
        rest = tr("The rest has not come: sync is {why}.", why=why)
        told.append(rest if told else tr("Nothing has come: sync is {why}.", why=why))
    elif others := [line for line in summary.failed if line not in summary.behind]:
        told.append(
            counted(
                len(others), "One thing could not be brought here. {first}",
                "{count} things could not be brought here. {first}", first=others[0],
            )
        )  # fmt: skip
    told += summary.behind
    if whole(summary) and not summary.taken_in and not summary.copies:
        told.append(tr("Everything in the cloud is on this laptop already."))
    return " ".join(told)


class _Pace:
    """Bytes that came against those that are to come."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._forecast = Forecast()
        self._moved = self._total = 0

    def expect(self, size: int) -> None:
        self._total = size
        self.moved(0)

    def moved(self, size: int) -> None:
        if self._report is None:
            return
        self._moved += size
        share = min(1.0, self._moved / self._total) if self._total else 0.0
        moved = size_in_words(self._moved)
        words = tr("{moved} of {total}", moved=moved, total=size_in_words(self._total)) if self._total else moved
        self._report(Progress(share, words, self._forecast.seconds_left(share, time.monotonic())))
