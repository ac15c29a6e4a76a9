"""One run's work: what came is taken in, what is due is sent. For `engine` alone, which says what stops all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from coachvision.errors import CoachVisionError
from coachvision.sync import backoff, planner
from coachvision.sync.behind import why
from coachvision.sync.faults import Busy, Conflict, Erased, Fault, Gone, Offline, SignedOut, TooFast
from coachvision.sync.halting import Halt
from coachvision.sync.journal import Journal
from coachvision.sync.local import LocalRoot, Shelf
from coachvision.sync.records import UNKNOWN, Behind, Item, NewItem, Root, Summary
from coachvision.sync.remotes.base import Remote, RevConflict
from coachvision.sync.settling import Settler
from coachvision.sync.states import State
from coachvision.sync.upload import Uploader
from coachvision.wire.gateway import ManifestFile, SessionState
from coachvision.words import tr

# Up to so many sessions are prepared before their files go: notes in bulk, memory bounded.
_TOGETHER = 64


def gather(journal: Journal, shelf: Shelf) -> None:
    """The library's outbox into sync's own notes; the outbox forgets only what is noted."""
    while rows := shelf.waiting(500):
        journal.mark(shelf.owner, ((row.entity, row.id) for row in rows))
        shelf.confirm(rows[-1].seq)


class Run:
    """Raises Offline, SignedOut, Busy and Stopped for what ends the run; what one record met is in the summary.

    now: seconds since 1970. sessions: in which small sessions go several at once. sends: False: things come alone.
    """

    def __init__(
        self, journal: Journal, shelf: Shelf, remote: Remote, *, now: Callable[[], float], draw: Callable[[], float],
        halt: Halt, sessions: ThreadPoolExecutor, uploader: Uploader, settler: Settler, sends: bool, summary: Summary,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._shelf = shelf
        self._remote = remote
        self._now = now
        self._draw = draw
        self._halt = halt
        self._sessions = sessions
        self._uploader = uploader
        self._settler = settler
        self._sends = sends
        self._summary = summary
        self._over = Event()

    def go(self) -> None:
        """All of it, until nothing more is due."""
        if self._sends:
            self._give_up()
        busy = self._pull()
        if self._sends:
            self._push()
        if busy is not None:
            raise busy

    def _push(self) -> None:
        self._again()
        # Copies that were kept beside what came.
        gather(self._journal, self._shelf)
        done: set[tuple[str, int]] = set()
        while due_now := [root for root in self._due() if (root.id, root.changed) not in done]:
            for at in range(0, len(due_now), _TOGETHER):
                self._some(due_now[at : at + _TOGETHER])
            done |= {(root.id, root.changed) for root in due_now}
            gather(self._journal, self._shelf)
        self._give_up()

    def _again(self) -> None:
        owner = self._shelf.owner
        self._journal.mark(owner, [("session", one) for one in self._journal.left_alone(owner, self._now())])

    def _due(self) -> list[Root]:
        now = self._now()
        return [root for root in self._journal.dirty(self._shelf.owner) if backoff.due(root.next_at, now)]

    def _give_up(self) -> None:
        for upload_id in self._journal.aborts(self._shelf.owner):
            self._halt.check()
            try:
                self._remote.abort(upload_id)
            except (Offline, SignedOut, TooFast):
                raise
            except Fault as fault:
                # Tidying up must not hold up what is to be kept: it is tried again with the next run.
                self._summary.failed.append(fault.told)
                continue
            self._journal.aborted(upload_id)

    # In

    def _pull(self) -> Busy | None:
        """What others changed. A cloud that is too busy for it is told, and what is here is sent all the same."""
        try:
            self._pull_pages()
        except Busy as fault:
            return fault
        return None

    def _pull_pages(self) -> None:
        owner = self._shelf.owner
        follow = self._journal.value(f"follow:{owner}") is not None
        behind = {one.id: one for one in self._journal.behind(owner)}
        cursor = self._journal.value(f"cursor:{owner}") or ""
        while True:
            page = self._remote.changes(cursor)
            if page.anew:
                raise Erased(
                    tr(
                        "This account was erased in the cloud."
                        " What is on this laptop stays, and is sent again only if you want it."
                    )
                )
            # People before the sessions that name them.
            for state in sorted(page.changes, key=lambda one: one.kind == "session"):
                self._halt.check()
                told = self._settle(state, follow=follow)
                if told:
                    behind[state.id] = Behind(state.kind, state.id, told)
                    self._journal.leave(owner, behind[state.id])
                elif state.id in behind:
                    self._journal.caught_up(owner, behind.pop(state.id))
            cursor = page.cursor
            self._journal.remember(f"cursor:{owner}", cursor)
            if not page.more:
                return

    def _settle(self, state: SessionState, *, follow: bool) -> str:
        """Bring one record here. Why it could not be, in sentences; "" where all is well."""
        try:
            self._settler.settle(state, self._summary, follow=follow)
        except CoachVisionError as error:
            if error.retryable:
                raise
            return why(error)
        except (Offline, SignedOut, Busy):
            raise
        except Fault as fault:
            return fault.told
        return ""

    # Out

    def _some(self, roots: list[Root]) -> None:
        """Queue the files of these roots, then send all: small ones several at once, large ones one by one."""
        looked = [(root, self._shelf.look(root.entity, root.id)) for root in roots]
        new = [file for root, local in looked if local is not None for file in _items(root, local)]
        self._journal.enqueue(new)
        large: list[tuple[Root, LocalRoot | None]] = []
        jobs = []
        for root, local in looked:
            if local is not None and any(file.size > planner.SMALL_BYTES for file in local.files):
                large.append((root, local))
            elif root.entity == "session":
                jobs.append(self._sessions.submit(self._one, root, local))
            else:
                # People go first and in order: sessions name them.
                self._one(root, local)
        _all(job.result for job in jobs)
        for root, local in large:
            self._one(root, local)

    def _one(self, root: Root, local: LocalRoot | None) -> None:
        """One root with its files. Offline and signed out end the run; what concerns this root alone is noted."""
        self._halt.check()
        if self._over.is_set():
            return
        try:
            if local is None:
                self._delete(root)
                return
            names = {file.name for file in local.files}
            before = [item for item in self._journal.items(root.owner, root.id) if item.name in names]
            after = [self._file(item) for item in planner.in_order(before)]
            if not all(item.state in (State.STORED, State.BLOCKED) for item in after):
                self._wait_for(root, after)
            elif root.remote_rev and root.base == local.content and _stored(before) == _stored(after):
                self._journal.agreed(root, root.remote_rev, root.base, sent=root.changed)
            else:
                self._put(root, local, after)
        except (Offline, SignedOut, TooFast) as fault:
            self._over.set()
            self._halt.check()
            self._journal.root_aside(root, planner.after_root_fault(root, fault, self._now(), self._draw()))
            raise
        except Fault as fault:
            change = planner.after_root_fault(root, fault, self._now(), self._draw())
            self._journal.root_aside(root, change)
            self._summary.failed.append(fault.told)

    def _file(self, item: Item) -> Item:
        if item.state is State.STORED or not (item.state is State.PAUSED or backoff.due(item.next_at, self._now())):
            return item
        before = item.sent
        try:
            item = self._uploader.run(item)
        except Fault as fault:
            # Broken off because we were asked to stop: nothing has failed.
            self._halt.check()
            now = self._journal.item(item.id)
            item = self._journal.set_aside(now, planner.after_fault(now, fault, self._now(), self._draw()))
            if isinstance(fault, Offline | SignedOut | TooFast):
                raise
            self._summary.failed.append(f"{item.path.name}: {fault.told}")
            return item
        self._summary.uploaded_files += 1
        self._summary.uploaded_bytes += item.sent - before
        return item

    def _wait_for(self, root: Root, items: list[Item]) -> None:
        """A record waits as long as the first of its files."""
        at = min(item.next_at for item in items if item.state not in (State.STORED, State.BLOCKED))
        change = planner.Change(State.RETRY_WAIT, None, root.attempts, at, "")
        self._journal.root_aside(root, change)

    def _put(self, root: Root, local: LocalRoot, items: list[Item]) -> None:
        manifest = local.manifest.model_copy(update={"files": [_file_of(item) for item in items if item.sha256]})
        self._journal.putting(root, local.content.digest)
        try:
            rev = self._remote.put(root, manifest)
        except RevConflict as conflict:
            self._settler.settle(conflict.current, self._summary, follow=True, refused=True)
            return
        except Gone:
            # The cloud has forgotten it; so do we, and send it as new.
            self._journal.agreed(root, 0, UNKNOWN, sent=min(root.sent, root.changed - 1))
            raise
        except Conflict:
            self._look_again(items)
            raise
        self._journal.agreed(root, rev, local.content, sent=root.changed)
        self._journal.keep_only(root.owner, root.id, [item.name for item in items])
        self._summary.sent_roots += 1

    def _look_again(self, items: list[Item]) -> None:
        """The cloud says that a file is not stored which we thought was."""
        for item in items:
            if item.state is State.STORED:
                try:
                    stored = self._remote.standing(item).stored
                except Gone:
                    stored = False
                if not stored:
                    self._journal.missing(item)

    def _delete(self, root: Root) -> None:
        if root.remote_rev == 0 or root.base is None:
            self._journal.agreed(root, root.remote_rev, None, sent=root.changed)
            return
        try:
            rev = self._remote.delete(root)
        except RevConflict as conflict:
            self._settler.settle(conflict.current, self._summary, follow=True, refused=True)
            return
        except Gone:
            rev = root.remote_rev
        self._journal.agreed(root, rev, None, sent=root.changed)
        # The cloud keeps what it deletes for a month.
        self._journal.keep_only(root.owner, root.id, [], remove=False)
        self._summary.sent_roots += 1


def _items(root: Root, local: LocalRoot) -> list[NewItem]:
    return [
        NewItem(root.owner, root.id, file.kind, file.name, file.ext, file.path, file.size, file.sha256)
        for file in local.files
    ]


def _stored(items: list[Item]) -> set[str]:
    return {item.name for item in items if item.state is State.STORED}


def _file_of(item: Item) -> ManifestFile:
    stored = item.upload_id if item.state is State.STORED else None
    return ManifestFile.model_validate(
        {"kind": item.kind, "path": item.name, "size": item.size, "sha256": item.sha256, "object_id": stored}
    )


def _all(results: Iterable[Callable[[], None]]) -> None:
    """Every result; the first error after all have ended."""
    first: BaseException | None = None
    for result in results:
        try:
            result()
        except Exception as error:
            first = first or error
    if first is not None:
        raise first
