"""The whole demo, a long test; what it times is tested with `core.flight`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coachvision.library import Library
from coachvision.services.demo import demo


@pytest.mark.soak
def test_demo_prints_measured_against_true_and_writes_a_report(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        shown = demo(library, tmp_path / "out")
        assert library.session(shown.session).athlete == "Demo athlete"
    rows = {row.what: row for row in shown.rows}
    assert (rows["squats"].measured, rows["jumps"].measured) == (4, 2)
    for row in (row for row in shown.rows if row.what.startswith("height of jump")):
        # Half a frame (8 ms) at either end of the shorter flight is 7 % of the height.
        assert row.measured == pytest.approx(row.true, rel=0.07)
    # The issue's own bound for the near side of a drawn athlete.
    assert max(shown.errors.values()) < 6.0
    assert re.search(r"measured\s+true\s+error", shown.table)
    assert "<svg" in shown.report.read_text("utf-8")
