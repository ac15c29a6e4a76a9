"""One file into the cloud, step by step as `planner.next_step` says, from wherever it stopped. Sync room only.

Each effect in the cloud has its intent in the journal before, and its confirmation after. Hashing the next part goes on
while parts are sent. The file is looked at again before every part, each part's MD5 is signed with its address, and the
whole's SHA-256 is compared before the parts become an object: bytes of two versions of a file never become one object.

A small file is read once and sent from memory, with two notes: the key under which it was queued makes announcing it
again the same upload, and what became of a part whose answer is lost the cloud knows. With a disk that takes
milliseconds to keep a note, notes would else be most of the time of a backlog of small files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace

from coachvision.checkpoints import checkpoint
from coachvision.sync import hashing, planner
from coachvision.sync.faults import Expired, Fault, FileChanged, Mismatch
from coachvision.sync.halting import Halt, Throttle
from coachvision.sync.hashing import PartHashes, Seen
from coachvision.sync.journal import Journal
from coachvision.sync.planner import Step
from coachvision.sync.records import Item
from coachvision.sync.remotes.base import Address, Registered, Remote
from coachvision.sync.states import State

LANES = 4


class Uploader:
    """Brings files into the cloud. lanes: where the parts of a large file are sent, several at once.

    told: (session id, bytes) that the storage has confirmed.
    """

    def __init__(
        self, journal: Journal, remote: Remote, lanes: Executor, throttle: Throttle, now: Callable[[], float],
        halt: Halt, told: Callable[[str, int], None] | None = None,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._remote = remote
        self._lanes = lanes
        self._throttle = throttle
        self._now = now
        self._halt = halt
        self._told = told

    def run(self, item: Item) -> Item:
        """Everything that is left to do for a file. Raises a Fault or Stopped; what was done until then is kept."""
        steps: dict[Step, Callable[[Item], Item]] = {
            Step.AT_ONCE: self._at_once, Step.HASH: self._hash, Step.REGISTER: self._register, Step.LOOK: self._look,
            Step.SEND: self._send, Step.COMPLETE: self._complete,
        }  # fmt: skip
        if item.state not in (State.QUEUED, State.REGISTERED, State.STORED):
            item = self._journal.begin(item, planner.resumed(item))
        while (step := planner.next_step(item, self._now())) is not Step.NOTHING:
            self._halt.check()
            item = steps[step](item)
        return item

    def _at_once(self, item: Item) -> Item:
        whole = hashing.whole(item.path, planner.SMALL_BYTES, self._halt.check)
        if whole is None:
            return self._hash(item)
        seen = whole.seen
        if item.sha256 not in (None, whole.sha256):
            raise FileChanged(f"{item.path.name} was changed after it was added.")
        item = replace(item, size=seen.size, mtime_ns=seen.mtime_ns, sha256=whole.sha256)
        try:
            told = self._remote.register(item)
        except Fault:
            # What waits or is refused is told with its content.
            self._journal.looked_at(item, seen.size, seen.mtime_ns, whole.sha256)
            raise
        checkpoint("sync.register.answered")
        if not told.fresh or told.part_size < seen.size:
            return self._registered(self._journal.looked_at(item, seen.size, seen.mtime_ns, whole.sha256), told)
        item = self._journal.announced(
            item, seen.size, seen.mtime_ns, whole.sha256, told.upload_id, told.part_size, whole.md5
        )
        part = (1, whole.md5, seen.size)
        self._put(item, part, self._remote.sign(item, [part])[1], lambda: hashing.chunks(whole.body))
        self._remote.complete(item, {1: whole.md5})
        checkpoint("sync.complete.answered")
        return self._journal.stored(item)

    def _hash(self, item: Item) -> Item:
        if item.sha256 is not None:
            # The library told the hash; it is compared while the parts are read.
            seen = hashing.look(item.path)
            if seen.size != item.size:
                raise FileChanged(f"{item.path.name} was changed after it was added.")
            return self._journal.looked_at(item, seen.size, seen.mtime_ns, item.sha256)
        item = self._journal.begin(item, State.HASHING)
        sha256, seen = hashing.sha256_of(item.path, self._halt.check)
        return self._journal.looked_at(item, seen.size, seen.mtime_ns, sha256)

    def _register(self, item: Item) -> Item:
        told = self._remote.register(item)
        checkpoint("sync.register.answered")
        return self._registered(item, told)

    def _registered(self, item: Item, told: Registered) -> Item:
        item = self._journal.registered(item, told.upload_id, told.part_size)
        if told.stored:
            return self._journal.stored(item)
        return self._journal.reconciled(item, {}, 0) if told.fresh else item

    def _look(self, item: Item) -> Item:
        told = self._remote.standing(item)
        if told.stored:
            return self._journal.stored(item)
        stored = {n: md5 for n, (md5, _) in told.completed.items()}
        return self._journal.reconciled(item, stored, sum(size for _, size in told.completed.values()))

    def _complete(self, item: Item) -> Item:
        md5s = {n: md5 for n, (md5, _) in self._journal.parts(item).items()}
        self._remote.complete(item, md5s)
        checkpoint("sync.complete.answered")
        return self._journal.stored(item)

    # Parts

    def _send(self, item: Item) -> Item:
        assert item.part_size is not None  # noqa: S101 - registered; for the type checker
        assert item.mtime_ns is not None  # noqa: S101
        seen = Seen(item.size, item.mtime_ns)
        spans = planner.part_spans(item.size, item.part_size)
        hashes = PartHashes(item.path, seen, spans)
        known = {n: md5 for n, (md5, stored) in self._journal.parts(item).items() if stored}
        if len(spans) == 1:
            for batch in self._batches(item, hashes, known, len(spans)):
                addresses = self._remote.sign(item, batch)
                self._part(item, seen, spans, batch[0], addresses[batch[0][0]])
        else:
            self._in_lanes(item, seen, spans, hashes, known)
        if hashes.whole() != item.sha256:
            raise FileChanged(f"{item.path.name} was changed after it was added.")
        return self._journal.begin(item, State.COMPLETING)

    def _in_lanes(
        self, item: Item, seen: Seen, spans: list[tuple[int, int]], hashes: PartHashes, known: dict[int, str]
    ) -> None:
        going: deque[Future[None]] = deque()
        try:
            for batch in self._batches(item, hashes, known, len(spans)):
                addresses = self._remote.sign(item, batch)
                for part in batch:
                    _wait_below(going, LANES)
                    going.append(self._lanes.submit(self._part, item, seen, spans, part, addresses[part[0]]))
            _wait_below(going, 1)
        finally:
            # Whatever is on its way is waited for: its end is written down, or its error is that of all.
            wait(going)

    def _batches(
        self, item: Item, hashes: PartHashes, known: dict[int, str], total: int
    ) -> Iterator[list[tuple[int, str, int]]]:
        """Parts that are still to be sent, as (number, MD5, bytes), a few at a time; their intent is written down."""
        batch: list[tuple[int, str, int]] = []
        for n in range(1, total + 1):
            md5 = hashes.next(self._halt.check)
            if n in known:
                if known[n] != md5:
                    raise Mismatch(f"{item.path.name} was changed since its first parts were sent.")
            else:
                batch.append((n, md5, hashes.length(n)))
            if batch and (len(batch) == LANES or n == total):
                self._journal.sending(item, [(number, digest) for number, digest, _ in batch])
                yield batch
                batch = []

    def _part(
        self, item: Item, seen: Seen, spans: list[tuple[int, int]], part: tuple[int, str, int], address: Address
    ) -> None:
        n, _, size = part
        hashing.require(item.path, seen)
        try:
            self._put(item, part, address, lambda: hashing.read(item.path, *spans[n - 1], self._halt.check))
        except Mismatch:
            hashing.require(item.path, seen)
            raise
        self._journal.part_stored(item, n, size)

    def _put(
        self, item: Item, part: tuple[int, str, int], address: Address, body: Callable[[], Iterator[bytes]]
    ) -> None:
        n, md5, size = part
        try:
            self._remote.send(address, self._throttled(body()), size, md5)
        except Expired:
            # Once without counting: a long queue or a slept laptop outlives an address.
            fresh = self._remote.sign(item, [part])[n]
            self._remote.send(fresh, self._throttled(body()), size, md5)
        checkpoint("sync.part.answered")
        if self._told is not None:
            self._told(item.session_id, size)

    def _throttled(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            pause = self._throttle.take(len(chunk))
            if pause > 0:
                self._halt.wait(pause)
            yield chunk


def _wait_below(going: deque[Future[None]], bound: int) -> None:
    """Until fewer than `bound` are on their way; the first error among those that ended is raised."""
    while len(going) >= bound and going:
        done, _ = wait(going, return_when=FIRST_COMPLETED)
        for one in done:
            going.remove(one)
            one.result()
