"""S16: an entry that is changed, dropped, moved, added or cut off is noticed; a forgotten subject stays forgotten."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.web import audit
from coachvision.web.audit import Break, Entry


def chain(writer: str, length: int) -> list[Entry]:
    head, entries = audit.begin(writer), []
    for number in range(length):
        at = f"2026-01-01T00:00:{number:02d}.000Z"
        entries.append(audit.link(head, at=at, subject="s" * 64, action="upload.stored", target=f"object {number}"))
        head = audit.head_of(entries[-1])
    return entries


def test_whole_chains_are_whole() -> None:
    entries = [*chain("a", 5), *chain("b", 3)]
    anchors = [audit.head_of(entry) for entry in (entries[2], entries[4], entries[7])]
    assert audit.check(entries, anchors) == []
    assert audit.anchors_from_json(audit.anchors_to_json(anchors[1:])) == anchors[1:]


@pytest.mark.parametrize("field", ["at", "subject", "action", "target", "address", "previous", "hash"])
def test_a_changed_entry_is_noticed(field: str) -> None:
    entries = chain("a", 4)
    entries[1] = replace(entries[1], **{field: "other"})
    found = audit.check(entries)
    assert found[0] == Break("a", 2, "changed")


def test_a_dropped_a_moved_and_an_added_entry_are_noticed() -> None:
    entries = chain("a", 4)
    assert audit.check([*entries[:1], *entries[2:]]) == [Break("a", 2, "missing")]
    assert audit.check(entries[1:]) == [Break("a", 1, "missing")]
    swapped = [entries[0], replace(entries[2], seq=2), replace(entries[1], seq=3), entries[3]]
    assert Break("a", 2, "changed") in audit.check(swapped)
    added = replace(entries[3], seq=5, target="invented")
    assert audit.check([*entries, added]) == [Break("a", 5, "changed")]


def test_a_cut_or_remade_chain_is_noticed_by_its_anchors() -> None:
    entries = chain("a", 4)
    anchors = [audit.head_of(entries[3])]
    assert audit.check(entries[:3]) == []
    assert audit.check(entries[:3], anchors) == [Break("a", 4, "cut")]
    assert audit.check([], anchors) == [Break("a", 4, "cut")]
    remade, head = entries[:1], audit.head_of(entries[0])
    for number in range(3):
        remade.append(audit.link(head, at="later", subject="s" * 64, action="nothing", target=str(number)))
        head = audit.head_of(remade[-1])
    assert audit.check(remade) == []
    assert audit.check(remade, anchors) == [Break("a", 4, "rewritten")]


@given(st.binary(max_size=40))
def test_damaged_anchors_raise_nothing_else(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert audit.anchors_from_json(data) == []


def test_a_subject_has_one_pseudonym_a_key() -> None:
    one, other = bytes(32), bytes([1]) * 32
    assert audit.pseudonym(one, "user:anna") == audit.pseudonym(one, "user:anna")
    assert len({audit.pseudonym(key, name) for key in (one, other) for name in ("user:anna", "user:ben")}) == 4
