"""The library that benchmarks fill by hand follows the schema: a column more broke three of them unnoticed."""

from __future__ import annotations

from pathlib import Path

from benchmarks import library as bench
from coachvision.library import Library


def test_filled_by_hand_it_is_whole_and_found(tmp_path: Path) -> None:
    root = tmp_path / "library"
    with Library.open(root) as library:
        ids = bench.fill(library, root / "library.db", count=60)
        assert {row.id for row in library.sessions(limit=100)} == set(ids)
        assert len(library.session(ids[7]).runs) == 3
