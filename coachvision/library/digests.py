"""What cards show of a page of sessions, read at once: one query a table, not one a session. Library room only."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from coachvision.library.records import Digest, DigestMetric, SessionSummary
from coachvision.library.store import Store, placeholders


def read(store: Store, listed: Sequence[SessionSummary]) -> list[Digest]:
    """A digest of each session, in their order. See `Library.digests`."""
    ids = [summary.id for summary in listed]
    marks = placeholders(ids)
    with store.db.snapshot():
        metrics = store.db.rows(
            "SELECT session_id, name, subject, value, unit, label, uncertainty FROM metric"  # noqa: S608 - marks alone
            f" WHERE session_id IN ({marks}) AND value IS NOT NULL ORDER BY rowid",
            ids,
        )
        interest = store.db.rows(
            f"SELECT session_id, number FROM subject WHERE session_id IN ({marks}) AND of_interest",  # noqa: S608
            ids,
        )
        failed = store.db.rows(
            f"SELECT session_id, error FROM run WHERE session_id IN ({marks}) AND error IS NOT NULL ORDER BY rowid",  # noqa: S608
            ids,
        )
    subjects: defaultdict[str, set[int]] = defaultdict(set)
    for session, number in interest:
        subjects[session].add(number)
    errors: dict[str, str] = {}
    for session, error in failed:
        errors.setdefault(session, error)
    found: defaultdict[str, list[DigestMetric]] = defaultdict(list)
    for session, name, subject, value, unit, label, uncertainty in metrics:
        if math.isfinite(value) and (not subjects[session] or subject in subjects[session]):
            found[session].append(DigestMetric(name, value, unit, label, uncertainty))
    return [Digest(summary, tuple(found[summary.id]), errors.get(summary.id, "")) for summary in listed]
