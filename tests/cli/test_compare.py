"""`compare`: two sessions' numbers, and whether they differ by more than measuring alone may."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from coachvision.core.results import Metric, Result
from coachvision.library import Library
from tests.cli.conftest import Run
from tests.support import sessions


@pytest.fixture
def other(library: Path, tmp_path: Path, kept: str) -> str:
    """A second session of the same film with other numbers, and one number of its own."""
    with Library.open(library) as opened:
        session = opened.create_session(opened.session(kept).video, athlete="Ben", title="Squats, light")
        metrics = (
            Metric("angle.left_knee.max", 1, 90.0, "deg", 2.5, "m"),
            Metric("angle.right_knee.max", 1, 110.0, "deg", 2.5, "m"),
            Metric("angle.left_hip.max", 1, math.nan, "deg", 2.5, "m"),
            Metric("jump.height", 1, 0.31, "m", None, "m"),
        )
        opened.save_run(session, "angles", "1", {}, Result(metrics=metrics), sessions.timeline())
    return session


def test_numbers_stand_side_by_side_with_their_difference(run: Run, kept: str, other: str) -> None:
    result = run("compare", kept[:8], other[:8])
    assert result.exit_code == 0, result.stderr
    assert "Squats, heavy, Anna Müller" in result.stdout
    left = next(line for line in result.stdout.splitlines() if line.startswith("Left knee, most bent"))
    right = next(line for line in result.stdout.splitlines() if line.startswith("Right knee, most bent"))
    assert "−20" in left
    assert "not clear" not in left
    assert "not clear" in right


def test_the_document_says_how_sure_each_difference_is(run: Run, kept: str, other: str) -> None:
    told = json.loads(run("compare", kept, other, "--json").stdout)
    assert (told["schema"], told["a"]["id"], told["b"]["id"]) == (1, kept, other)
    by_name = {one["name"]: one for one in told["metrics"]}
    left = by_name["angle.left_knee.max"]
    assert left["difference"] == pytest.approx(left["b"] - left["a"])
    assert left["uncertainty"] == pytest.approx(2.5 * math.sqrt(2))
    assert left["clear"] is True
    assert by_name["angle.right_knee.max"]["clear"] is False
    hip, jump, reps = by_name["angle.left_hip.max"], by_name["jump.height"], by_name["reps.count"]
    assert (hip["b"], hip["difference"], hip["clear"]) == (None, None, None)
    assert (jump["a"], jump["b"], jump["difference"]) == (None, 0.31, None)
    assert (reps["a"], reps["b"]) == (2, None)


def test_a_session_with_itself_is_code_two_and_an_unknown_one_code_one(run: Run, kept: str) -> None:
    assert run("compare", kept, kept[:8]).exit_code == 2
    assert run("compare", kept, "000000").exit_code == 1
