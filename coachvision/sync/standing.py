"""How sessions stand, in plain words: for badges and lists. Reads sync's notes, changes nothing. Services ask."""

from __future__ import annotations

from collections.abc import Sequence

from coachvision.sync.journal import Journal
from coachvision.sync.planner import TELL_AFTER
from coachvision.sync.records import Item, Root, SyncState
from coachvision.sync.states import BLOCK_WORDS, PAUSE_WORDS, Reason, State, percent
from coachvision.words import said, tr

_HINTS = {
    Reason.QUOTA: said("Delete sessions you no longer need, or ask for more space."),
    Reason.TOO_LARGE: said("The session itself is in the cloud, without this file."),
    Reason.FILE_CHANGED: said("Put the original file back, or add the changed one as a new session."),
    Reason.FILE_MISSING: said("Connect its drive, or tell where the file is now."),
    Reason.REFUSED: said("The session itself is in the cloud, without this file."),
}


def standing(journal: Journal, owner: str, session_ids: Sequence[str]) -> dict[str, SyncState]:
    """The state of each session. owner: whose library it is; one without an account has everything on the laptop."""
    return {
        one: tell(journal.root(owner, "session", one), journal.items(owner, one)) for one in session_ids
    }  # fmt: skip


def tell(root: Root, items: Sequence[Item]) -> SyncState:
    """One session's state. Pure."""
    if not root.changed and not root.remote_rev:
        return SyncState("local", tr("On this laptop"))
    blocked = next((item for item in items if item.state is State.BLOCKED), None)
    if blocked is not None and blocked.reason is not None:
        return _failed(tr(BLOCK_WORDS[blocked.reason]), items, tr(_HINTS.get(blocked.reason, "")))
    if not root.dirty:
        return SyncState("stored", tr("In the cloud"), 1.0)
    tired = [(one.attempts, one.error) for one in items] + [(root.attempts, root.error)]
    errors = [error for attempts, error in tired if attempts >= TELL_AFTER and error]
    if errors:
        return _failed(_clause(errors[0]), items, tr("It is tried again."))
    if root.reason is not None and root.reason in BLOCK_WORDS:
        return _failed(_clause(root.error), items, tr("It is tried again."))
    paused = next((item.reason for item in items if item.state is State.PAUSED and item.reason), root.reason)
    if paused is not None:
        return SyncState("waiting", _sentence(tr(PAUSE_WORDS[paused])), _share(items))
    if any(item.sent for item in items) and any(item.state is not State.STORED for item in items):
        return SyncState("uploading", tr("Uploading {share}", share=percent(_share(items))), _share(items))
    return SyncState("waiting", tr("Waiting"), _share(items))


def _failed(why: str, items: Sequence[Item], hint: str) -> SyncState:
    return SyncState("failed", tr("Failed because {why}", why=why), _share(items), hint)


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _share(items: Sequence[Item]) -> float:
    total = sum(item.size for item in items)
    return sum(min(item.sent, item.size) for item in items) / total if total else 0.0


def _clause(sentence: str) -> str:
    """`The cloud is busy.` within a sentence."""
    text = sentence.strip().rstrip(".")
    return text[:1].lower() + text[1:]
