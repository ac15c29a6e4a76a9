"""`sync` and `restore`: the cloud's copy of the library, for whoever is signed in. For `cli.main`."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common, sync_status
from coachvision.cli.progress import bar, interruptible, reporting
from coachvision.errors import Cancelled, CoachVisionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coachvision.accounts.account import Account
    from coachvision.cli.progress import Tell
    from coachvision.services.sync_now import Summary

_MB = 1e6
_LOOK_S = 0.2
_ALL = "Everything is in the cloud."
_HERE = "Everything here is in the cloud."


def add_to(app: typer.Typer) -> None:
    """Put the commands into the program."""
    app.command("sync")(sync)
    app.command("restore")(restore)


def sync(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Send what is waiting, then end.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say what is not in the cloud yet, then end.")] = False,
) -> None:
    """Keep the library in the cloud, too: send what changed here, take in what changed on your other laptops.

    Without --once it goes on until Ctrl-C. Whatever stops it, the next sync goes on from there. Sessions that are new
    on another laptop come here as well once `restore` was run here.
    """
    from coachvision.services.sync_now import BackgroundSync, Halt, Syncing

    account, root = _account(), _root(context)
    if status:
        sync_status.show(context, account)
        return
    syncing = Syncing(root, account, typed=True)
    if once:
        with interruptible() as asked, bar("sync") as tell:
            summary = syncing.once(Halt(asked), told=_Counter(context, tell).moved)
            _require_not(asked)
        _say(summary)
        return
    sync_status.require_somebody(account)
    typer.echo("Syncing until Ctrl-C.", err=True)
    with interruptible() as asked:
        background = BackgroundSync(syncing, _Saying().say)
        background.start()
        try:
            while not asked():
                threading.Event().wait(_LOOK_S)
        finally:
            background.stop()


def restore(context: typer.Context) -> None:
    """Bring everything of your account from the cloud to this laptop; from now on, what comes new, too.

    What is here stays, and nothing is sent; where both have changed, both versions are kept.
    """
    from coachvision.services import restore as restoring

    with interruptible() as asked, bar("restore") as tell:
        halt = restoring.Halt(asked)
        summary = restoring.restore(common.root_of(context), _account(), halt, progress=reporting(tell))
        _require_not(asked)
    typer.echo(common.clean(restoring.in_words(summary)), err=not restoring.whole(summary))
    _end(summary)


def _root(context: typer.Context) -> Path:
    root = common.root_of(context)
    if not (root / "library.db").exists():
        raise CoachVisionError(
            "There is no library yet",
            f"There is nothing in {root} to sync.",
            hint="Analyze a video first, or bring what is in the cloud here with `coachvision restore`.",
            path=root,
        )
    return root


def _account() -> Account:
    from coachvision.accounts.account import Account

    return Account()


class _Counter:
    """Bytes that moved, as a share of what was waiting."""

    def __init__(self, context: typer.Context, tell: Tell) -> None:
        self._context = context
        self._tell = tell
        self._moved = 0
        self._total = 0
        self._lock = threading.Lock()

    def moved(self, _session: str, size: int) -> None:
        """Some bytes were confirmed."""
        from coachvision.services.sync_now import waiting_bytes

        with self._lock:
            self._moved += size
            if self._moved > self._total:
                self._total = self._moved + waiting_bytes(common.root_of(self._context))
            share = self._moved / self._total if self._total else 1.0
            self._tell(share, f"{self._moved / _MB:,.1f} of {self._total / _MB:,.1f} MB", None)


def _require_not(asked: Callable[[], bool]) -> None:
    if asked():
        raise Cancelled


def _say(summary: Summary) -> None:
    """What was done, and the exit code that says it."""
    from coachvision.services.sync_now import pause_words

    _tell(summary)
    if summary.paused is not None:
        typer.echo(f"coachvision: sync is {pause_words(summary.paused)}", err=True)
    for line in summary.failed:
        typer.echo(f"coachvision: {common.clean(line)}", err=True)
    _end(summary)


def _end(summary: Summary) -> None:
    """Exit code 1 where nothing could be done, 3 where something failed."""
    if summary.paused is not None or summary.failed:
        done = summary.uploaded_files or summary.sent_roots or summary.taken_in
        raise typer.Exit(common.DONE_IN_PART if done else 1)


class _Saying:
    """Many runs, one after another: what each did, and how it stands once until that changes."""

    def __init__(self) -> None:
        self._last: list[str] | None = None

    def say(self, told: Summary | CoachVisionError) -> None:
        """One run's."""
        from coachvision.services.sync_now import pause_words

        if isinstance(told, CoachVisionError):
            if self._is_new([str(told)]):
                common.complain(told)
            return
        lines = [f"sync is {pause_words(told.paused)}"] if told.paused is not None else []
        lines += map(common.clean, told.failed)
        moved = told.uploaded_files or told.sent_roots or told.taken_in or told.claimed
        if moved:
            _tell(told)
        if not lines:
            if self._is_new([]) and not moved:
                typer.echo(_ALL)
            return
        if self._is_new(lines):
            for line in lines:
                typer.echo(f"coachvision: {line}", err=True)

    def _is_new(self, lines: list[str]) -> bool:
        known, self._last = self._last, lines
        return known != lines


def _tell(summary: Summary) -> None:
    from coachvision.services.guest_claim import claimed_words

    if summary.claimed:
        typer.echo(claimed_words(summary.claimed))
    parts = []
    if summary.uploaded_files:
        files = "file" if summary.uploaded_files == 1 else "files"
        parts.append(f"{summary.uploaded_files} {files} sent ({summary.uploaded_bytes / _MB:,.1f} MB)")
    if summary.sent_roots:
        parts.append(f"{summary.sent_roots} {'entry' if summary.sent_roots == 1 else 'entries'} sent")
    if summary.taken_in:
        parts.append(f"{len(summary.taken_in)} taken in")
    if summary.copies:
        parts.append(f"{len(summary.copies)} kept twice, because both sides had changed them")
    if parts:
        typer.echo("; ".join(parts) + ".")
    elif summary.paused is None and summary.failed == summary.behind and not summary.claimed:
        typer.echo(_HERE if summary.behind else _ALL)
