"""Audit chains: entries that cannot be changed, dropped or reordered unnoticed, about subjects that can be forgotten.

Pure functions; the service stores what they make. One chain a writer, so that writers never wait for each other. An
entry holds the hash of the one before it; `anchors` (heads kept elsewhere) show a chain that was cut or made anew.
Subjects are pseudonyms under a key of their own: when the key is destroyed nobody can say any more who they were.
For edge and gateway.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One change of state. seq: from 1 within its writer. subject: a pseudonym. address: keyed hash or empty."""

    writer: str
    seq: int
    at: str
    subject: str
    action: str
    target: str
    address: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The last entry of a writer: what is anchored."""

    writer: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Break:
    """Where a chain is not what was written. what: `changed`, `missing`, `cut`, `rewritten`."""

    writer: str
    seq: int
    what: str


def link(head: Head, *, at: str, subject: str, action: str, target: str, address: str = "") -> Entry:
    """The entry that follows the head."""
    seq = head.seq + 1
    digest = _digest((head.writer, seq, at, subject, action, target, address, head.hash))
    return Entry(head.writer, seq, at, subject, action, target, address, head.hash, digest)


def begin(writer: str) -> Head:
    """The head of a chain without entries."""
    return Head(writer, 0, GENESIS)


def head_of(entry: Entry) -> Head:
    """The head that this entry makes."""
    return Head(entry.writer, entry.seq, entry.hash)


def check(entries: Iterable[Entry], anchors: Iterable[Head] = ()) -> list[Break]:
    """Every break. entries: all of them, ordered by writer and seq."""
    breaks: list[Break] = []
    heads: dict[str, Head] = {}
    wanted: dict[tuple[str, int], str] = {(a.writer, a.seq): a.hash for a in anchors}
    for entry in entries:
        head = heads.get(entry.writer) or begin(entry.writer)
        values = (entry.writer, entry.seq, entry.at, entry.subject, entry.action, entry.target, entry.address)
        if entry.seq != head.seq + 1:
            breaks.append(Break(entry.writer, head.seq + 1, "missing"))
        elif entry.previous != head.hash or entry.hash != _digest((*values, entry.previous)):
            breaks.append(Break(entry.writer, entry.seq, "changed"))
        anchored = wanted.pop((entry.writer, entry.seq), entry.hash)
        if anchored != entry.hash:
            breaks.append(Break(entry.writer, entry.seq, "rewritten"))
        heads[entry.writer] = head_of(entry)
    return breaks + [Break(writer, seq, "cut") for writer, seq in wanted]


def pseudonym(key: bytes, subject: str) -> str:
    """What stands for the subject in its entries, as long as its key exists."""
    return hmac.new(key, subject.encode(), hashlib.sha256).hexdigest()


def anchors_to_json(heads: Iterable[Head]) -> bytes:
    """Heads as they are kept elsewhere."""
    return json.dumps({head.writer: [head.seq, head.hash] for head in heads}, sort_keys=True).encode()


def anchors_from_json(data: bytes) -> list[Head]:
    """The reverse. Raises ValueError."""
    try:
        return [Head(str(writer), int(seq), str(digest)) for writer, (seq, digest) in json.loads(data).items()]
    except (AttributeError, TypeError) as error:
        raise ValueError("these are no anchors") from error


def _digest(values: tuple[str | int, ...]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
